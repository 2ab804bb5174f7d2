// What only the connection of a socket can do: end one direction of it, and send a file.
public import OverlappedIO
public import Proactor

extension ByteStream {
  /// Ends writing: the other end reads to the end of the stream, and this one may read on. What is not the connection
  /// of a socket is closed for that, and throws error 10038.
  public func endWriting() async throws(ProactorError) { try await loop.endWriting(end) }

  /// Sends `count` bytes (0: all to its end) of `file` from `offset`, and returns how many: the system reads them, not
  /// the program. What is not the connection of a socket throws error 10038.
  public func send(
    _ file: borrowing DiskFile, from offset: UInt64 = 0, count: Int = 0
  ) async throws(ProactorError) -> Int {
    try await loop.send(file, from: offset, count: count, to: end)
  }
}

extension EventLoop {
  fileprivate func endWriting(_ end: LoopBound<PortObject>) throws(ProactorError) {
    try checkOpen()
    try Self.socket(end.on(self), for: "shutdown").endSending()
  }

  fileprivate func send(
    _ file: borrowing DiskFile, from offset: UInt64, count: Int, to end: LoopBound<PortObject>
  ) async throws(ProactorError) -> Int {
    try checkBeginning()
    let socket = try Self.socket(end.on(self), for: "TransmitFile")
    return try await value(
      of: loop.proactor.sendFile(socket, file, offset: offset, count: count), on: LoopBound(socket))
  }

  private static func socket(_ end: PortObject, for call: String) throws(ProactorError) -> SocketHandle {
    guard let socket = end as? SocketHandle else { throw ProactorError(Win32Error(.notSocket, in: call)) }
    return socket
  }
}
