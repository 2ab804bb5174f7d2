// One end of a connection, for tasks: of a pipe, of a socket, of a child's standard stream.
public import Latewrite
public import OverlappedIO
public import Proactor
internal import Synchronization

/// An end of a connection: bytes are read from it and written to it. Iterating it gives what comes until the other end
/// is closed.
///
/// Any task may use it, on whatever thread; reads of several tasks take turns as they began. `close()` it: what was
/// never closed stays open until its loop ends.
public final class ByteStream: Sendable {
  let loop: EventLoop
  let end: LoopBound<PortObject>
  /// Who is at the other end of a socket's connection.
  public let peer: SocketAddress?
  /// The loop's. What is reached in more steps than one is retained while it is used.
  private let proactor: LoopBound<IOCPProactor>
  /// How much memory the next read lends. Every byte of it is looked at twice, used or not.
  private let readBytes = Atomic(1024)

  private static let readBytesMin = 128
  private static let readBytesMax = 65_536

  /// Takes over an open end; of a socket that is connected to `peer`.
  init(_ end: PortObject, to peer: SocketAddress? = nil, of loop: isolated EventLoop) {
    self.loop = loop
    self.end = LoopBound(end)
    self.peer = peer
    proactor = loop.proactor
    loop.open.insert(end)
  }

  /// Reads what is there, `bytes` at most, waiting for the first; nothing at the end of the stream. Without `bytes` it
  /// lends as much memory as former reads of this stream have needed: 128 to 65,536 bytes, at first 1,024.
  @inline(__always)
  public func read(atMost bytes: Int? = nil) async throws(ProactorError) -> [UInt8] {
    guard let place = loop.place else { return try await loop.read(self, atMost: bytes) }
    try loop.checkCancellation()
    // relaxed, here and below: any value will do, and several readers have no order.
    let lent = bytes ?? readBytes.load(ordering: .relaxed)
    let reading = try end.receive(atMost: lent, by: proactor, place)
    let received = try await loop.bytes(of: reading, on: end)
    if let place = loop.place { end.keep(consume reading, place) }
    if bytes == nil { hasRead(received.count, of: lent) }
    return received
  }

  /// Reads into `block` and waits as `read(atMost:)`; returns how many bytes, 0 at the end of the stream. The block may
  /// be freed when this has returned: then nobody writes into it any more.
  public func read(into block: Block) async throws(ProactorError) -> Int { try await loop.read(end, into: block) }

  /// A read of `lent` bytes has brought `count`.
  private func hasRead(_ count: Int, of lent: Int) {
    if count == lent { readBytes.store(Swift.min(2 * lent, Self.readBytesMax), ordering: .relaxed) }
    if count < lent / 4 { readBytes.store(Swift.max(lent / 2, Self.readBytesMin), ordering: .relaxed) }
  }

  /// Writes all of `bytes`. When it throws, some may have been written.
  public func write(_ bytes: [UInt8]) async throws(ProactorError) {
    guard !bytes.isEmpty else { return }
    guard let place = loop.place else { return try await loop.write(bytes, to: self) }
    try loop.checkCancellation()
    let writing = try end.send(bytes, by: proactor, place)
    try await loop.success(of: writing, on: end)
    if let place = loop.place { end.keep(consume writing, place) }
  }

  /// Writes the UTF-8 of `text`.
  public func write(_ text: String) async throws(ProactorError) { try await write(Array(text.utf8)) }

  /// Closes it, now or - called elsewhere than on the loop's thread - soon. What is pending on it ends. Idempotent.
  public func close() { loop.soon { [end] loop in loop.close(end.on(loop)) } }
}

extension EventLoop {
  /// The same from elsewhere.
  fileprivate func read(_ stream: ByteStream, atMost bytes: Int?) async throws(ProactorError) -> [UInt8] {
    try checkOpen()
    return try await stream.read(atMost: bytes)
  }

  fileprivate func read(_ end: LoopBound<PortObject>, into block: Block) async throws(ProactorError) -> Int {
    try checkBeginning()
    let end = end.on(self)
    return try await value(of: end.receive(into: block, by: loop.proactor), on: LoopBound(end))
  }

  /// The same from elsewhere.
  fileprivate func write(_ bytes: [UInt8], to stream: ByteStream) async throws(ProactorError) {
    try checkOpen()
    try await stream.write(bytes)
  }

  func isClosed(_ socket: LoopBound<SocketHandle>) -> Bool { socket.on(self).isClosed }

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
