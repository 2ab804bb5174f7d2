// One at a time, for whoever runs executions: a lock that is no point of theirs.
internal import CArena

/// Lets one thread in after the other. Threads that wait are no part of what is explored meanwhile.
///
/// @unchecked Sendable: the C lock is made for any number of threads.
@safe package final class Turn: @unchecked Sendable {
  private let lock = OwnedLock()

  /// Open.
  package init() {}

  /// Runs `body` alone.
  package func take<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    lock.acquire()
    defer { lock.release() }
    return try body()
  }
}
