// What belongs to a loop, in the hands of those who do not.
internal import Proactor

/// A value that tasks carry around and only its loop's thread touches: futures, handles, the proactor's own things.
///
/// @unchecked Sendable: the value comes out only where the code is known to be a loop's, and whoever makes one gives it
/// to one loop.
struct LoopBound<Value>: @unchecked Sendable {
  fileprivate let value: Value

  init(_ value: Value) { self.value = value }

  /// The value, for the loop that it belongs to.
  func on(_ loop: isolated EventLoop) -> Value { value }

}

extension LoopBound<PortObject> {
  // What a stream asks of its end with each operation. Here the values are at hand; given out they would be retained.

  /// Begins to receive, see `PortObject.receive`.
  func receive(
    atMost bytes: Int, by proactor: LoopBound<IOCPProactor>, _ place: LoopPlace
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    try value.receive(atMost: bytes, by: proactor.value)
  }

  /// Begins to send, see `PortObject.send`.
  func send(
    _ bytes: [UInt8], by proactor: LoopBound<IOCPProactor>, _ place: LoopPlace
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try value.send(bytes, by: proactor.value)
  }

  /// Keeps a future whose result the caller has, and which nobody else has asked for.
  func keep(_ reading: consuming OverlappedFuture<[UInt8]>, _ place: LoopPlace) { value.keep(consume reading) }

  /// The same of one that writes.
  func keep(_ writing: consuming OverlappedFuture<Int>, _ place: LoopPlace) { value.keep(consume writing) }
}

extension LoopBound<AnyLoopFuture> {
  /// Has a task resumed once the future is done, see `AnyLoopFuture.resumeWhenDone`.
  func resumeWhenDone(_ continuation: UnsafeContinuation<Void, Never>, _ place: LoopPlace) {
    unsafe value.resumeWhenDone(continuation)
  }
}

/// Stands for having found out that the caller is on the thread of its loop, which has not ended.
struct LoopPlace {
  fileprivate init() {}
}

extension EventLoop {
  /// The caller's place on the loop's thread; nil elsewhere, and when the loop has ended.
  nonisolated var place: LoopPlace? { executor.isAtHome ? LoopPlace() : nil }
}
