// One end of a connection, for tasks: of a pipe, of a socket, of a child's standard stream.
public import Proactor

/// An end of a connection: bytes are read from it and written to it. Iterating it gives what comes until the other end
/// is closed.
///
/// Any task may use it, on whatever thread; reads of several tasks take turns as they began. `close()` it: what was
/// never closed stays open until its loop ends.
public final class ByteStream: Sendable {
  private let loop: EventLoop
  private let end: LoopBound<StreamEnd>

  /// Takes over an open end.
  init(_ endpoint: StreamEnd.Endpoint, of loop: isolated EventLoop) {
    self.loop = loop
    end = LoopBound(StreamEnd(endpoint))
    loop.open.insert(endpoint.object)
  }

  /// Reads what is there, `bytes` at most, waiting for the first; nothing at the end of the stream. Without `bytes` it
  /// lends as much memory as former reads of this stream have needed: 1,024 to 65,536 bytes.
  public func read(atMost bytes: Int? = nil) async throws(ProactorError) -> [UInt8] {
    try await loop.read(end, atMost: bytes)
  }

  /// Writes all of `bytes`. When it throws, some may have been written.
  public func write(_ bytes: [UInt8]) async throws(ProactorError) { try await loop.write(bytes, to: end) }

  /// Writes the UTF-8 of `text`.
  public func write(_ text: String) async throws(ProactorError) { try await write(Array(text.utf8)) }

  /// Closes it, now or - called elsewhere than on the loop's thread - soon. What is pending on it ends. Idempotent.
  public func close() { loop.soon { [end] loop in loop.close(end.on(loop).endpoint.object) } }
}

/// What the loop keeps of a stream.
final class StreamEnd {
  /// What it reads from and writes to.
  enum Endpoint {
    case pipe(PipeHandle)
    case socket(SocketHandle)

    var object: PortObject {
      switch self {
      case .pipe(let pipe): pipe
      case .socket(let socket): socket
      }
    }
  }

  private static let readBytesMin = 1024
  private static let readBytesMax = 65_536

  let endpoint: Endpoint
  /// How much memory the next read lends. Every byte of it is looked at twice, used or not.
  private(set) var readBytes = StreamEnd.readBytesMin

  init(_ endpoint: Endpoint) { self.endpoint = endpoint }

  /// A read of `lent` bytes has brought `count`.
  func hasRead(_ count: Int, of lent: Int) {
    if count == lent { readBytes = min(2 * lent, Self.readBytesMax) }
    if count < lent / 4 { readBytes = max(lent / 2, Self.readBytesMin) }
  }
}

extension EventLoop {
  fileprivate func read(_ end: LoopBound<StreamEnd>, atMost wanted: Int?) async throws(ProactorError) -> [UInt8] {
    try checkCancellation()
    let end = end.on(self)
    let bytes = wanted ?? end.readBytes
    let future =
      switch end.endpoint {
      case .pipe(let pipe): try loop.proactor.receive(pipe, atMost: bytes)
      case .socket(let socket): try loop.proactor.receive(socket, atMost: bytes)
      }
    let received = try await value(of: future, on: end.endpoint.object)
    if wanted == nil { end.hasRead(received.count, of: bytes) }
    return received
  }

  fileprivate func write(_ bytes: [UInt8], to end: LoopBound<StreamEnd>) async throws(ProactorError) {
    guard !bytes.isEmpty else { return }
    try checkCancellation()
    let endpoint = end.on(self).endpoint
    let future =
      switch endpoint {
      case .pipe(let pipe): try loop.proactor.send(pipe, bytes)
      case .socket(let socket): try loop.proactor.send(socket, bytes)
      }
    _ = try await value(of: future, on: endpoint.object)
  }

  func close(_ object: PortObject) {
    open.remove(object)
    object.close()
  }

  /// Runs `body` on the loop: at once when the caller is there, else later.
  nonisolated func soon(_ body: @escaping @Sendable (isolated EventLoop) -> Void) {
    if isCurrent {
      assumeIsolated { loop in body(loop) }
    } else {
      Task(executorPreference: executor) { await body(self) }
    }
  }
}

extension ByteStream: AsyncSequence {
  /// What was read.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let stream: ByteStream

    /// What comes next, nil at the end of the stream.
    public func next(isolation actor: isolated (any Actor)? = #isolation) async throws(ProactorError) -> [UInt8]? {
      let bytes = try await stream.read()
      return bytes.isEmpty ? nil : bytes
    }
  }

  /// Begins to read.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }
}
