// State that threads of a scenario share. Every access announces itself first, so that whoever controls the order of
// the program can put another thread in between.

/// A value behind a lock, with a scheduling point before each access.
///
/// @unchecked Sendable: the value is touched only with the lock held.
@safe public final class Shared<Value: Sendable>: @unchecked Sendable {
  @usableFromInline let lock = OwnedLock()
  /// Unchecked: the lock sees to it that nobody else is at it.
  @exclusivity(unchecked) @usableFromInline var value: Value

  /// Shares `value`.
  public init(_ value: Value) { unsafe self.value = value }

  /// A copy of the value.
  @inlinable
  public func read(file: StaticString = #fileID, line: UInt = #line) -> Value {
    schedulingPoint(.read, on: self, file: file, line: line)
    lock.acquire()
    defer { lock.release() }
    return unsafe value
  }

  /// Changes the value, alone.
  @inlinable
  public func withLock<Result, Failure: Error>(
    file: StaticString = #fileID, line: UInt = #line, _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    schedulingPoint(.write, on: self, file: file, line: line)
    lock.acquire()
    defer { lock.release() }
    return try unsafe body(&value)
  }
}
