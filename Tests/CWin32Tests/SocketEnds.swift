// Connected sockets over the loopback, and receives whose memory lies in an arena.
import CArena
import CWin32
import Glibc
import Testing

/// Winsock is started once for all tests, and never ended.
private let started: Void = {
  var data = WSADATA()
  if WSAStartup(0x0202, &data) != 0 { fatalError("no Winsock") }
}()

/// 127.0.0.1 with a port in network order.
func loopback(port: in_port_t = 0) -> sockaddr_in {
  _ = started
  var name = sockaddr_in()
  name.sin_family = sa_family_t(AF_INET)
  name.sin_port = port
  name.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
  return name
}

func newSocket(type: Int = LW_SOCK_STREAM) -> SOCKET {
  _ = started
  let made = lw_open_socket(CInt(LW_AF_INET), CInt(type), 0)
  if made == lw_invalid_socket() { fatalError("no socket: \(WSAGetLastError())") }
  return made
}

/// Calls with a name as the C functions take it.
func withName<Result>(_ name: sockaddr_in, _ body: (UnsafePointer<sockaddr>, CInt) -> Result) -> Result {
  withUnsafePointer(to: name) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, CInt(MemoryLayout<sockaddr_in>.size)) }
  }
}

/// Binds to a port of the system's choice and returns the name.
func bindToLoopback(_ socket: SOCKET) -> sockaddr_in {
  var name = loopback()
  var length = CInt(MemoryLayout<sockaddr_in>.size)
  #expect(withName(name) { lw_bind(socket, $0, $1) } == 0)
  let told = withUnsafeMutablePointer(to: &name) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { lw_getsockname(socket, $0, &length) }
  }
  #expect(told == 0)
  return name
}

func handle(_ socket: SOCKET) -> HANDLE? { HANDLE(bitPattern: UInt(socket)) }

/// Both ends of a connection.
struct SocketEnds: Sendable {
  let here: SOCKET
  let there: SOCKET

  init() {
    let listener = newSocket()
    let name = bindToLoopback(listener)
    #expect(lw_listen(listener, 1) == 0)
    let here = newSocket()
    #expect(withName(name) { lw_connect(here, $0, $1) } == 0)
    let there = lw_accept(listener, nil, nil)
    if there == lw_invalid_socket() { fatalError("no connection: \(WSAGetLastError())") }
    lw_closesocket(listener)
    (self.here, self.there) = (here, there)
  }

  func close() {
    lw_closesocket(here)
    lw_closesocket(there)
  }

  /// Sends from there to here.
  func send(_ bytes: [UInt8]) {
    let sent = bytes.withUnsafeBytes {
      lw_send(there, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt($0.count), 0)
    }
    #expect(sent == bytes.count)
  }
}

extension Request {
  /// Receives into the buffer: the call's error, 0 when it has succeeded at once.
  func receive(_ socket: SOCKET, bytes: ULONG = 16) -> DWORD {
    var buffers = WSABUF(len: bytes, buf: buffer.assumingMemoryBound(to: CChar.self))
    var flags: DWORD = 0
    return WSARecv(socket, &buffers, 1, nil, &flags, overlapped, nil) == 0 ? 0 : DWORD(WSAGetLastError())
  }
}
