// What a proactor shares with its futures and operations, which may outlive it.
internal import OverlappedIO

/// Used on the loop's thread.
final class ProactorContext {
  let behaviours: ProactorBehaviours
  let log: ProactorLog
  let ready: ReadyQueue
  let abandoned = AbandonedOverlappeds()
  /// The places for OVERLAPPEDs, and those of them that are free. Unchecked: nothing happens while one is put in or
  /// taken out.
  private var places: [OverlappedReference] = []
  @exclusivity(unchecked) private var spares: [OverlappedReference] = []

  /// The box of the last count: one operation often moves as much as the one before it.
  private var counted: LoopValue<Int>?

  init(_ behaviours: ProactorBehaviours, _ log: ProactorLog) {
    self.behaviours = behaviours
    self.log = log
    ready = ReadyQueue(log)
  }

  /// Has the loop run the callbacks of a future, which is done. Here and not inlined: what is reached in more steps
  /// than one is retained while it is used.
  @inline(never)
  func callSoon(callbacksOf future: AnyLoopFuture) { ready.callSoon(callbacksOf: future) }

  /// The same for a task that has waited for one.
  @inline(never)
  func callSoon(resuming task: UnsafeContinuation<Void, Never>) { unsafe ready.callSoon(resuming: task) }

  /// How much an operation has moved, as a result.
  func boxed(_ count: Int) -> LoopValue<Int> {
    if let last = counted, last.value == count { return last }
    let box = LoopValue(count)
    counted = box
    return box
  }

  deinit { for place in places { place.vanish() } }

  /// Takes over a new place for an OVERLAPPED.
  func own(_ place: OverlappedReference) -> OverlappedReference {
    places.append(place)
    return place
  }

  /// Keeps a place whose OVERLAPPED nobody holds any more for the next one.
  func keep(_ spare: OverlappedReference) { unsafe spares.append(spare) }

  /// A place that was kept; else nil.
  var spare: OverlappedReference? { unsafe spares.last }

  /// That place is in use again.
  func removeSpare() { unsafe spares.removeLast() }
}
