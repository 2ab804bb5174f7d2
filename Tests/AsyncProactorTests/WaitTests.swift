// Waits of tasks, on today's proactor and on the states around the historic bug.
import AsyncProactor
import Latewrite
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Waits of tasks")
struct WaitTests {
  @Test("a wait ends with its signal, or with its time", .latewrite)
  func outcomes() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let event = try SharedEvent()
      #expect(try await loop.wait(for: event.handle, timeout: .milliseconds(1)) == .timedOut)
      async let outcome = loop.wait(for: event.handle)
      event.set()
      #expect(try await outcome == .signalled)
      #expect(try await loop.wait(for: event.handle, timeout: .zero) == .signalled)
    }
  }

  @Test("a cancelled wait ends when nothing will write any more", .latewrite)
  func cancelled() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let event = try SharedEvent()
      let loans = LatewriteTest.arena.counts().openLoans
      try await loop.expectCancelled { _ = try await loop.wait(for: event.handle) }
      #expect(LatewriteTest.arena.counts().openLoans == loans)
    }
  }

  @Test("thousands of waits, cancelled as they fire, free nothing that is lent", .latewrite)
  func racing() async throws {
    try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      for _ in 0..<50 {
        let event = try SharedEvent()
        await withTaskGroup { group in
          for _ in 0..<64 {
            group.addTask {
              _ = try? await loop.wait(for: event.handle)
            }
          }
          group.addTask(executorPreference: globalConcurrentExecutor) { event.set() }
          try? await loop.pause(for: .zero)
          group.cancelAll()
        }
      }
    }
  }

  @Test("cancelled while its callback is held back, a wait ends after the callback, and nothing is found")
  func heldToday() async {
    await #expect(processExitsWith: .success) {
      let seen = try await HeldWait.cancel(on: .today)
      #expect(seen == HeldWait.Seen(endsBefore: false, found: [:]))
    }
  }

  @Test("on the state with the bug it ends before, and the free is found")
  func heldBefore() async {
    await #expect(processExitsWith: .success) {
      let seen = try await HeldWait.cancel(on: .beforeD0a28dee)
      #expect(seen.endsBefore && seen.found[.freedWhileLent] == 1)
    }
  }

  @Test("every revision runs tasks", arguments: ProactorRevision.all.map(\.name))
  func revisions(name: String) async throws {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let arena = try Arena(scope: Scope(quiet))
    var configuration = EventLoop.Configuration()
    configuration.revision = try #require(ProactorRevision(named: name))
    let outcome = try await EventLoop.run(arena: arena, configuration) { loop in
      let event = try SharedEvent()
      async let outcome = loop.wait(for: event.handle)
      while await loop.operationCount == 0 { try await loop.pause(for: .zero) }
      event.set()
      return try await outcome
    }
    #expect(outcome == .signalled)
  }
}
