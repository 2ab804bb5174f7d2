// State that threads of a scenario share. Every access announces itself first, so that whoever controls the order of
// the program can put another thread in between.

/// A value behind a lock, with a scheduling point before each access. What cannot be copied, as a loan, can be shared
/// too: `Shared<Loan?>(loan)`, and whoever sets it to nil has settled it.
///
/// @unchecked Sendable: the value is touched only with the lock held.
@safe public final class Shared<Value: ~Copyable & Sendable>: @unchecked Sendable {
  @usableFromInline let lock = OwnedLock()
  /// Unchecked: the lock sees to it that nobody else is at it.
  @exclusivity(unchecked) @usableFromInline var value: Value

  /// Shares `value`.
  public init(_ value: consuming Value) { unsafe self.value = value }

  /// Changes the value, alone.
  @inlinable
  public func withLock<Result: ~Copyable, Failure: Error>(
    file: StaticString = #fileID, line: UInt = #line, _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    schedulingPoint(.write, on: self, file: file, line: line)
    lock.acquire()
    defer { lock.release() }
    return try unsafe body(&value)
  }
}

extension Shared {
  /// A copy of the value.
  @inlinable
  public func read(file: StaticString = #fileID, line: UInt = #line) -> Value {
    schedulingPoint(.read, on: self, file: file, line: line)
    lock.acquire()
    defer { lock.release() }
    return unsafe value
  }
}
