// Datagrams and tasks: who gets what from whom, what is cancelled, too long, or meets nobody, and that nothing is left.
import AsyncProactor
import Latewrite
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Datagrams of tasks", .latewrite)
struct DatagramTests {
  /// The Win32 error that `body` throws; nil for none.
  static func error(of body: () async throws(ProactorError) -> Void) async -> Win32Error.Code? {
    do throws(ProactorError) { try await body() } catch { return error.underlying?.code }
    return nil
  }

  @Test("a hundred clients get their own answers from a server, which ends when it is closed")
  func echo() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let server = try await loop.datagrams()
      try await withThrowingTaskGroup { group in
        group.addTask {
          for try await datagram in server { try await server.send(datagram.data.reversed(), to: datagram.sender) }
        }
        try await withThrowingDiscardingTaskGroup { clients in
          for number in 0..<100 {
            clients.addTask {
              let client = try await loop.datagrams()
              defer { client.close() }
              try await client.send([UInt8(number), 1, 2], to: server.address)
              #expect(try await client.receive() == Datagram(data: [2, 1, UInt8(number)], sender: server.address))
            }
          }
        }
        server.close()
        try await group.waitForAll()
      }
      #expect(await loop.operationCount == 0)
      #expect(await server.isClosed)
    }
  }

  @Test("a receive can be cancelled, and what comes then goes to the next one")
  func cancelled() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let (one, other) = (try await loop.datagrams(), try await loop.datagrams())
      try await loop.expectCancelled { _ = try await one.receive() }
      try await other.send([7], to: one.address)
      #expect(try await one.receive() == Datagram(data: [7], sender: other.address))
      #expect(await loop.operationCount == 0)
      one.close()
      other.close()
    }
  }

  @Test("a connected socket needs no address and hears of nobody else; one that is not says what is missing")
  func connected() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let (one, other, third) = (
        try await loop.datagrams(), try await loop.datagrams(), try await loop.datagrams()
      )
      defer { for socket in [one, other, third] { socket.close() } }
      #expect(await Self.error { () throws(ProactorError) in try await one.send([1]) }?.rawValue == 10057)
      try await one.connect(to: other.address)
      try await third.send([3], to: one.address)
      try await one.send([1])
      #expect(try await other.receive() == Datagram(data: [1], sender: one.address))
      try await other.send([2], to: one.address)
      #expect(try await one.receive() == Datagram(data: [2], sender: other.address))
    }
  }

  @Test("one that has met nobody is told of: as a datagram of nothing today, as an error before")
  func unreachable() async throws {
    for (revision, told) in [(ProactorRevision.today, nil), (.fix498b1f62, Win32Error.Code.portUnreachable)] {
      var configuration = EventLoop.Configuration()
      configuration.revision = revision
      try await EventLoop.run(arena: LatewriteTest.arena, configuration) { loop in
        let (socket, gone) = (try await loop.datagrams(), try await loop.datagrams())
        defer { socket.close() }
        gone.close()
        let waiting = Task(executorPreference: loop.taskExecutor) { try await socket.receive() }
        while await loop.operationCount == 0 { try await loop.pause(for: .zero) }
        try await socket.send([1], to: gone.address)
        switch await waiting.result {
        case .success(let datagram): #expect(told == nil && datagram == Datagram(data: [], sender: nil))
        case .failure(let error): #expect((error as? ProactorError)?.underlying?.code == told)
        }
      }
    }
  }

  @Test("the longest one arrives whole, and a longer one is an error and nothing else")
  func longest() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      for address in [SocketAddress.loopback(), try #require(SocketAddress("::1", port: 0))] {
        let socket = try await loop.datagrams(at: address)
        defer { socket.close() }
        let whole = (0..<socket.bytesMax).map { UInt8(truncatingIfNeeded: $0) }
        #expect(await Self.error { () throws(ProactorError) in try await socket.send(whole + [1]) } == .messageTooLong)
        try await socket.send(whole, to: socket.address)
        #expect(try await socket.receive() == Datagram(data: whole, sender: socket.address))
      }
      #expect(await loop.operationCount == 0)
    }
  }
}
