// Sockets: their loans and what is found when the memory goes too early, cancelling against completing, many
// connections, nothing left behind, and handles that are no descriptors.
import CArena
import CSchedule
import CWin32
import Glibc
import Testing

@Suite struct SocketTests {
  let arena = TestArena()

  // Loans.

  @Test func `Failed at once: never lent`() {
    let socket = newSocket()
    let request = Request(arena)
    #expect(request.receive(socket) == DWORD(WSAENOTCONN))
    #expect(arena.loansOpen == 0)
    request.free()
    #expect(arena.findings(1) == 0)
    lw_closesocket(socket)
  }

  @Test func `Pending, on a port: over when its packet leaves`() {
    let (ends, port, request) = (SocketEnds(), newPort(), Request(arena))
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    #expect(request.receive(ends.here) == ERROR_IO_PENDING && arena.loansOpen == 2)
    ends.send([7, 8])
    let packet = Dequeued(port, INFINITE)
    #expect(packet.result == 1 && packet.bytes == 2 && packet.key == 5)
    #expect(arena.loansOpen == 0 && request.buffer.load(as: UInt8.self) == 7)
    request.free()
    #expect(arena.findings(1) == 0)
    ends.close()
    CloseHandle(port)
  }

  @Test func `A receive brings all that was sent at once, also what is sent while it begins`() {
    let (ends, port, request) = (SocketEnds(), newPort(), Request(arena))
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    let asked = Sent(handle: newPort())
    let sender = startThread {
      while Dequeued(asked.handle, INFINITE).key == 1 { ends.send([1, 2, 3, 4, 5, 6, 7, 8]) }
    }
    var counts: Set<DWORD> = []
    for _ in 0..<20_000 {
      PostQueuedCompletionStatus(asked.handle, 0, 1, nil)
      let error = request.receive(ends.here)
      #expect(error == 0 || error == ERROR_IO_PENDING)
      counts.insert(Dequeued(port, INFINITE).bytes)
    }
    #expect(counts == [8])
    PostQueuedCompletionStatus(asked.handle, 0, 0, nil)
    CWin32Tests.wait(for: sender)
    request.free()
    ends.close()
    for closed in [port, asked.handle, sender] { CloseHandle(closed) }
  }

  /// The second receive begins when the socket was read empty, and is not tried: whatever comes must wake it.
  @Test(arguments: ["bytes", "the end", "an urgent byte in between", "a reset", "bytes and the end at once"])
  func `A receive behind one that has left nothing gets what comes next`(_ what: String) {
    let (ends, port, request) = (SocketEnds(), newPort(), Request(arena))
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    var received: [UInt8] = []
    func receive(_ before: () -> Void = {}, _ after: () -> Void = {}) -> (count: Int, error: DWORD) {
      before()
      let error = request.receive(ends.here)
      #expect(error == 0 || error == ERROR_IO_PENDING)
      after()
      let packet = Dequeued(port, INFINITE)
      received += (0..<Int(packet.bytes)).map { request.buffer.load(fromByteOffset: $0, as: UInt8.self) }
      return (Int(packet.bytes), packet.result == 1 ? 0 : packet.error)
    }
    for byte in 1...3 { #expect(receive({}, { ends.send([UInt8(byte)]) }) == (1, 0)) }
    switch what {
    case "bytes":
      defer { lw_closesocket(ends.there) }
      #expect(receive({}, { ends.send([4]) }) == (1, 0))
      #expect(receive({ ends.send([5]) }) == (1, 0) && received == [1, 2, 3, 4, 5])
    case "the end":
      #expect(receive({}, { lw_closesocket(ends.there) }) == (0, 0))
      #expect(receive() == (0, 0))
    case "an urgent byte in between":
      defer { lw_closesocket(ends.there) }
      var urgent: CChar = 9
      let sent = { () -> Void in
        ends.send([4])
        #expect(lw_send(ends.there, &urgent, 1, CInt(LW_MSG_OOB)) == 1)
        ends.send([6])
      }
      #expect(receive({}, sent).count > 0)
      while received.last != 6 { #expect(receive().count > 0) }
      #expect(received == [1, 2, 3, 4, 6])
    case "a reset":
      var linger: (on: UInt16, seconds: UInt16) = (1, 0)
      let size = CInt(MemoryLayout.size(ofValue: linger))
      let set = withUnsafeMutableBytes(of: &linger) {
        lw_setsockopt(
          ends.there, CInt(LW_SOL_SOCKET), CInt(LW_SO_LINGER), $0.baseAddress!.assumingMemoryBound(to: CChar.self),
          size)
      }
      #expect(set == 0)
      #expect(receive({}, { lw_closesocket(ends.there) }) == (0, DWORD(ERROR_NETNAME_DELETED)))
    default:
      let sent = { () -> Void in
        ends.send([4])
        lw_closesocket(ends.there)
      }
      #expect(receive({}, sent) == (1, 0))
      #expect(receive() == (0, 0) && received == [1, 2, 3, 4])
    }
    request.free()
    lw_closesocket(ends.here)
    CloseHandle(port)
  }

  @Test func `Memory freed under a pending receive is LW001, and LW002 when the data come`() throws {
    let (ends, port, request) = (SocketEnds(), newPort(), Request(arena))
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    #expect(request.receive(ends.here) == ERROR_IO_PENDING)
    arena.free(request.buffer)
    #expect(arena.findings(1) == 1 && arena.findings(2) == 0)
    ends.send([0xAB, 0xCD])
    #expect(Dequeued(port, INFINITE).bytes == 2)
    #expect(arena.findings(2) == 1)
    let effect = try arena.record(2)
    #expect(effect.window_bytes > 1 && effect.after.0 == 0xAB && effect.after.1 == 0xCD, "the write lands")
    arena.free(request.overlapped)
    ends.close()
    CloseHandle(port)
  }

  @Test func `An OVERLAPPED freed when CancelIoEx has returned gets its status written all the same`() {
    let (ends, port, request) = (SocketEnds(), newPort(), Request(arena))
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    #expect(request.receive(ends.here) == ERROR_IO_PENDING)
    #expect(CancelIoEx(handle(ends.here), request.overlapped) == 1)
    arena.free(request.overlapped)
    #expect(arena.findings(1) == 1)
    #expect(Dequeued(port, INFINITE).error == ERROR_OPERATION_ABORTED)
    // The I/O thread may have stored the status before the block was freed; one of the two is always told.
    #expect(arena.findings(2) <= 1 && arena.loansOpen == 0)
    arena.free(request.buffer)
    ends.close()
    CloseHandle(port)
  }

  @Test func `A closed socket's receives are aborted, and their packets arrive`() {
    let (ends, port) = (SocketEnds(), newPort())
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    let requests = (0..<10).map { _ in Request(arena) }
    for request in requests { #expect(request.receive(ends.here) == ERROR_IO_PENDING) }
    #expect(arena.loansOpen == 20)
    #expect(lw_closesocket(ends.here) == 0)
    for _ in requests { #expect(Dequeued(port, INFINITE).error == ERROR_OPERATION_ABORTED) }
    #expect(arena.loansOpen == 0)
    for request in requests { request.free() }
    #expect(arena.findings(1) == 0)
    lw_closesocket(ends.there)
    CloseHandle(port)
  }

  // In a process of its own: a child that another test starts has the descriptors for a moment, closed or not.
  @Test func `A closed socket is closed at once, whoever still refers to it`() async {
    await #expect(processExitsWith: .success) {
      let (receiver, sender, port, request) = (
        newSocket(type: LW_SOCK_DGRAM), newSocket(type: LW_SOCK_DGRAM), newPort(), Request(TestArena())
      )
      let name = bindToLoopback(receiver)
      #expect(CreateIoCompletionPort(handle(receiver), port, 5, 0) == port)
      var byte: CChar = 42
      #expect(withName(name) { lw_sendto(sender, &byte, 1, 0, $0, $1) } == 1)
      #expect(request.receive(receiver) == 0)
      #expect(request.arena.loansOpen == 2)  // the packet holds them, and what it refers to the socket
      lw_closesocket(receiver)
      let next = newSocket(type: LW_SOCK_DGRAM)
      #expect(withName(name) { lw_bind(next, $0, $1) } == 0)
      #expect(Dequeued(port, INFINITE).result == 1 && request.arena.loansOpen == 0)
      request.free()
      lw_closesocket(next)
      lw_closesocket(sender)
      CloseHandle(port)
    }
  }

  // Cancelling against completing.

  @Test func `No byte is both delivered and reported cancelled`() {
    let (ends, port) = (SocketEnds(), newPort())
    #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port)
    let total = 20_000
    let stop = newEvent(manual: true)
    let stopped = Sent(handle: stop)
    let canceller = startThread {
      while !isSet(stopped.handle) {
        CancelIoEx(handle(ends.here), nil)
        SwitchToThread()
      }
    }
    var received = 0
    var cancelled = 0
    var sender: HANDLE?
    while received < total {
      let request = Request(arena)
      let error = request.receive(ends.here, bytes: 7)
      #expect(error == 0 || error == ERROR_IO_PENDING)
      let packet = Dequeued(port, INFINITE)
      if packet.result == 0 {
        #expect(packet.error == ERROR_OPERATION_ABORTED && packet.bytes == 0)
        cancelled += 1
        // The first one has to be cancelled, whoever runs when: nothing was sent yet.
        if sender == nil { sender = startThread { for sent in 0..<total { ends.send([UInt8(sent % 251)]) } } }
      }
      for at in 0..<Int(packet.bytes) {
        #expect(request.buffer.load(fromByteOffset: at, as: UInt8.self) == UInt8(received % 251))
        received += 1
      }
      request.free()
    }
    SetEvent(stop)
    if let sender { wait(for: sender) }
    wait(for: canceller)
    #expect(cancelled > 0)
    #expect(arena.findings(1) == 0 && arena.findings(2) == 0)
    ends.close()
    for object in [sender, canceller, stop, port] { CloseHandle(object) }
  }

  // Connections.

  @Test func `A socket that DisconnectEx gives back connects again`() {
    let listener = newSocket()
    let name = bindToLoopback(listener)
    #expect(lw_listen(listener, 4) == 0)
    let socket = newSocket()
    _ = bindToLoopback(socket)
    for _ in 0..<20 {
      var overlapped = OVERLAPPED()
      overlapped.hEvent = newEvent(manual: true)
      let begun = withName(name) { ConnectEx(socket, $0, $1, nil, 0, nil, &overlapped) }
      #expect(begun == 0 && WSAGetLastError() == ERROR_IO_PENDING)
      wait(for: overlapped.hEvent)
      #expect(overlapped.Internal == 0)
      let accepted = lw_accept(listener, nil, nil)
      var byte: CChar = 42
      #expect(lw_send(accepted, &byte, 1, 0) == 1 && lw_recv(socket, &byte, 1, 0) == 1 && byte == 42)
      #expect(DisconnectEx(socket, nil, DWORD(TF_REUSE_SOCKET), 0) == 1)
      #expect(lw_recv(accepted, &byte, 1, 0) == 0)
      CloseHandle(overlapped.hEvent)
      lw_closesocket(accepted)
    }
    lw_closesocket(socket)
    lw_closesocket(listener)
  }

  // In a process of its own, as above.
  @Test func `A datagram that finds nobody is told to the next receive`() async {
    await #expect(processExitsWith: .success) {
      let (socket, gone) = (newSocket(type: LW_SOCK_DGRAM), newSocket(type: LW_SOCK_DGRAM))
      _ = bindToLoopback(socket)
      let name = bindToLoopback(gone)
      lw_closesocket(gone)
      var byte: CChar = 1
      #expect(withName(name) { lw_sendto(socket, &byte, 1, 0, $0, $1) } == 1)
      #expect(lw_recv(socket, &byte, 1, 0) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAECONNRESET))
      let port = newPort()
      let request = Request(TestArena())
      #expect(CreateIoCompletionPort(handle(socket), port, 5, 0) == port)
      #expect(request.receive(socket) == ERROR_IO_PENDING)
      #expect(withName(name) { lw_sendto(socket, &byte, 1, 0, $0, $1) } == 1)
      #expect(Dequeued(port, INFINITE).error == ERROR_PORT_UNREACHABLE)
      request.free()
      lw_closesocket(socket)
      CloseHandle(port)
    }
  }

  @Test func `A thousand connections echo, and nothing is left behind`() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      limit.rlim_cur = min(limit.rlim_max, 8192)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      SocketEnds().close()  // what is there for good comes up
      let (before, descriptors) = (lw_win32_count(), descriptorCount())
      let listener = newSocket()
      let name = bindToLoopback(listener)
      #expect(lw_listen(listener, 1_000) == 0)
      var clients: [SOCKET] = []
      var servers: [SOCKET] = []
      for _ in 0..<1_000 {
        let client = newSocket()
        #expect(withName(name) { lw_connect(client, $0, $1) } == 0)
        clients.append(client)
        servers.append(lw_accept(listener, nil, nil))
      }
      let port = newPort()
      let memory = UnsafeMutablePointer<(OVERLAPPED, UInt8)>.allocate(capacity: 1_000)
      for (at, server) in servers.enumerated() {
        #expect(CreateIoCompletionPort(handle(server), port, ULONG_PTR(at), 0) == port)
        memory[at] = (OVERLAPPED(), 0)
        let place = UnsafeMutableRawPointer(memory + at)
        var buffers = WSABUF(
          len: 1, buf: (place + MemoryLayout<OVERLAPPED>.size).assumingMemoryBound(to: CChar.self))
        var flags: DWORD = 0
        _ = WSARecv(server, &buffers, 1, nil, &flags, place.assumingMemoryBound(to: OVERLAPPED.self), nil)
      }
      for (at, client) in clients.enumerated() {
        var byte = CChar(truncatingIfNeeded: at)
        #expect(lw_send(client, &byte, 1, 0) == 1)
      }
      for _ in servers {
        let packet = Dequeued(port, INFINITE)
        #expect(packet.result == 1 && packet.bytes == 1)
        var byte = CChar(bitPattern: memory[Int(packet.key)].1)
        #expect(lw_send(servers[Int(packet.key)], &byte, 1, 0) == 1)
      }
      for (at, client) in clients.enumerated() {
        var byte: CChar = 0
        #expect(lw_recv(client, &byte, 1, 0) == 1 && byte == CChar(truncatingIfNeeded: at))
      }
      for socket in clients + servers + [listener] { lw_closesocket(socket) }
      CloseHandle(port)
      memory.deallocate()
      let after = lw_win32_count()
      #expect(after.handles == before.handles && after.files == before.files)
      #expect(after.operations == before.operations && descriptorCount() == descriptors)
    }
  }

  // Handles.

  @Test func `A descriptor's number is no socket, and what is no socket is told so everywhere`() async {
    await #expect(processExitsWith: .success) {
      let socket = newSocket()
      let event = newEvent()
      let wrong: [SOCKET] =
        [0, lw_invalid_socket(), SOCKET(UInt(bitPattern: event)), 1 << 40] + (1...3).map { SOCKET($0) }
        + (100..<200).map { SOCKET($0) }
      var byte: CChar = 0
      var length: CInt = 1
      var number: ULONG = 0
      var events = WSANETWORKEVENTS()
      for other in wrong where other & ~3 != socket & ~3 {
        let calls: [CInt] = [
          lw_recv(other, &byte, 1, 0), lw_send(other, &byte, 1, 0), lw_listen(other, 1), lw_shutdown(other, 1),
          lw_bind(other, nil, 0), lw_connect(other, nil, 0), lw_getsockname(other, nil, nil),
          lw_getpeername(other, nil, nil), lw_setsockopt(other, 0xFFFF, 4, nil, 0),
          lw_getsockopt(other, 0xFFFF, 4, &byte, &length), lw_ioctlsocket(other, 0, &number),
          WSAEventSelect(other, nil, 0), WSAEnumNetworkEvents(other, nil, &events), lw_closesocket(other),
          WSARecv(other, nil, 0, nil, nil, nil, nil), WSASend(other, nil, 0, nil, 0, nil, nil),
          WSAIoctl(other, 0, nil, 0, nil, 0, nil, nil, nil), ConnectEx(other, nil, 0, nil, 0, nil, nil) - 1,
          DisconnectEx(other, nil, 0, 0) - 1, AcceptEx(other, other, nil, 0, 0, 0, nil, nil) - 1,
          TransmitFile(other, nil, 0, 0, nil, nil, 0) - 1, WSAGetOverlappedResult(other, nil, nil, 0, nil) - 1,
        ]
        #expect(calls.allSatisfy { $0 == SOCKET_ERROR })
        #expect(lw_recv(other, &byte, 1, 0) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAENOTSOCK))
      }
      #expect(SetEvent(event) == 1 && lw_closesocket(socket) == 0)
    }
  }

  @Test func `NULL where memory is needed is an error, never a crash`() {
    let ends = SocketEnds()
    var flags: DWORD = 0
    #expect(lw_recv(ends.here, nil, 1, 0) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAEFAULT))
    #expect(lw_send(ends.here, nil, 1, 0) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAEFAULT))
    #expect(WSARecv(ends.here, nil, 1, nil, &flags, nil, nil) == SOCKET_ERROR)
    #expect(WSASend(ends.here, nil, 1, nil, 0, nil, nil) == SOCKET_ERROR)
    #expect(lw_getsockname(ends.here, nil, nil) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAEFAULT))
    #expect(lw_select(nil, nil, nil, nil) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAEINVAL))
    #expect(WSAPoll(nil, 1, 0) == SOCKET_ERROR && lw_getaddrinfo(nil, nil, nil, nil) != 0)
    #expect(lw_ioctlsocket(ends.here, 0, nil) == SOCKET_ERROR && WSAGetLastError() == CInt(WSAEFAULT))
    ends.close()
  }
}
