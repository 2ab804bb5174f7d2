// Sockets as asyncio makes and prepares them. What takes time is a request of an Overlapped; here is the rest.
internal import COverlapped
internal import Glibc
internal import Latewrite

/// The calls that make, name and close sockets. The handles are the caller's to close.
package enum Winsock {
  /// Begun once in a process and never ended.
  private static let started: Bool = {
    var data = unsafe WSADATA()
    return unsafe WSAStartup(0x0202, &data) == 0
  }()

  /// A new overlapped socket; `stream`: TCP, else UDP.
  package static func open(_ family: SocketAddress.Family, isStream: Bool) throws(Win32Error) -> WaitableHandle {
    _ = started
    let type = Int32(isStream ? LW_SOCK_STREAM : LW_SOCK_DGRAM)
    let made = WSASocketW(family.number, type, 0, nil, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)
    guard made != lw_invalid_socket() else { throw Win32Error.last(in: "WSASocket") }
    return WaitableHandle(value: UInt(made))
  }

  package static func bind(_ socket: WaitableHandle, to address: SocketAddress) throws(Win32Error) {
    try check(unsafe withName(address) { unsafe lw_bind(socket.socket, $0, $1) }, "bind")
  }

  package static func listen(_ socket: WaitableHandle, backlog: Int) throws(Win32Error) {
    try check(lw_listen(socket.socket, Int32(backlog)), "listen")
  }

  /// Connects, waiting for it: WSAConnect. A datagram socket just remembers the address.
  package static func connect(_ socket: WaitableHandle, to address: SocketAddress) throws(Win32Error) {
    try check(unsafe withName(address) { unsafe lw_connect(socket.socket, $0, $1) }, "WSAConnect")
  }

  /// Takes the next connection, waiting for it.
  package static func acceptWaiting(_ listener: WaitableHandle) throws(Win32Error) -> WaitableHandle {
    let accepted = lw_accept(listener.socket, nil, nil)
    guard accepted != lw_invalid_socket() else { throw Win32Error.last(in: "accept") }
    return WaitableHandle(value: UInt(accepted))
  }

  /// Its own address.
  package static func localAddress(_ socket: WaitableHandle) throws(Win32Error) -> SocketAddress {
    try unsafe name("getsockname") { unsafe lw_getsockname(socket.socket, $0, $1) }
  }

  /// The address of whom it is connected to.
  package static func peerAddress(_ socket: WaitableHandle) throws(Win32Error) -> SocketAddress {
    try unsafe name("getpeername") { unsafe lw_getpeername(socket.socket, $0, $1) }
  }

  /// What makes a socket that AcceptEx has connected a connection of `listener`.
  package static func updateAccepted(_ socket: WaitableHandle, of listener: WaitableHandle) throws(Win32Error) {
    var value = listener.value
    let size = Int32(MemoryLayout<UInt>.size)
    let result = unsafe withUnsafeBytes(of: &value) { value in
      unsafe lw_setsockopt(
        socket.socket, Int32(LW_SOL_SOCKET), Int32(LW_SO_UPDATE_ACCEPT_CONTEXT),
        value.baseAddress?.assumingMemoryBound(to: CChar.self), size)
    }
    TracedCall.setSocketOption.record(socket.value, result: result == 0 ? 0 : GetLastError())
    try check(result, "setsockopt(SO_UPDATE_ACCEPT_CONTEXT)")
  }

  /// What makes a socket that ConnectEx has connected an ordinary one.
  package static func updateConnected(_ socket: WaitableHandle) throws(Win32Error) {
    let result = lw_setsockopt(
      socket.socket, Int32(LW_SOL_SOCKET), Int32(LW_SO_UPDATE_CONNECT_CONTEXT), nil, 0)
    TracedCall.setSocketOption.record(socket.value, result: result == 0 ? 0 : GetLastError())
    try check(result, "setsockopt(SO_UPDATE_CONNECT_CONTEXT)")
  }

  /// Has calls that would wait fail with WSAEWOULDBLOCK.
  package static func stopBlocking(_ socket: WaitableHandle) throws(Win32Error) {
    var one: UInt32 = 1
    try check(unsafe lw_ioctlsocket(socket.socket, Int32(bitPattern: LW_FIONBIO), &one), "ioctlsocket(FIONBIO)")
  }

  /// Ends sending; the other side reads to the end of the stream.
  package static func endSending(_ socket: WaitableHandle) throws(Win32Error) {
    try check(lw_shutdown(socket.socket, SD_SEND), "shutdown")
  }

  /// Sends without a request. Returns how many bytes were sent.
  @discardableResult
  package static func send(_ socket: WaitableHandle, _ data: [UInt8]) throws(Win32Error) -> Int {
    let sent = unsafe data.withUnsafeBytes { data in
      unsafe lw_send(
        socket.socket, data.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(data.count), 0)
    }
    guard sent >= 0 else { throw Win32Error.last(in: "send") }
    return Int(sent)
  }

  /// Closes a socket; false when it was closed before.
  @discardableResult
  package static func close(_ socket: WaitableHandle) -> Bool {
    let done = lw_closesocket(socket.socket) == 0
    TracedCall.closeSocket.record(socket.value, result: done ? 0 : GetLastError())
    return done
  }

  private static func check(_ result: Int32, _ call: String) throws(Win32Error) {
    guard result == 0 else { throw Win32Error.last(in: call) }
  }

  private static func withName(
    _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>?, Int32) -> Int32
  ) -> Int32 {
    unsafe address.bytes.withUnsafeBytes { bytes in
      unsafe body(bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), Int32(bytes.count))
    }
  }

  private static func name(
    _ call: String, _ body: (UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<Int32>) -> Int32
  ) throws(Win32Error) -> SocketAddress {
    var bytes = [UInt8](repeating: 0, count: Int(LW_REQUEST_ADDRESS_BYTES))
    var length = Int32(bytes.count)
    let result = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe body(bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
    }
    try check(result, call)
    return SocketAddress(bytes: Array(bytes.prefix(Int(length))))
  }
}

extension WaitableHandle {
  /// The same as a SOCKET.
  var socket: SOCKET { SOCKET(value) }
}
