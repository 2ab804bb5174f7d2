// Mutual exclusion that the layer below can order: the only lock of this project's Swift code.
internal import CArena
internal import Synchronization

/// A C lock and its memory: what a lock is, for whoever has a place for it.
///
/// @safe: the C lock is reached here alone, for the time of a call.
@safe @usableFromInline struct OwnedLock: ~Copyable {
  /// The C lock's bytes, all zero while it is open. An atomic value is never copied or moved while it is in use, as no
  /// other value of Swift's is sure not to be: so it lies in its owner, and needs no memory of its own.
  private let bytes = Atomic<UInt64>(0)

  /// An open lock.
  init() { assert(MemoryLayout<lw_lock>.size == MemoryLayout<UInt64>.size) }

  @unsafe private var pointer: UnsafeMutablePointer<lw_lock> {
    unsafe withUnsafePointer(to: bytes) { bytes in
      unsafe UnsafeMutableRawPointer(mutating: bytes).assumingMemoryBound(to: lw_lock.self)
    }
  }

  @usableFromInline func pointBefore(_ place: SourcePlace) {
    place.tell()
    unsafe lw_point(.LW_POINT_LOCK, pointer, .LW_ACCESS_WRITE)
  }
  @usableFromInline func pointWithin() { lw_point(.LW_POINT_LOCK, nil, .LW_ACCESS_READ) }
  @usableFromInline func acquire() { unsafe lw_lock_acquire(pointer) }
  @usableFromInline func tryAcquire() -> Bool { unsafe lw_lock_try_acquire(pointer) }
  @usableFromInline func release() { unsafe lw_lock_release(pointer) }
}

/// A lock. Not recursive: taking it twice from one thread ends the program with a sentence.
///
/// @unchecked Sendable: the C lock is made for any number of threads; where it is was set once.
@safe public final class Lock: @unchecked Sendable {
  @usableFromInline let lock = OwnedLock()

  /// An open lock.
  public init() {}

  /// Runs `body` with the lock held. A scheduling point lies before the acquisition, so that somebody who holds another
  /// lock can be met on the way to this one; behind it, so that others can find it taken; and after the release.
  @inlinable
  public func withLock<Result: ~Copyable, Failure: Error>(
    file: StaticString = #fileID, line: UInt = #line, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.pointBefore(SourcePlace(file, line))
    lock.acquire()
    defer { lock.release() }
    lock.pointWithin()
    return try body()
  }

  /// Runs `body` with the lock held, or returns nil when somebody else holds it.
  @inlinable
  public func withLockIfAvailable<Result, Failure: Error>(
    file: StaticString = #fileID, line: UInt = #line, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    lock.pointBefore(SourcePlace(file, line))
    guard lock.tryAcquire() else { return nil }
    defer { lock.release() }
    lock.pointWithin()
    return try body()
  }
}
