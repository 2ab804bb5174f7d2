// What belongs to a loop, in the hands of those who do not.

/// A value that tasks carry around and only its loop's thread touches: futures, handles, the proactor's own things.
///
/// @unchecked Sendable: the value comes out only where the code is known to be a loop's, and whoever makes one gives it
/// to one loop.
struct LoopBound<Value>: @unchecked Sendable {
  private let value: Value

  init(_ value: Value) { self.value = value }

  /// The value, for the loop that it belongs to.
  func on(_ loop: isolated EventLoop) -> Value { value }

  /// The same where only the thread is known to be the loop's.
  func here(_ place: LoopPlace) -> Value { value }
}

/// Stands for having found out that the caller is on the thread of its loop.
struct LoopPlace {
  fileprivate init() {}
}

extension EventLoop {
  /// The caller's place on the loop's thread; nil elsewhere.
  nonisolated var place: LoopPlace? { isCurrent ? LoopPlace() : nil }
}
