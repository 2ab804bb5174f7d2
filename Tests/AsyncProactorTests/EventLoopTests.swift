// The loop as an executor: where jobs run, what a run returns, and what is left when it has ended.
import AsyncProactor
import Latewrite
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Event loop", .latewrite)
struct EventLoopTests {
  @Test("a run gives what its body returns, and throws what it throws")
  func results() async throws {
    struct Refusal: Error, Equatable {}
    #expect(try await EventLoop.run(arena: LatewriteTest.arena) { _ in 7 } == 7)
    await #expect(throws: Refusal()) {
      try await EventLoop.run(arena: LatewriteTest.arena) { _ in throw Refusal() }
    }
  }

  @Test("body, child tasks and what is isolated to the loop run on its thread, also behind every await")
  func thread() async throws {
    let isElsewhere = try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      var here = [loop.isCurrent]
      try await loop.pause(for: .zero)
      here.append(loop.isCurrent)
      _ = await loop.operationCount
      here.append(loop.isCurrent)
      async let child = loop.isCurrent
      here.append(await child)
      let others = await withTaskGroup { group in
        for _ in 0..<10 {
          group.addTask {
            _ = try? await loop.pause(for: .microseconds(1))
            return loop.isCurrent
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(here + others == Array(repeating: true, count: 14))
      return await Task.detached { loop.isCurrent }.value
    }
    #expect(isElsewhere == false)
  }

  @Test("a task elsewhere may use the loop, and wakes it")
  func elsewhere() async throws {
    let results = try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let event = try SharedEvent()
      return try await withThrowingTaskGroup { group in
        for _ in 0..<20 {
          group.addTask(executorPreference: globalConcurrentExecutor) {
            let outcome = try await loop.wait(for: event.handle)
            #expect(!loop.isCurrent)
            return outcome
          }
        }
        group.addTask(executorPreference: globalConcurrentExecutor) {
          event.set()
          return .signalled
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(results == Array(repeating: .signalled, count: 21))
  }

  @Test("cancelling the caller cancels the body")
  func cancellation() async throws {
    let arena = LatewriteTest.current
    let began = AsyncStream<Void>.makeStream()
    let run = Task {
      try await EventLoop.run(arena: arena.arena) { loop in
        began.continuation.yield()
        try await loop.pause(for: .seconds(86_400))
      }
    }
    for await _ in began.stream { break }
    run.cancel()
    await #expect(throws: ProactorError.self) { try await run.value }
  }

  @Test("a loop that has ended closes what it made, says that it has ended to whoever begins something, and no more")
  func ended() async throws {
    let ended = try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let listener = try await loop.listen()
      let stream = try await loop.connect(to: listener.address)
      let datagrams = try await loop.datagrams()
      let child = try await loop.spawn("/bin/cat")
      return (loop: loop, listener: listener, stream: stream, datagrams: datagrams, child: child)
    }
    let loop = ended.loop
    let block = try LatewriteTest.arena.allocate(8)
    let began: [@Sendable () async throws -> Void] = [
      { _ = try await ended.stream.read() }, { try await ended.stream.write("late") },
      { _ = try await ended.stream.read(into: block) },
      { try await ended.stream.endWriting() }, { _ = try await ended.listener.accept() },
      { _ = try await ended.datagrams.receive() }, { _ = try await ended.child.exitCode() },
      { try await loop.pause(for: .zero) }, { _ = try await loop.listen() },
      { _ = try await loop.connect(to: ended.listener.address) }, { _ = try await loop.datagrams() },
      { _ = try await loop.listen(pipe: "\\\\.\\pipe\\late") },
      { _ = try await loop.connect(pipe: "\\\\.\\pipe\\late") },
      { _ = try await loop.spawn("/bin/true") },
    ]
    for begin in began {
      await #expect(throws: ProactorError(.loopClosed)) { try await begin() }
      let inside = Task(executorPreference: loop.taskExecutor) { try await begin() }
      await #expect(throws: ProactorError(.loopClosed)) { try await inside.value }
    }
    #expect(await loop.operationCount == 0)
    #expect(await ended.listener.isClosed)
    ended.listener.close()
    ended.stream.close()
    ended.datagrams.close()
    ended.child.close()
    // Tasks of many threads come to it, one after the other.
    let sum = Shared(0)
    await withDiscardingTaskGroup { group in
      for number in 1...100 {
        group.addTask(executorPreference: number % 2 == 0 ? loop.taskExecutor : globalConcurrentExecutor) {
          _ = await loop.operationCount
          sum.withLock { $0 += number }
        }
      }
    }
    #expect(sum.read() == 5050)
    let isFreed = LatewriteTest.arena.free(block)
    #expect(isFreed)
    // Here the arena has ended with the loop.
    let stream = try await EventLoop.run { loop in try await loop.connect(to: loop.listen().address) }
    await #expect(throws: ProactorError(.loopClosed)) { try await stream.write("late") }
    stream.close()
  }

  @Test("the calling thread is the loop's where nothing is awaited")
  func ownThread() async throws {
    let surroundings = LatewriteTest.current
    await withCheckedContinuation { continuation in
      Task.detached {
        Self.runHere(surroundings.arena)
        continuation.resume()
      }
    }
  }

  private static func runHere(_ arena: borrowing Arena) {
    let caller = LatewriteThread.currentNumber
    let result = Result { try EventLoop.run(arena: arena) { _ in LatewriteThread.currentNumber } }
    #expect((try? result.get()) == caller)
  }
}
