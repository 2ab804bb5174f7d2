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

  /// Runs `body` with the lock held. A scheduling point lies before the acquisition, so that somebody who holds another
  /// lock can be met on the way to this one; behind it, so that others can find it taken; and after the release.
  @inlinable
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pointBefore()
    acquire()
    defer { release() }
    pointWithin()
    return try body()
  }

  /// Runs `body` with the lock held, or returns nil when somebody else holds it.
  @inlinable
  public func withLockIfAvailable<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    pointBefore()
    guard tryAcquire() else { return nil }
    defer { release() }
    pointWithin()
    return try body()
  }

  /// For what is announced already, by the value that the lock guards: has no point before the acquisition.
  @inlinable
  func withLockAnnounced<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    acquire()
    defer { release() }
    return try body()
  }

  @usableFromInline func pointBefore() { unsafe lw_point(.LW_POINT_LOCK, lock, .LW_ACCESS_WRITE) }
  @usableFromInline func pointWithin() { lw_point(.LW_POINT_LOCK, nil, .LW_ACCESS_READ) }
  @usableFromInline func acquire() { unsafe lw_lock_acquire(lock) }
  @usableFromInline func tryAcquire() -> Bool { unsafe lw_lock_try_acquire(lock) }
  @usableFromInline func release() { unsafe lw_lock_release(lock) }
}
