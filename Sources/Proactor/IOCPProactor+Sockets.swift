// I/O on sockets: asyncio's recv, recv_into, recvfrom, recvfrom_into, send, sendto, sendfile, accept and connect.
public import Latewrite
public import OverlappedIO

/// What a receive of a datagram has brought.
public struct Datagram: Sendable, Hashable {
  /// Its bytes; none when a datagram that was sent before has met nobody.
  public let data: [UInt8]
  /// Who sent it; nil in that case.
  public let sender: SocketAddress?

  /// A datagram of these.
  public init(data: [UInt8], sender: SocketAddress?) {
    self.data = data
    self.sender = sender
  }
}

/// What a receive of a datagram into the caller's memory has brought.
public struct ReceivedDatagram: Sendable, Hashable {
  /// How many bytes; none when a datagram that was sent before has met nobody.
  public let byteCount: Int
  /// Who sent it; nil in that case.
  public let sender: SocketAddress?

  /// A datagram of these.
  public init(byteCount: Int, sender: SocketAddress?) {
    self.byteCount = byteCount
    self.sender = sender
  }
}

/// A connection that was accepted.
public struct AcceptedConnection: Sendable {
  /// Its socket, to be closed by who gets it.
  public let socket: SocketHandle
  /// Who has connected.
  public let peer: SocketAddress
}

extension IOCPProactor {
  // Inlined, as `send` is, where a stream receives: each stack is a frame shorter.

  /// Receives at most `bytes`; a result of none is the end of the stream.
  /// - Parameter operation: the scenario's number for it; 0 for none.
  @inline(__always)
  public func receive(
    _ socket: SocketHandle, atMost bytes: Int, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    let overlapped = try prepare(socket, operation)
    defer { overlapped.drop() }
    let error = overlapped.start { $0.receive(socket.fileno, bytes: bytes) }
    return try beginRead(
      overlapped, on: socket, error, call: "WSARecv", ofNothing: [], reusing: socket.takeReading(of: context)
    ) {
      proactor, overlapped, _, result throws(ProactorError) in
      result.put(overlapped.buffer(try proactor.transferred(overlapped)))
    }
  }

  /// Receives into `block`, which stays the caller's: it must not be freed before the operation has ended, which
  /// `cancel()` does not wait for. The result is how much was received; 0 is the end of the stream.
  public func receive(
    _ socket: SocketHandle, into block: Block, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try begin(filling: socket, operation, "WSARecv") { $0.receive(socket.fileno, into: block) }
  }

  /// Receives one datagram. Of one that is longer than `bytes` and comes later, this many; one that has come before is
  /// an error of the system (10040), and is gone.
  public func receiveFrom(
    _ socket: SocketHandle, atMost bytes: Int, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Datagram> {
    let overlapped = try prepare(socket, operation)
    defer { overlapped.drop() }
    let error = overlapped.start { $0.receiveFrom(socket.fileno, bytes: bytes) }
    return try beginReadFrom(overlapped, on: socket, error, ofNothing: Datagram(data: [], sender: nil)) {
      Datagram(data: $0.buffer($1), sender: $0.sender)
    }
  }

  /// Receives one datagram into `block`, which stays the caller's: see `receive(_:into:operation:)`.
  public func receiveFrom(
    _ socket: SocketHandle, into block: Block, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<ReceivedDatagram> {
    let overlapped = try prepare(socket, operation)
    defer { overlapped.drop() }
    let error = overlapped.start { $0.receiveFrom(socket.fileno, into: block) }
    return try beginReadFrom(overlapped, on: socket, error, ofNothing: ReceivedDatagram(byteCount: 0, sender: nil)) {
      ReceivedDatagram(byteCount: $1, sender: $0.sender)
    }
  }

  /// asyncio's _finish_recvfrom: one that is told that a datagram has met nobody has received `nothing`.
  private func beginReadFrom<Value>(
    _ overlapped: OverlappedReference, on socket: SocketHandle, _ error: Win32Error.Code?, ofNothing nothing: Value,
    received: @escaping (OverlappedReference, Int) -> Value
  ) throws(ProactorError) -> OverlappedFuture<Value> {
    try beginRead(overlapped, on: socket, error, call: "WSARecvFrom", ofNothing: nothing) {
      proactor, overlapped, _, result throws(ProactorError) in
      let count: Int
      do throws(ProactorError) { count = try proactor.transferred(overlapped) } catch {
        let isUnreachable = error.underlying?.code == .portUnreachable
        if isUnreachable && proactor.behaviours.contains(.unreachableIsNothing) { return result.put(nothing) }
        throw error
      }
      result.put(received(overlapped, count))
    }
  }

  /// Sends all of `data`; the result is how much was sent.
  @inline(__always)
  public func send(
    _ socket: SocketHandle, _ data: [UInt8], operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try begin(sending: socket, operation, "WSASend") { $0.send(socket.fileno, data) }
  }

  /// Sends one datagram to `address`; nil: to whom the socket is connected to.
  public func send(
    _ socket: SocketHandle, _ data: [UInt8], to address: SocketAddress?, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try begin(sending: socket, operation, "WSASendTo") { $0.send(socket.fileno, data, to: address) }
  }

  /// Sends `count` bytes (0: all to its end) of `file` from `offset`; the file may be closed when this returns.
  public func sendFile(
    _ socket: SocketHandle, _ file: borrowing DiskFile, offset: UInt64 = 0, count: Int = 0, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(socket, operation)
    defer { overlapped.drop() }
    let error = overlapped.transmit(socket.fileno, file: file, offset: offset, bytes: count)
    return try beginSend(overlapped, on: socket, error, call: "TransmitFile")
  }

  /// Accepts a connection. Its socket is made before and closed when the future is cancelled.
  public func accept(
    _ listener: SocketHandle, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<AcceptedConnection> {
    let overlapped = try prepare(listener, operation)
    defer { overlapped.drop() }
    let accepted = try SocketHandle(listener.family)
    if let error = overlapped.start({ $0.accept(listener.fileno, into: accepted.fileno) }) {
      accepted.close()
      throw ProactorError(Win32Error(error, in: "AcceptEx"))
    }
    let future = try begin(overlapped, on: listener) { _, overlapped, _, result throws(ProactorError) in
      try win32 { () throws(Win32Error) in
        _ = try overlapped.result()
        try Winsock.updateAccepted(accepted.fileno, of: listener.fileno)
        result.put(AcceptedConnection(socket: accepted, peer: try Winsock.peerAddress(accepted.fileno)))
      }
    }
    closeUnlessAccepted(accepted, future)
    return future
  }

  /// asyncio's accept_coro, a task: it begins in the next turn, so it hears of the future behind whoever has asked for
  /// it. An error is its end, and nobody asks it for that.
  private func closeUnlessAccepted(_ socket: SocketHandle, _ future: OverlappedFuture<AcceptedConnection>) {
    let log = log
    let task = AcceptTask(future)
    let goOn: (LoopFuture<AcceptedConnection>) -> Void = { [unowned future] done in
      defer { future.leaveTask() }
      if done.isCancelled { return socket.close() }
      do throws(ProactorError) { _ = try done.result() } catch {
        if !future.wasAskedToEnd { log.taskFailed(error) }
      }
    }
    ready.callSoon(of: task) {
      if future.isDone { goOn(future) } else { future.addCallback(of: task, goOn) }
    }
  }

  /// Connects `socket` to `address`. A datagram socket is connected at once.
  public func connect(
    _ socket: SocketHandle, to address: SocketAddress, operation: UInt64 = 0
  ) throws(ProactorError) -> LoopFuture<Void> {
    guard socket.isStream else { return try connectDatagrams(socket, to: address) }
    let overlapped = try prepare(socket, operation)
    defer { overlapped.drop() }
    try win32 { () throws(Win32Error) in try bindIfFree(socket) }
    if let error = overlapped.start({ $0.connect(socket.fileno, to: address) }) {
      throw ProactorError(Win32Error(error, in: "ConnectEx"))
    }
    return try begin(overlapped, on: socket) { _, overlapped, _, result throws(ProactorError) in
      try win32 { () throws(Win32Error) in
        _ = try overlapped.result()
        try Winsock.updateConnected(socket.fileno)
        result.put(())
      }
    }
  }

  private func connectDatagrams(
    _ socket: SocketHandle, to address: SocketAddress
  ) throws(ProactorError) -> LoopFuture<Void> {
    try win32 { () throws(Win32Error) in try Winsock.connect(socket.fileno, to: address) }
    let future = LoopFuture<Void>(context: context, ticket: nextTicket())
    try future.setResult(LoopValue(()))
    return future
  }

  /// ConnectEx wants a socket that is bound. One that is already stays so.
  private func bindIfFree(_ socket: SocketHandle) throws(Win32Error) {
    do throws(Win32Error) { try Winsock.bind(socket.fileno, to: .any(socket.family)) } catch {
      guard error.code == .invalidSocketState, try Winsock.localAddress(socket.fileno).port != 0 else { throw error }
    }
  }

  /// An operation that sends and whose result is how much.
  private func begin(
    sending socket: SocketHandle, _ operation: UInt64, _ call: String,
    by start: (inout Overlapped) -> Win32Error.Code?
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(socket, operation)
    defer { overlapped.drop() }
    return try beginSend(overlapped, on: socket, overlapped.start(start), call: call)
  }

  private func beginSend(
    _ overlapped: OverlappedReference, on socket: SocketHandle, _ error: Win32Error.Code?, call: String
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    if let error { throw ProactorError(Win32Error(error, in: call)) }
    return try begin(overlapped, on: socket, reusing: socket.takeWriting(of: context)) {
      proactor, overlapped, _, result throws(ProactorError) in
      result.put(try proactor.transferred(overlapped))
    }
  }
}

/// It keeps what it waits for, also when nobody else does any more.
private final class AcceptTask: LoopTask {
  private unowned let future: AnyLoopFuture

  init(_ future: AnyLoopFuture) {
    self.future = future
    future.enterTask()
  }

  override func lostCallback(_ log: ProactorLog) {
    super.lostCallback(log)
    future.leaveTask()
  }
}
