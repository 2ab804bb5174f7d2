// Sockets and tasks: echo, many at once, every await cancelled, errors, and that nothing is left.
import AsyncProactor
import Foundation
import Latewrite
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Sockets of tasks", .latewrite)
struct SocketTests {
  @Test("a thousand connections, in batches, every byte right, and nothing is left")
  func thousand() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen(backlog: 1024)
      try await withThrowingTaskGroup { group in
        group.addTask { try await Self.echo(listener) }
        for batch in 0..<5 {
          try await withThrowingDiscardingTaskGroup { clients in
            for number in 0..<200 {
              clients.addTask { try await Self.converse(batch * 200 + number, with: listener.address, on: loop) }
            }
          }
        }
        listener.close()
        try await group.waitForAll()
      }
      #expect(await loop.operationCount == 0)
    }
  }

  @Test("an arena that is not checked serves as well, is empty afterwards, and lends nothing by hand")
  func unchecked() async throws {
    var configuration = Arena.Configuration()
    configuration.isChecked = false
    let arena = try Arena(configuration, scope: LatewriteTest.arena.scope)
    try await EventLoop.run(arena: arena) { loop in
      let listener = try await loop.listen()
      try await withThrowingTaskGroup { group in
        group.addTask { try await Self.echo(listener) }
        try await withThrowingDiscardingTaskGroup { clients in
          for number in 0..<50 {
            clients.addTask { try await Self.converse(number, with: listener.address, on: loop) }
          }
        }
        listener.close()
        try await group.waitForAll()
      }
    }
    let left = arena.counts()
    #expect(left.liveBlocks == 0)
    let block = try arena.allocate(64)
    do throws(LatewriteError) {
      try arena.lend(block, to: "nobody").settle()
      Issue.record("a block that nobody looks after was lent")
    } catch { #expect(error.code == .notABlock) }
    let isFreed = arena.free(block)
    #expect(isFreed)
  }

  /// Runs `body` with both ends of a connection.
  private static func withConnection(
    _ body: @escaping @Sendable (EventLoop, _ client: ByteStream, _ server: ByteStream) async throws -> Void
  ) async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen()
      defer { listener.close() }
      let client = try await loop.connect(to: listener.address)
      let server = try await listener.accept()
      defer {
        client.close()
        server.close()
      }
      #expect(client.peer == listener.address)
      try await body(loop, client, server)
    }
  }

  private static func echo(_ listener: SocketListener) async throws {
    try await withThrowingDiscardingTaskGroup { clients in
      for try await client in listener {
        clients.addTask {
          defer { client.close() }
          for try await chunk in client { try await client.write(chunk) }
        }
      }
    }
  }

  private static func converse(_ number: Int, with address: SocketAddress, on loop: EventLoop) async throws {
    let stream = try await loop.connect(to: address)
    defer { stream.close() }
    for round in 0..<3 {
      let message = Array("\(number) \(round)\n".utf8)
      try await stream.write(message)
      var received: [UInt8] = []
      while received.count < message.count { received += try await stream.read() }
      #expect(received == message)
    }
  }

  @Test("accept, read and write can be cancelled, and what comes then goes to the next one")
  func cancelled() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen()
      defer { listener.close() }
      try await loop.expectCancelled { _ = try await listener.accept() }
      let client = try await loop.connect(to: listener.address)
      let server = try await listener.accept()
      defer {
        client.close()
        server.close()
      }
      try await loop.expectCancelled { _ = try await client.read() }
      try await server.write("late")
      #expect(try await client.read() == Array("late".utf8))
      // More than both ends hold, and nobody reads.
      try await loop.expectCancelled { try await client.write(Array(repeating: 1, count: 1 << 26)) }
      #expect(await loop.operationCount == 0)
    }
  }

  @Test("a task that begins on the loop's thread and goes on elsewhere reads and writes as any other")
  func elsewhere() async throws {
    try await Self.withConnection { _, client, server in
      let echo = Task.immediate {
        for try await bytes in server { try await server.write(bytes) }
      }
      for number in 0..<100 {
        try await client.write("\(number)")
        #expect(try await client.read() == Array("\(number)".utf8))
      }
      client.close()
      try await echo.value
    }
  }

  @Test("nobody listens, and nobody accepts any more")
  func errors() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen()
      let address = listener.address
      let accepting = Task(executorPreference: loop.taskExecutor) {
        for try await _ in listener { Issue.record("nobody should come") }
      }
      while await loop.operationCount == 0 { try await loop.pause(for: .zero) }
      listener.close()
      try await accepting.value
      // The system may let the last one in while the accept that was under way goes.
      var isRefused = false
      while !isRefused {
        do { try await loop.connect(to: address).close() } catch { isRefused = true }
      }
    }
  }

  @Test("an accept that is cancelled, or ends with its listener, is no error for the log")
  func quiet() async throws {
    let log = KeptLog()
    var configuration = EventLoop.Configuration()
    configuration.logger = log.logger
    try await EventLoop.run(arena: LatewriteTest.arena, configuration) { loop in
      let listener = try await loop.listen()
      try await loop.expectCancelled { _ = try await listener.accept() }
      let accepting = Task(executorPreference: loop.taskExecutor) {
        for try await _ in listener { Issue.record("nobody should come") }
      }
      while await loop.operationCount == 0 { try await loop.pause(for: .zero) }
      listener.close()
      try await accepting.value
    }
    #expect(log.messages == [])
  }

  @Test("each end knows the other, and an end that writes no more reads on")
  func halfClosed() async throws {
    try await Self.withConnection { _, client, server in
      #expect(server.peer?.host == "127.0.0.1")
      try await client.write("all")
      try await client.endWriting()
      var received: [UInt8] = []
      for try await bytes in server { received += bytes }
      #expect(received == Array("all".utf8))
      try await server.write("heard")
      #expect(try await client.read() == Array("heard".utf8))
    }
  }

  @Test("a file is sent whole, or a part of it, and what is read into a block is there")
  func file() async throws {
    let block = try LatewriteTest.arena.allocate(1 << 16)
    try await Self.withConnection { _, client, server in
      let path = try #require(CommandLine.arguments.first)
      let contents = try [UInt8](Data(contentsOf: URL(filePath: path), options: .alwaysMapped).prefix(1 << 20))
      async let sent = Self.send(path, count: 1 << 20, over: server)
      var received: [UInt8] = []
      while received.count < 1 << 20 {
        let count = try await client.read(into: block)
        LatewriteTest.arena.withBytes(of: block) { span in
          for at in 0..<count { unsafe received.append(span.unsafeLoad(fromByteOffset: at, as: UInt8.self)) }
        }
      }
      #expect(try await sent == 1 << 20)
      #expect(received == contents)
      #expect(try await Self.send(path, from: 1, count: 3, over: server) == 3)
      #expect(try await client.read(atMost: 3) == Array(contents[1...3]))
      do throws(ProactorError) { _ = try await client.read(atMost: -1) } catch {
        #expect(error.underlying?.code == .invalidParameter)
      }
    }
    let isFreed = LatewriteTest.arena.free(block)
    #expect(isFreed)
  }

  private static func send(
    _ path: String, from offset: UInt64 = 0, count: Int, over stream: ByteStream
  ) async throws -> Int {
    try await stream.send(DiskFile(reading: path), from: offset, count: count)
  }
}
