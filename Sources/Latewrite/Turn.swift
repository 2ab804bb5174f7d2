// One at a time, for whoever runs executions. No lock is held meanwhile: who waits is parked, and passes no point of an
// execution on the way.
internal import CArena

/// Lets one thread in after the other. Threads that wait are no part of what is explored meanwhile.
///
/// @unchecked Sendable: `taken` and `waiting` are only touched under the lock.
@safe package final class Turn: @unchecked Sendable {
  private let lock = OwnedLock()
  private var taken: Parker?
  private var waiting: [Parker] = []

  /// Open.
  package init() {}

  /// Runs `body` alone; inside of another one of the same thread at once. It is told whether it is the outermost.
  package func take<Result, Failure: Error>(
    _ body: (_ isOutermost: Bool) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard begin() else { return try body(false) }
    defer { end() }
    return try body(true)
  }

  /// False when the thread has the turn already.
  private func begin() -> Bool {
    let current = Parker.current
    while true {
      lock.acquire()
      let holder = taken
      if holder == nil { taken = current }
      if let holder, holder != current { waiting.append(current) }
      lock.release()
      guard let holder else { return true }
      if holder == current { return false }
      _ = Parker.park(on: self)
    }
  }

  private func end() {
    lock.acquire()
    taken = nil
    let woken = waiting
    waiting = []
    lock.release()
    for thread in woken { thread.unpark() }
  }
}
