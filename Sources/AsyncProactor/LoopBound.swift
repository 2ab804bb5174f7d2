// What belongs to a loop, in the hands of those who do not.

/// A value that tasks carry around and only its loop's thread touches: futures, handles, the proactor's own things.
///
/// @unchecked Sendable: the value comes out only where the compiler knows that the code is a loop's, and whoever makes
/// one gives it to one loop.
struct LoopBound<Value>: @unchecked Sendable {
  private let value: Value

  init(_ value: Value) { self.value = value }

  /// The value, for the loop that it belongs to.
  func on(_ loop: isolated EventLoop) -> Value { value }
}
