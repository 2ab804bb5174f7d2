// What may take so long and no longer, and children that several tasks wait for.
import AsyncProactor
import Latewrite
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Timeouts of tasks", .latewrite)
struct TimeoutTests {
  @Test("what takes too long is cancelled, its end is seen, and what comes then is read by the next one")
  func late() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let child = try await loop.spawn("cat")
      let error = await #expect(throws: ProactorError.self) {
        _ = try await loop.withTimeout(.milliseconds(1)) {
          try await child.output.read()
        }
      }
      #expect(error?.code == .timedOut)
      #expect(await loop.operationCount == 0)
      let other = await #expect(throws: ProactorError.self) {
        _ = try await loop.withTimeout(.milliseconds(1)) {
          do { return try await child.output.read() } catch { throw CancellationError() }
        }
      }
      #expect(other?.code == .timedOut, "another library's way to say that it was cancelled")
      try await child.input.write("x")
      #expect(try await child.output.read() == [120])
      child.close()
    }
  }

  @Test("what has no time is not begun, and what has all of it may take that", arguments: [0, -1, Int64.min, .max])
  func noTime(seconds: Int64) async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let begun = Shared(0)
      let error: (any Error)?
      do {
        try await loop.withTimeout(.seconds(seconds)) {
          begun.withLock { $0 += 1 }
          try await loop.pause(for: .milliseconds(1))
        }
        error = nil
      } catch let thrown { error = thrown }
      let hasTime = seconds > 0
      #expect(
        (error as? ProactorError)?.code == (hasTime ? nil : .timedOut) && (error == nil) == hasTime
          && begun.read() == (hasTime ? 1 : 0))
    }
  }

  @Test("what is in time gives its result or its error, and whoever is cancelled hears of that")
  func inTime() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      #expect(try await loop.withTimeout(.seconds(3600)) { 7 } == 7)
      let error = await #expect(throws: ProactorError.self) {
        _ = try await loop.withTimeout(.seconds(3600)) {
          try await loop.connect(pipe: "\\\\.\\pipe\\nobody-serves-this")
        }
      }
      #expect(error?.underlying?.code == .fileNotFound)
      let event = try SharedEvent()
      try await loop.expectCancelled {
        _ = try await loop.withTimeout(.seconds(3600)) {
          try await loop.wait(for: event.handle)
        }
      }
    }
  }

  @Test("several tasks wait for one child, one of them is cancelled, and to wait after its end is no wait")
  func severalWaits() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let child = try await loop.spawn("cat", output: .null)
      async let first = child.exitCode()
      async let second = child.exitCode()
      try await loop.expectCancelled { _ = try await child.exitCode() }
      child.input.close()
      #expect(try await [first, second] == [0, 0])
      child.kill()
      #expect(try await child.exitCode() == 0)
      for _ in 0..<2 { child.close() }
    }
  }

  @Test("to cancel a task whose operation has completed takes nothing from it")
  func cancelledTooLate() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let child = try await loop.spawn("cat")
      let read = Task(executorPreference: loop.taskExecutor) { try await child.output.read() }
      try await child.input.write("x")
      let got = try await read.value
      read.cancel()
      #expect(got == [120])
      child.close()
    }
  }
}
