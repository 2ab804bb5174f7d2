// Named pipes and tasks: echo, many at once, every await cancelled, errors, and that nothing is left.
import AsyncProactor
import Glibc
import Latewrite
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Pipes of tasks", .serialized, .latewrite)
struct PipeTests {
  private static let made = Shared(0)

  /// A name that no other test has: a pipe's name goes with its last end, which may be later than its test.
  private static func newName() -> String {
    let number = made.withLock { made in
      made += 1
      return made
    }
    return "\\\\.\\pipe\\async-proactor-tests-\(getpid())-\(number)"
  }

  /// Runs `body` beside a server that echoes.
  private static func withEcho(
    _ body: @escaping @Sendable (EventLoop, _ name: String) async throws -> Void
  ) async throws {
    let name = newName()
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen(pipe: name, backlog: 100)
      try await withThrowingTaskGroup { group in
        group.addTask {
          try await withThrowingDiscardingTaskGroup { clients in
            for try await client in listener {
              clients.addTask {
                defer { client.close() }
                for try await chunk in client { try await client.write(chunk) }
              }
            }
          }
        }
        try await body(loop, name)
        listener.close()
        try await group.waitForAll()
      }
      #expect(await loop.operationCount == 0)
    }
  }

  @Test("what is written comes back, and closing is the end of the stream")
  func echo() async throws {
    try await Self.withEcho { loop, name in
      let stream = try await loop.connect(pipe: name)
      defer { stream.close() }
      try await stream.write("hello")
      #expect(try await stream.read() == Array("hello".utf8))
      try await stream.write([])
      try await stream.write(Array(repeating: 7, count: 5000))
      var received = 0
      while received < 5000 { received += try await stream.read().count }
      #expect(received == 5000)
    }
  }

  @Test("a thousand connections, in batches, every byte right")
  func thousand() async throws {
    try await Self.withEcho { loop, name in
      for batch in 0..<10 {
        try await withThrowingDiscardingTaskGroup { group in
          for number in 0..<100 {
            group.addTask {
              let stream = try await loop.connect(pipe: name)
              defer { stream.close() }
              for round in 0..<3 {
                let message = Array("\(batch) \(number) \(round)".utf8)
                try await stream.write(message)
                #expect(try await stream.read() == message)
              }
            }
          }
        }
      }
    }
  }

  @Test("a cancelled accept ends when its completion was seen, and its instance takes the next client")
  func cancelledAccept() async throws {
    let name = Self.newName()
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen(pipe: name, backlog: 1)
      defer { listener.close() }
      let before = await loop.operationCount
      try await loop.expectCancelled { _ = try await listener.accept() }
      #expect(await loop.operationCount == before, "the accept has left the proactor")
      async let accepted = listener.accept()
      let client = try await loop.connect(pipe: name)
      let server = try await accepted
      try await client.write("x")
      #expect(try await server.read() == [120])
      client.close()
      server.close()
    }
  }

  @Test("a cancelled read ends when its completion was seen, and what comes then is read by the next one")
  func cancelledRead() async throws {
    try await Self.withPair { loop, server, client in
      let before = await loop.operationCount
      try await loop.expectCancelled { _ = try await client.read() }
      #expect(await loop.operationCount == before, "the read has left the proactor")
      try await server.write("late")
      #expect(try await client.read() == Array("late".utf8))
    }
  }

  @Test("a cancelled write ends when its completion was seen")
  func cancelledWrite() async throws {
    try await Self.withPair { loop, server, client in
      let before = await loop.operationCount
      // More than the pipe holds, and nobody reads.
      try await loop.expectCancelled { try await client.write(Array(repeating: 1, count: 1 << 20)) }
      #expect(await loop.operationCount == before, "the write has left the proactor")
      try await server.write("still there")
      #expect(try await client.read() == Array("still there".utf8))
    }
  }

  @Test("connecting to a busy pipe can be cancelled")
  func cancelledConnect() async throws {
    let name = Self.newName()
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen(pipe: name, backlog: 1)
      defer { listener.close() }
      let first = try await loop.connect(pipe: name)
      defer { first.close() }
      try await loop.expectCancelled { _ = try await loop.connect(pipe: name) }
    }
  }

  @Test("a task that was cancelled before begins nothing")
  func cancelledBefore() async throws {
    try await Self.withPair { loop, _, client in
      let before = await loop.operationCount
      let task = Task(executorPreference: loop.taskExecutor) {
        withUnsafeCurrentTask { $0?.cancel() }
        await #expect(throws: ProactorError.self) { try await client.read() }
        await #expect(throws: ProactorError.self) { try await client.write("x") }
        return await loop.operationCount
      }
      #expect(await task.value == before)
    }
  }

  @Test("what cannot be done throws the proactor's error")
  func errors() async throws {
    try await Self.withPair { loop, server, client in
      await Self.expect(2) { _ = try await loop.connect(pipe: Self.newName()) }
      let name = Self.newName()
      let listener = try await loop.listen(pipe: name)
      await Self.expect(5) { _ = try await loop.listen(pipe: name) }
      listener.close()
      server.close()
      let rest = try await client.read()
      #expect(rest.isEmpty, "the other end was closed")
      await Self.expect(232) { try await client.write("x") }
      client.close()
      client.close()
      await #expect(throws: ProactorError(.closedObject)) { try await client.read() }
    }
  }

  @Test("closing a stream ends what others wait for on it")
  func closing() async throws {
    try await Self.withPair { loop, server, client in
      let read = Task(executorPreference: loop.taskExecutor) { try await client.read() }
      while await loop.operationCount == 0 { try await loop.pause(for: .zero) }
      client.close()
      // With an error or as the end of the stream: that is up to the system.
      _ = await read.result
      await #expect(throws: ProactorError(.closedObject)) { try await client.read() }
    }
  }

  @Test("what was forgotten is closed with the loop, and the log says what")
  func forgotten() async throws {
    let log = KeptLog()
    var configuration = EventLoop.Configuration()
    configuration.logger = log.logger
    try await EventLoop.run(arena: LatewriteTest.arena, configuration) { loop in
      let name = Self.newName()
      let listener = try await loop.listen(pipe: name, backlog: 2)
      _ = try await loop.connect(pipe: name)
      let other = try await loop.connect(pipe: name)
      other.close()
      listener.close()
    }
    #expect(log.messages.count == 1 && log.messages.allSatisfy { $0.hasPrefix("unclosed <PipeHandle handle=") })
  }

  /// Runs `body` with both ends of a connection.
  private static func withPair(
    _ body: @escaping @Sendable (EventLoop, ByteStream, ByteStream) async throws -> Void
  ) async throws {
    let name = newName()
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen(pipe: name)
      defer { listener.close() }
      async let accepted = listener.accept()
      let client = try await loop.connect(pipe: name)
      let server = try await accepted
      defer {
        client.close()
        server.close()
      }
      try await body(loop, server, client)
    }
  }

  private static func expect(_ code: UInt32, _ body: () async throws -> Void) async {
    do {
      try await body()
      Issue.record("error \(code) was expected")
    } catch {
      #expect((error as? ProactorError)?.underlying?.code.rawValue == code)
    }
  }

  @Test("a pipe neither ends one of its directions nor sends files, and says that it is no socket")
  func isNoSocket() async throws {
    try await Self.withEcho { loop, name in
      let client = try await loop.connect(pipe: name)
      defer { client.close() }
      #expect(client.peer == nil)
      do throws(ProactorError) {
        try await client.endWriting()
        Issue.record("it ended")
      } catch { #expect(error.underlying?.code == .notSocket) }
      let file = try DiskFile(reading: "/proc/self/exe")
      do throws(ProactorError) {
        _ = try await client.send(file)
        Issue.record("it was sent")
      } catch { #expect(error.description == "TransmitFile failed: it is no socket, or was closed (error 10038)") }
    }
  }
}
