// Mutual exclusion that the layer below can order: the only lock of this project's Swift code.
internal import CArena

/// A lock. Not recursive: taking it twice from one thread ends the program with a sentence.
///
/// @unchecked Sendable: the C lock behind the pointer is made for any number of threads; the pointer is set once.
@safe public final class Lock: @unchecked Sendable {
  @unsafe private let lock: UnsafeMutablePointer<lw_lock>

  /// An open lock.
  public init() {
    unsafe lock = .allocate(capacity: 1)
    unsafe lock.initialize(to: lw_lock())
  }

  deinit { unsafe lock.deallocate() }

  /// Runs `body` with the lock held. A scheduling point lies before a contended acquisition and after the release.
  @inlinable
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    acquire()
    defer { release() }
    return try body()
  }

  /// Runs `body` with the lock held, or returns nil when somebody else holds it.
  @inlinable
  public func withLockIfAvailable<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard tryAcquire() else { return nil }
    defer { release() }
    return try body()
  }

  @usableFromInline func acquire() { unsafe lw_lock_acquire(lock) }
  @usableFromInline func tryAcquire() -> Bool { unsafe lw_lock_try_acquire(lock) }
  @usableFromInline func release() { unsafe lw_lock_release(lock) }
}
