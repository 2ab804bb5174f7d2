// A listening socket for tasks: an accept loop is a loop over its clients.
public import OverlappedIO
public import Proactor

/// Serves TCP clients. Iterating it gives their connections, until it is closed.
///
/// `close()` it: what was never closed stays open until its loop ends.
public final class SocketListener: Sendable {
  /// Where clients find it.
  public let address: SocketAddress
  private let loop: EventLoop
  private let socket: LoopBound<SocketHandle>

  fileprivate init(_ socket: SocketHandle, of loop: isolated EventLoop) throws(ProactorError) {
    address = try socket.localAddress
    self.loop = loop
    self.socket = LoopBound(socket)
    loop.open.insert(socket)
  }

  /// Waits for a client.
  public func accept() async throws(ProactorError) -> ByteStream { try await loop.accept(socket) }

  /// Whether it was closed.
  public var isClosed: Bool {
    get async { await loop.isClosed(socket) }
  }

  /// Accepts no more clients; connections stay. Idempotent.
  public func close() { loop.soon { [socket] loop in loop.stopServing(socket.on(loop)) } }
}

extension SocketListener: AsyncSequence {
  /// The clients, as they come.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let listener: SocketListener

    /// The next client; nil when the listener has been closed.
    public func next(isolation actor: isolated (any Actor)? = #isolation) async throws(ProactorError) -> ByteStream? {
      try await untilClosed { () throws(ProactorError) in
        try await listener.accept()
      } isClosed: {
        await listener.isClosed
      }
    }
  }

  /// Begins to accept.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(listener: self) }
}

extension EventLoop {
  /// Begins to serve clients at `address`; port 0 has the system choose one. `backlog` clients may connect before
  /// somebody accepts them.
  public func listen(
    on address: SocketAddress = .loopback(), backlog: Int = 100
  ) throws(ProactorError) -> SocketListener {
    try checkOpen()
    return try SocketListener(try SocketHandle.listening(on: address, backlog: backlog), of: self)
  }

  /// Connects to a server at `address`.
  public func connect(to address: SocketAddress) async throws(ProactorError) -> ByteStream {
    try checkBeginning()
    let socket = try SocketHandle(address.family)
    do throws(ProactorError) {
      try await value(of: loop.proactor.connect(socket, to: address), on: LoopBound(socket))
    } catch {
      socket.close()
      throw error
    }
    return ByteStream(socket, to: address, of: self)
  }

  fileprivate func accept(_ listener: LoopBound<SocketHandle>) async throws(ProactorError) -> ByteStream {
    try checkBeginning()
    let listener = listener.on(self)
    let connection = try await value(of: loop.proactor.accept(listener), on: LoopBound(listener))
    return ByteStream(connection.socket, to: connection.peer, of: self)
  }

  /// An accept that closing ends counts as cancelled: it is no error that somebody has to hear of.
  fileprivate func stopServing(_ listener: SocketHandle) {
    loop.proactor.stopServing(listener)
    close(listener)
  }
}
