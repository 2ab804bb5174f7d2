// Python's socket object, as far as the proactor needs it.
package import Latewrite
public import OverlappedIO

/// A socket, closed at the latest when it is let go. Used on the loop's thread.
///
/// @unchecked Sendable: it may be carried anywhere, and is used on one thread.
public final class SocketHandle: PortObject, CustomStringConvertible, @unchecked Sendable {
  /// The kind of its addresses.
  public let family: SocketAddress.Family
  /// TCP; else UDP.
  public let isStream: Bool

  /// A new socket that does not block.
  public init(_ family: SocketAddress.Family = .ipv4, isStream: Bool = true) throws(ProactorError) {
    self.family = family
    self.isStream = isStream
    super.init(try win32 { () throws(Win32Error) in try Winsock.open(family, isStream: isStream) })
    try win32 { () throws(Win32Error) in try Winsock.stopBlocking(fileno) }
  }

  /// Takes over a stream socket that is open.
  private init(_ handle: WaitableHandle, _ family: SocketAddress.Family) throws(ProactorError) {
    self.family = family
    isStream = true
    super.init(handle)
    try win32 { () throws(Win32Error) in try Winsock.stopBlocking(fileno) }
  }

  /// A new socket that listens on `address`.
  public static func listening(
    on address: SocketAddress = .loopback(), backlog: Int = 100
  ) throws(ProactorError) -> SocketHandle {
    let socket = try SocketHandle(address.family)
    try win32 { () throws(Win32Error) in
      try Winsock.bind(socket.fileno, to: address)
      try Winsock.listen(socket.fileno, backlog: backlog)
    }
    return socket
  }

  /// A new UDP socket with `address`.
  public static func datagrams(at address: SocketAddress = .loopback()) throws(ProactorError) -> SocketHandle {
    let socket = try SocketHandle(address.family, isStream: false)
    try win32 { () throws(Win32Error) in try Winsock.bind(socket.fileno, to: address) }
    return socket
  }

  /// Two sockets that are connected with each other, as socket.socketpair() makes them where the system cannot.
  public static func pair() throws(ProactorError) -> (SocketHandle, SocketHandle) {
    let listener = try listening(backlog: 1)
    defer { listener.close() }
    let address = try listener.localAddress
    let handles = try win32 { () throws(Win32Error) in
      let one = try Winsock.open(.ipv4, isStream: true)
      try Winsock.connect(one, to: address)
      return (one, try Winsock.acceptWaiting(listener.fileno))
    }
    return (try SocketHandle(handles.0, .ipv4), try SocketHandle(handles.1, .ipv4))
  }

  /// Its own address.
  public var localAddress: SocketAddress {
    get throws(ProactorError) { try win32 { () throws(Win32Error) in try Winsock.localAddress(fileno) } }
  }

  /// The address of whom it is connected to.
  public var peerAddress: SocketAddress {
    get throws(ProactorError) { try win32 { () throws(Win32Error) in try Winsock.peerAddress(fileno) } }
  }

  /// Sends what there is room for, at once. Returns how many bytes that were.
  @discardableResult
  public func sendNow(_ data: [UInt8]) throws(ProactorError) -> Int {
    try win32 { () throws(Win32Error) in try Winsock.send(fileno, data) }
  }

  /// Ends sending: the other side reads to the end of the stream.
  public func endSending() throws(ProactorError) {
    try win32 { () throws(Win32Error) in try Winsock.endSending(fileno) }
  }

  deinit { close() }

  package override func receive(
    atMost bytes: Int, by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    try proactor.receive(self, atMost: bytes)
  }

  package override func receive(
    into block: Block, by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try proactor.receive(self, into: block)
  }

  package override func send(
    _ bytes: [UInt8], by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try proactor.send(self, bytes)
  }

  override func closeHandle() -> Bool {
    Winsock.close(fileno)
    return true
  }

  /// "<socket 0x424>".
  public var description: String { isClosed ? "<socket closed>" : "<socket \(fileno)>" }
}
