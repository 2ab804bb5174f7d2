// Requests on sockets, call by call: what each brings, what it lends, and how it is cancelled and given back.
import CArena
import COverlapped
import CWin32
import Glibc
import Testing

/// A listening socket on the loopback and its name.
private struct Listener {
  let socket: SOCKET
  var name = [UInt8](repeating: 0, count: 16)

  init() {
    var data = WSADATA()
    #expect(WSAStartup(0x0202, &data) == 0)
    socket = lw_open_socket(CInt(LW_AF_INET), CInt(LW_SOCK_STREAM), 0)
    (name[0], name[4], name[7]) = (UInt8(LW_AF_INET), 127, 1)
    var length: CInt = 16
    let handle = socket
    name.withUnsafeMutableBytes {
      let name = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      #expect(lw_bind(handle, name, 16) == 0 && lw_listen(handle, 8) == 0)
      #expect(lw_getsockname(handle, name, &length) == 0)
    }
  }

  /// Connects, waiting for it, and accepts.
  func connection() -> (here: SOCKET, there: SOCKET) {
    let here = lw_open_socket(CInt(LW_AF_INET), CInt(LW_SOCK_STREAM), 0)
    let done = name.withUnsafeBytes { lw_connect(here, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 16) }
    #expect(done == 0)
    return (here, lw_accept(socket, nil, nil))
  }
}

extension Fixture {
  fileprivate func socketRequest(_ socket: SOCKET) -> lw_request {
    _ = CreateIoCompletionPort(HANDLE(bitPattern: UInt(socket)), port, 0, 0)
    var request = lw_request()
    request.arena = arena
    request.overlapped = create()
    return request
  }

  /// Waits for the packet of `request` and says what it came to.
  fileprivate func result(_ request: inout lw_request) -> (error: DWORD, bytes: DWORD) {
    var packet = next()!
    #expect(packet.overlapped == request.overlapped)
    lw_packet_completed(&packet, packet.stamped, 1)
    var bytes: DWORD = 0
    let error = lw_request_result(&request, &bytes)
    return (error, bytes)
  }
}

@Suite("Requests on sockets")
struct SocketRequestTests {
  @Test("a receive lends its buffer until the bytes are there; the bytes are those that were sent")
  func receives() {
    let (fixture, listener) = (Fixture(), Listener())
    let (here, there) = listener.connection()
    var read = fixture.socketRequest(here)
    #expect(lw_request_receive(&read, here, 10, 0) == 0 && lw_request_is_pending(&read) && fixture.loansOpen == 2)
    var write = fixture.socketRequest(there)
    #expect(lw_request_send(&write, there, "abc", 3, 0) == 0)
    let packets = [fixture.next()!, fixture.next()!]
    #expect(Set(packets.map(\.bytes)) == [3] && Set(packets.map(\.error)) == [0])
    var bytes: DWORD = 0
    #expect(lw_request_result(&read, &bytes) == 0 && bytes == 3 && memcmp(read.buffer!, "abc", 3) == 0)
    #expect(fixture.loansOpen == 0 && lw_request_deallocate(&read) && lw_request_deallocate(&write))
    #expect(fixture.findings(1) == 0)
    for socket in [here, there, listener.socket] { lw_closesocket(socket) }
  }

  @Test("the caller's buffer stays the caller's")
  func borrows() {
    let (fixture, listener) = (Fixture(), Listener())
    let (here, there) = listener.connection()
    let memory = lw_alloc(fixture.arena, 8, 0, true)!
    var read = fixture.socketRequest(here)
    #expect(lw_request_receive_into(&read, here, memory, 8, 0) == 0 && fixture.loansOpen == 2)
    #expect(lw_send(there, "xy", 2, 0) == 2)
    let result = fixture.result(&read)
    #expect(result.error == 0 && result.bytes == 2 && memcmp(memory, "xy", 2) == 0)
    #expect(lw_request_deallocate(&read) && lw_arena_count(fixture.arena).blocks_live == 1)
    lw_free(fixture.arena, memory)
    for socket in [here, there, listener.socket] { lw_closesocket(socket) }
  }

  @Test("ConnectEx and AcceptEx meet; DisconnectEx ends what the other side then reads")
  func meets() {
    let (fixture, listener) = (Fixture(), Listener())
    let accepted = lw_open_socket(CInt(LW_AF_INET), CInt(LW_SOCK_STREAM), 0)
    var accept = fixture.socketRequest(listener.socket)
    #expect(lw_request_accept(&accept, listener.socket, accepted) == 0 && lw_request_is_pending(&accept))
    let here = lw_open_socket(CInt(LW_AF_INET), CInt(LW_SOCK_STREAM), 0)
    var unbound = fixture.socketRequest(here)
    let refused = listener.name.withUnsafeBytes { lw_request_connect(&unbound, here, $0.baseAddress!, 16) }
    #expect(refused == DWORD(WSAEINVAL) && unbound.type == .LW_REQUEST_NOT_STARTED && fixture.loansOpen == 2)
    #expect(lw_request_deallocate(&unbound))
    var any = [UInt8](repeating: 0, count: 16)
    any[0] = UInt8(LW_AF_INET)
    #expect(any.withUnsafeBytes { lw_bind(here, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 16) } == 0)
    var connect = fixture.socketRequest(here)
    #expect(listener.name.withUnsafeBytes { lw_request_connect(&connect, here, $0.baseAddress!, 16) } == 0)
    let both = [fixture.next()!, fixture.next()!]
    #expect(Set(both.map(\.overlapped)) == [accept.overlapped, connect.overlapped] && fixture.loansOpen == 0)
    #expect(lw_request_deallocate(&accept) && lw_request_deallocate(&connect))
    var end = fixture.socketRequest(here)
    #expect(lw_request_disconnect(&end, here, 0) == 0)
    #expect(fixture.result(&end).error == 0 && lw_request_deallocate(&end))
    var byte: CChar = 0
    #expect(lw_recv(accepted, &byte, 1, 0) == 0)
    for socket in [here, accepted, listener.socket] { lw_closesocket(socket) }
  }

  @Test("a datagram tells its sender; nothing is left of it")
  func datagrams() {
    let (fixture, listener) = (Fixture(), Listener())
    let sockets = (0..<2).map { _ in lw_open_socket(CInt(LW_AF_INET), CInt(LW_SOCK_DGRAM), 0) }
    var names = [listener.name, listener.name]
    for (index, socket) in sockets.enumerated() {
      names[index][2...3] = [0, 0]
      var length: CInt = 16
      names[index].withUnsafeMutableBytes {
        let name = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
        #expect(lw_bind(socket, name, 16) == 0 && lw_getsockname(socket, name, &length) == 0)
      }
    }
    var read = fixture.socketRequest(sockets[0])
    #expect(lw_request_receive_from(&read, sockets[0], 10, 0) == 0 && lw_request_is_pending(&read))
    var write = fixture.socketRequest(sockets[1])
    #expect(names[0].withUnsafeBytes { lw_request_send_to(&write, sockets[1], "q", 1, 0, $0.baseAddress!, 16) } == 0)
    for _ in 0..<2 { #expect(fixture.next()?.error == 0) }
    #expect(fixture.loansOpen == 0 && read.sender!.pointee.length == 16)
    #expect(memcmp(read.sender!, names[1], 8) == 0, "family, port and address")
    #expect(lw_request_deallocate(&read) && lw_request_deallocate(&write))
    #expect(lw_arena_count(fixture.arena).blocks_live == 0)
    for socket in sockets + [listener.socket] { lw_closesocket(socket) }
  }

  @Test("a file is sent from its offset")
  func transmits() {
    let (fixture, listener) = (Fixture(), Listener())
    let (here, there) = listener.connection()
    var path = Array("/tmp/latewrite-transmit-XXXXXX".utf8CString)
    let made = mkstemp(&path)
    #expect(made >= 0 && write(made, "0123456789", 10) == 10)
    close(made)
    let file = CreateFileA(path, GENERIC_READ, 0, nil, OPEN_EXISTING, 0, nil)
    var request = fixture.socketRequest(here)
    #expect(lw_request_transmit_file(&request, here, file, 4, 3) == 0)
    let result = fixture.result(&request)
    #expect(result.error == 0 && result.bytes == 3)
    var got = [CChar](repeating: 0, count: 8)
    #expect(lw_recv(there, &got, 8, 0) == 3 && memcmp(got, "456", 3) == 0)
    #expect(lw_request_deallocate(&request))
    CloseHandle(file)
    unlink(path)
    for socket in [here, there, listener.socket] { lw_closesocket(socket) }
  }

  @Test("a receive that is freed while it is pending is cancelled and waited for; after a cancel it is not")
  func deallocates() {
    let (fixture, listener) = (Fixture(), Listener())
    let (here, there) = listener.connection()
    var read = fixture.socketRequest(here)
    #expect(lw_request_receive(&read, here, 10, 0) == 0)
    #expect(lw_request_deallocate(&read), "its cancellation was accepted and its end waited for")
    #expect(fixture.findings(1) > 0, "and yet its packet is still to leave the port")
    var packet = fixture.next()!
    lw_packet_unexpected(&packet)
    #expect(packet.error == DWORD(ERROR_OPERATION_ABORTED) && fixture.loansOpen == 0)
    for socket in [here, there, listener.socket] { lw_closesocket(socket) }
  }
}
