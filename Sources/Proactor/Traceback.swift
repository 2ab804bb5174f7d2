// What an exception keeps alive. In CPython the error of a future has a traceback, and that the frames through which
// the error went: their variables hold the OVERLAPPED of the operation that failed, and what SelectFrames tells of. So
// the memory of an operation that has failed is not given back by the poll, as that of others is, but with the future.
//
// Often the future stands among these variables too. Such a circle goes when the garbage collector comes; here it goes
// when the program lets go of the future, as if the collector came at once. And it goes when the proactor is closed,
// whose arena may be closed next.
internal import Synchronization

/// The OVERLAPPEDs that the error of a future keeps, the objects of their operations, and the frames of the select that
/// has caught it. Used on the loop's thread, but where it says otherwise.
final class Traceback {
  private var kept: [OverlappedReference] = []
  private var objects: [PortObject] = []
  private var frames: SelectFrames?
  private let mayGo = Atomic(false)
  private let all: Tracebacks

  init(of all: Tracebacks) { self.all = all }

  func keep(_ overlapped: OverlappedReference, on object: PortObject?) {
    overlapped.hold()
    kept.append(overlapped)
    if let object { objects.append(object) }
  }

  /// It was caught in these frames.
  func enter(_ frames: SelectFrames) {
    frames.enter()
    self.frames = frames
  }

  func isCaught(in frames: SelectFrames) -> Bool { self.frames === frames }

  /// Nobody but they has its future.
  func leaveFrames() { frames.take()?.leave() }

  func letGo() {
    let gone = kept
    kept = []
    for overlapped in gone { overlapped.drop() }
    objects = []
    leaveFrames()
  }

  /// The future is gone, on another thread than the loop's: the next poll lets go.
  func letGoSoon() {
    // releasing: the loop that sees it sees everything that was done with the future before.
    mayGo.store(true, ordering: .releasing)
    all.someMayGo.store(true, ordering: .releasing)
  }

  /// Whether it keeps nothing any more.
  fileprivate func isOver() -> Bool {
    // acquiring: see above.
    if mayGo.load(ordering: .acquiring) { letGo() }
    return kept.isEmpty
  }
}

/// The tracebacks of a proactor's errors that are still there, and some that are not.
final class Tracebacks {
  fileprivate let someMayGo = Atomic(false)
  private var all: [Traceback] = []
  private var enough = 16

  /// A new one.
  func begin() -> Traceback {
    if all.count >= enough {
      all.removeAll { $0.isOver() }
      enough = max(16, all.count * 2)
    }
    let began = Traceback(of: self)
    all.append(began)
    return began
  }

  /// Lets go what futures kept that are gone.
  func letGone() {
    // relaxed: one that is missed is found by the next poll.
    guard someMayGo.load(ordering: .relaxed), someMayGo.exchange(false, ordering: .acquiring) else { return }
    all.removeAll { $0.isOver() }
  }

  func letAllGo() {
    for traceback in all { traceback.letGo() }
    all = []
  }
}
