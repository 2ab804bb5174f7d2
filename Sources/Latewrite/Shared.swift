// State that threads of a scenario share. Every access announces itself first, so that whoever controls the order of
// the program can put another thread in between.

/// A value behind a lock, with a scheduling point before each access.
///
/// @unchecked Sendable: the value is touched only with the lock held.
public final class Shared<Value: Sendable>: @unchecked Sendable {
  @usableFromInline let lock = Lock()
  @usableFromInline var value: Value

  /// Shares `value`.
  public init(_ value: Value) { self.value = value }

  /// A copy of the value.
  @inlinable
  public func read() -> Value {
    schedulingPoint(.read, on: self)
    return lock.withLockAnnounced { value }
  }

  /// Changes the value, alone.
  @inlinable
  public func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    schedulingPoint(.write, on: self)
    return try lock.withLockAnnounced { () throws(Failure) -> Result in try body(&value) }
  }
}
