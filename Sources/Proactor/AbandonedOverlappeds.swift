// Futures that keep an OVERLAPPED and are let go on another thread than the loop's. CPython gives the memory back there
// and then, under the interpreter's lock; here the loop's thread does, with its next poll.
internal import Latewrite
internal import Synchronization

/// References of futures that are gone.
///
/// @safe: what is on the list belongs to it alone.
@safe final class AbandonedOverlappeds: Sendable {
  /// One of them, and the one that was left before it.
  ///
  /// @unchecked Sendable: written before others see it; who leaves it has no other use for it.
  @safe private final class Reference: @unchecked Sendable {
    let overlapped: OverlappedReference
    @unsafe var earlier: Unmanaged<Reference>?

    init(_ overlapped: OverlappedReference) { self.overlapped = overlapped }
  }

  /// The newest one, which its list owns.
  @unsafe private let newest = unsafe Atomic<Unmanaged<Reference>?>(nil)
  /// The number of the thread that polls.
  private let thread = Atomic(LatewriteThread.currentNumber)

  deinit { _ = takeAll() }

  /// The calling thread polls. relaxed: only the thread itself finds its own number here.
  func adopt() {
    let current = LatewriteThread.currentNumber
    if thread.load(ordering: .relaxed) != current { thread.store(current, ordering: .relaxed) }
  }

  /// Whether the calling thread is the one that polls.
  var isOnLoopThread: Bool { thread.load(ordering: .relaxed) == LatewriteThread.currentNumber }

  /// Drops the reference of a future, now or - called elsewhere than on the loop's thread - soon.
  func drop(_ overlapped: OverlappedReference) {
    if isOnLoopThread { return overlapped.drop() }
    schedulingPoint(.write, on: self)
    let left = Reference(overlapped)
    let made = unsafe Unmanaged.passRetained(left)
    // relaxed: what it says of the newest one is only compared.
    var known = unsafe newest.load(ordering: .relaxed)
    while true {
      unsafe left.earlier = unsafe known
      // releasing: who takes the list reads what is in it.
      let (isDone, now) = unsafe newest.compareExchange(expected: known, desired: made, ordering: .releasing)
      if isDone { return }
      unsafe known = unsafe now
    }
  }

  /// Drops what was left behind. relaxed: one that is missed is found by the next poll.
  func dropAll() {
    guard unsafe newest.load(ordering: .relaxed) != nil else { return }
    schedulingPoint(.write, on: self)
    for overlapped in takeAll() { overlapped.drop() }
  }

  /// Takes all, oldest first.
  private func takeAll() -> [OverlappedReference] {
    var taken: [OverlappedReference] = []
    // acquiring: see above.
    var next = unsafe newest.exchange(nil, ordering: .acquiring)
    while let reference = unsafe next?.takeRetainedValue() {
      taken.append(reference.overlapped)
      unsafe next = unsafe reference.earlier
    }
    return taken.reversed()
  }
}
