// Sockets through the proactor: what each function brings, what becomes of it at its start, and what a socket that is
// gone does to it.
import Latewrite
import OverlappedIO
import Proactor
import Testing

/// A connection whose two ends belong to a situation's proactor.
private func connection(_ situation: borrowing Situation) throws -> (here: SocketHandle, there: SocketHandle) {
  let listener = try SocketHandle.listening()
  let accepting = try situation.proactor.accept(listener)
  let here = try SocketHandle()
  let connecting = try situation.proactor.connect(here, to: try listener.localAddress)
  try situation.finish(connecting)
  try situation.finish(accepting)
  let accepted = try accepting.result()
  let (own, remote) = (try here.localAddress, try accepted.socket.peerAddress)
  #expect(accepted.peer == own && accepted.peer == remote)
  listener.close()
  return (here, accepted.socket)
}

@Suite("Sockets in the proactor")
struct SocketTests {
  @Test("accept and connect meet, bytes go both ways, and the end of a stream is a read of nothing")
  func echo() throws {
    let situation = try Situation(.today)
    let (here, there) = try connection(situation)
    let pending = try situation.proactor.receive(there, atMost: 100)
    #expect(!pending.isDone)
    #expect(try situation.result(situation.proactor.send(here, [1, 2, 3])) == 3)
    #expect(try situation.result(pending) == [1, 2, 3])
    _ = try situation.result(situation.proactor.send(there, [4, 5]))
    #expect(try situation.result(situation.proactor.receive(here, atMost: 1)) == [4])
    #expect(try situation.result(situation.proactor.receive(here, atMost: 100)) == [5])
    try here.endSending()
    #expect(try situation.result(situation.proactor.receive(there, atMost: 100)) == [])
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("a read into the caller's memory fills it, and says how far")
  func into() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    let block = try situation.arena.allocate(64)
    let read = try situation.proactor.receive(here, into: block)
    #expect(block.openLoans == 1)
    try there.sendNow([9, 8, 7])
    #expect(try situation.result(read) == 3)
    while situation.proactor.operationCount > 0 { try situation.proactor.select() }
    #expect(block.openLoans == 0)
    let first = situation.arena.withBytes(of: block) { $0.bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self) }
    #expect(first == 9)
    situation.arena.free(block)
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("a datagram into the caller's memory says how much of it there is, and from whom")
  func datagramInto() throws {
    let situation = try Situation(.today)
    let one = try SocketHandle.datagrams()
    let other = try SocketHandle.datagrams()
    let block = try situation.arena.allocate(8)
    let read = try situation.proactor.receiveFrom(other, into: block)
    #expect(block.openLoans == 1)
    _ = try situation.result(situation.proactor.send(one, [5, 6], to: try other.localAddress))
    #expect(try situation.result(read) == ReceivedDatagram(byteCount: 2, sender: try one.localAddress))
    try situation.drain()
    let second = situation.arena.withBytes(of: block) { $0.bytes.unsafeLoad(fromByteOffset: 1, as: UInt8.self) }
    #expect(block.openLoans == 0 && second == 6)
    situation.arena.free(block)
    for socket in [one, other] { socket.close() }
    #expect(try situation.end().isEmpty)
  }

  // In a process of its own: a child that another test starts has the descriptors for a moment, closed or not.
  @Test("datagrams tell who sent them; one that met nobody is a receive of nothing today, and was an error")
  func datagrams() async {
    await #expect(processExitsWith: .success) {
      for (revision, isError) in [(ProactorRevision.today, false), (.fix498b1f62, true)] {
        let situation = try Situation(revision)
        let one = try SocketHandle.datagrams()
        let other = try SocketHandle.datagrams()
        let read = try situation.proactor.receiveFrom(other, atMost: 100)
        #expect(try situation.result(situation.proactor.send(one, [1, 2], to: try other.localAddress)) == 2)
        #expect(try situation.result(read) == Datagram(data: [1, 2], sender: try one.localAddress))
        try situation.finish(situation.proactor.connect(one, to: try other.localAddress))
        other.close()
        let unreachable = try situation.proactor.receiveFrom(one, atMost: 100)
        _ = try situation.result(situation.proactor.send(one, [3], to: nil))
        if isError {
          let error = #expect(throws: ProactorError.self) { try situation.result(unreachable) }
          #expect(error?.underlying?.code == .portUnreachable)
        } else {
          #expect(try situation.result(unreachable) == Datagram(data: [], sender: nil))
          let block = try situation.arena.allocate(8)
          let again = try situation.proactor.receiveFrom(one, into: block)
          _ = try situation.result(situation.proactor.send(one, [3], to: nil))
          #expect(try situation.result(again) == ReceivedDatagram(byteCount: 0, sender: nil))
          try situation.drain()
          situation.arena.free(block)
        }
        one.close()
        #expect(try situation.end().isEmpty)
      }
    }
  }

  @Test("a socket closed under its operation resets it; so did nobody before 3.7, where it was an error of the system")
  func closedUnderRead() throws {
    for (revision, code) in [(ProactorRevision.today, ProactorError.Code.connectionReset), (.fix498b1f62, .win32)] {
      let situation = try Situation(revision)
      let (here, there) = try SocketHandle.pair()
      let read = try situation.proactor.receive(here, atMost: 10)
      here.close()
      let error = #expect(throws: ProactorError.self) { try situation.result(read) }
      #expect(error?.code == code && error?.underlying?.code == .operationAborted)
      there.close()
      #expect(try situation.end().isEmpty)
    }
  }

  // In a process of its own, as above.
  @Test("nobody listens: the connection is refused; a closed socket starts nothing; a socket has one proactor")
  func refusals() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.today)
      // The port of a connection, which nobody else gets to listen at meanwhile.
      let (here, there) = try SocketHandle.pair()
      let address = try here.localAddress
      let socket = try SocketHandle()
      let refused = #expect(throws: ProactorError.self) {
        try situation.result(situation.proactor.connect(socket, to: address))
      }
      #expect(refused?.underlying?.code == .connectionRefused)
      here.close()
      there.close()
      let other = try Situation(.today)
      let second = #expect(throws: ProactorError.self) { try other.proactor.send(socket, [1]) }
      #expect(second?.underlying?.code == .invalidParameter)
      socket.close()
      let closed = #expect(throws: ProactorError.self) { try situation.proactor.receive(socket, atMost: 1) }
      #expect(closed?.underlying?.code.rawValue == 10038, "WSAENOTSOCK: it was registered before")
      let never = try SocketHandle()
      never.close()
      let unknown = #expect(throws: ProactorError.self) { try situation.proactor.send(never, [1]) }
      #expect(unknown?.underlying?.code == .invalidParameter, "and this one is refused by the port")
      #expect(try other.end().isEmpty)
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a cancelled accept ends, and the socket that was made for it is closed")
  func acceptCancelled() throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    let listener = try SocketHandle.listening()
    let accepting = try situation.proactor.accept(listener)
    try accepting.cancel()
    while situation.proactor.operationCount > 0 { try loop.runOnce() }
    #expect(accepting.isCancelled)
    listener.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("what completes on an object that is served no more is cancelled")
  func stopServing() throws {
    let situation = try Situation(.today)
    let listener = try SocketHandle.listening()
    let accepting = try situation.proactor.accept(listener)
    situation.proactor.stopServing(listener)
    let client = try SocketHandle()
    try situation.result(situation.proactor.connect(client, to: try listener.localAddress))
    try situation.finish(accepting)
    #expect(accepting.isCancelled)
    client.close()
    listener.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("a file is sent from where it is asked for")
  func sendsFile() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    let file = try DiskFile(reading: "/proc/self/exe")
    let sent = try situation.proactor.sendFile(here, file, offset: 1, count: 3)
    file.close()
    #expect(try situation.result(sent) == 3)
    #expect(try situation.result(situation.proactor.receive(there, atMost: 10)) == Array("ELF".utf8))
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
    #expect(throws: Win32Error.self) { _ = try DiskFile(reading: "/no/such/file") }
  }

  @Test("a file sent to who is gone is an error, and the program goes on")
  func sendsFileToNobody() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    try here.sendNow([1])
    there.close()
    // Closed with a byte unread, the connection is reset; the first call hears of that, and the host of later ones.
    while (try? here.sendNow([1])) != nil {}
    let file = try DiskFile(reading: "/proc/self/exe")
    let error = #expect(throws: ProactorError.self) { try situation.proactor.sendFile(here, file) }
    #expect(error?.underlying?.code.rawValue == 10054)
    here.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("a loop is woken by another thread, stops, and runs again")
  func wakes() throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    let mailbox = loop.mailbox
    let ran = Shared(0)
    for turn in 1...3 {
      // Called back by the wait thread while the loop waits for nothing else.
      let event = try Event(isSet: true)
      let wait = try RegisteredWait(on: event.handle) { _ in
        do {
          try mailbox.callSoon { loop in
            ran.withLock { $0 += 1 }
            loop.stop()
          }
        } catch { Issue.record(error) }
      }
      try loop.runForever()
      #expect(ran.read() == turn)
      wait.unregisterAndWait()
    }
    try loop.close()
    #expect(situation.log.errors.isEmpty)
    #expect(try situation.end().isEmpty)
  }

  @Test("addresses are text outside")
  func addresses() {
    #expect(SocketAddress("127.0.0.1", port: 80) == .loopback(port: 80))
    #expect(SocketAddress("127.0.0.1", port: 80)?.description == "127.0.0.1:80")
    #expect(SocketAddress("::1", port: 8080)?.description == "[::1]:8080")
    #expect(SocketAddress("nobody", port: 1) == nil && SocketAddress("1.2.3", port: 1) == nil)
  }
}
