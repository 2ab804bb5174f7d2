// A UDP socket for tasks: it sends to whomever it is told to and receives from everybody.
public import OverlappedIO
public import Proactor

/// Sends and receives datagrams. Iterating it gives what comes, until it is closed.
///
/// Any task may use it, on whatever thread; receives of several tasks take turns as they began. `close()` it: what was
/// never closed stays open until its loop ends.
public final class DatagramSocket: Sendable {
  /// Where others reach it.
  public let address: SocketAddress
  private let loop: EventLoop
  private let socket: LoopBound<SocketHandle>

  fileprivate init(_ socket: SocketHandle, of loop: isolated EventLoop) throws(ProactorError) {
    address = try socket.localAddress
    self.loop = loop
    self.socket = LoopBound(socket)
    loop.open.insert(socket)
  }

  /// How long a datagram can be: 65,535 bytes with the headers of UDP and, in version 4, of IP.
  public var bytesMax: Int { address.family == .ipv4 ? 65_507 : 65_527 }

  /// Waits for a datagram, and gives all of it.
  ///
  /// One without bytes and sender tells that a datagram which this socket has sent has met nobody. When that was known
  /// before it is error 10054; on revisions before `today` it is error 1234 when it comes while it is waited for.
  public func receive() async throws(ProactorError) -> Datagram {
    try await loop.receive(on: socket, atMost: bytesMax)
  }

  /// Sends a datagram to `receiver`; without one to whom the socket is connected to. Throws error 10040 when it is
  /// longer than `bytesMax`.
  public func send(_ bytes: [UInt8], to receiver: SocketAddress? = nil) async throws(ProactorError) {
    guard bytes.count <= bytesMax else { throw ProactorError(Win32Error(.messageTooLong, in: "WSASendTo")) }
    try await loop.send(bytes, on: socket, to: receiver)
  }

  /// From now on datagrams go to and come from `peer` alone.
  public func connect(to peer: SocketAddress) async throws(ProactorError) {
    try await loop.connect(socket, to: peer)
  }

  /// Whether it was closed.
  public var isClosed: Bool {
    get async { await loop.isClosed(socket) }
  }

  /// Closes it, now or - called elsewhere than on the loop's thread - soon. What is pending on it ends. Idempotent.
  public func close() { loop.soon { [socket] loop in loop.close(socket.on(loop)) } }
}

extension DatagramSocket: AsyncSequence {
  /// What comes.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let socket: DatagramSocket

    /// The next datagram; nil when the socket has been closed.
    public func next(isolation actor: isolated (any Actor)? = #isolation) async throws(ProactorError) -> Datagram? {
      try await untilClosed { () throws(ProactorError) in
        try await socket.receive()
      } isClosed: {
        await socket.isClosed
      }
    }
  }

  /// Begins to receive.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(socket: self) }
}

extension EventLoop {
  /// Opens a UDP socket at `address`; port 0 has the system choose one.
  public func datagrams(at address: SocketAddress = .loopback()) throws(ProactorError) -> DatagramSocket {
    try checkOpen()
    return try DatagramSocket(try SocketHandle.datagrams(at: address), of: self)
  }

  fileprivate func receive(
    on socket: LoopBound<SocketHandle>, atMost bytes: Int
  ) async throws(ProactorError) -> Datagram {
    try checkBeginning()
    let socket = socket.on(self)
    return try await value(of: loop.proactor.receiveFrom(socket, atMost: bytes), on: LoopBound(socket))
  }

  fileprivate func send(
    _ bytes: [UInt8], on socket: LoopBound<SocketHandle>, to receiver: SocketAddress?
  ) async throws(ProactorError) {
    try checkBeginning()
    let socket = socket.on(self)
    _ = try await value(of: loop.proactor.send(socket, bytes, to: receiver), on: LoopBound(socket))
  }

  fileprivate func connect(_ socket: LoopBound<SocketHandle>, to peer: SocketAddress) async throws(ProactorError) {
    try checkBeginning()
    let socket = socket.on(self)
    try await value(of: loop.proactor.connect(socket, to: peer), on: LoopBound(socket))
  }
}
