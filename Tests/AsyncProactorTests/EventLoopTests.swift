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
