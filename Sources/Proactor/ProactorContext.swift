// What a proactor shares with its futures and operations, which may outlive it.
internal import OverlappedIO

/// Used on the loop's thread.
final class ProactorContext {
  private static let sparesMax = 256

  let behaviours: ProactorBehaviours
  let log: ProactorLog
  let ready: ReadyQueue
  let abandoned = AbandonedOverlappeds()
  /// Unchecked: nothing happens while one is put in or taken out.
  @exclusivity(unchecked) private var spares: [OverlappedReference] = []
  private var keepsSpares = true

  /// The box of the last count: one operation often moves as much as the one before it.
  private var counted = LoopValue(0)

  init(_ behaviours: ProactorBehaviours, _ log: ProactorLog) {
    self.behaviours = behaviours
    self.log = log
    ready = ReadyQueue(log)
  }

  /// How much an operation has moved, as a result.
  func boxed(_ count: Int) -> LoopValue<Int> {
    let last = counted
    if last.value == count { return last }
    let box = LoopValue(count)
    counted = box
    return box
  }

  /// Keeps what nobody holds any more for the next operation.
  func keep(_ spare: OverlappedReference) {
    if unsafe keepsSpares && spares.count < Self.sparesMax { unsafe spares.append(spare) }
  }

  /// The proactor goes. What is kept would keep this.
  func keepNoMore() {
    keepsSpares = false
    unsafe spares = []
  }

  /// One that was kept and that nobody remembers; else nil.
  func takeSpare() -> OverlappedReference? {
    guard var spare = unsafe spares.popLast(), isKnownUniquelyReferenced(&spare) else { return nil }
    return spare
  }
}
