// Futures that keep an OVERLAPPED and are let go on another thread than the loop's. CPython gives the memory back there
// and then, under the interpreter's lock; here the loop's thread does, with its next poll.
internal import Latewrite
internal import Synchronization

/// References of futures that are gone.
final class AbandonedOverlappeds: Sendable {
  /// @unchecked Sendable: who puts it here has no other use for it.
  private struct Reference: @unchecked Sendable {
    let overlapped: OverlappedReference
  }

  private let references = Shared<[Reference]>([])
  private let hasSome = Atomic(false)
  /// The number of the thread that polls.
  private let thread = Atomic(LatewriteThread.currentNumber)

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
    let reference = Reference(overlapped: overlapped)
    references.withLock { $0.append(reference) }
    hasSome.store(true, ordering: .relaxed)
  }

  /// Drops what was left behind. relaxed: one that is missed is found by the next poll.
  func dropAll() {
    guard hasSome.load(ordering: .relaxed) else { return }
    let left = references.withLock { references -> [Reference] in
      defer { references = [] }
      hasSome.store(false, ordering: .relaxed)
      return references
    }
    for reference in left { reference.overlapped.drop() }
  }
}
