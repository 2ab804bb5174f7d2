// The moment that the historic bug is about, held still: a wait has fired, its callback has not begun, and its task is
// cancelled. It needs a process of its own, where one wait thread serves everything.
import AsyncProactor
import Latewrite
import OverlappedIO
import Proactor

enum HeldWait {
  struct Seen: Equatable {
    /// Whether the await ended although the callback had yet to come.
    var endsBefore = false
    var found: [Rule: UInt64] = [:]
  }

  static func cancel(on revision: ProactorRevision) async throws -> Seen {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let scope = try Scope(quiet)
    let arena = try Arena(Arena.Configuration(reuse: .immediate), scope: scope)
    var configuration = EventLoop.Configuration()
    configuration.revision = revision
    let endsBefore = try await EventLoop.run(arena: arena, configuration) { try await cancel(on: $0) }
    arena.close()
    return Seen(endsBefore: endsBefore, found: scope.counts)
  }

  private static func cancel(on loop: EventLoop) async throws -> Bool {
    let trigger = try SharedEvent(), entered = try SharedEvent(), leave = try SharedEvent(), event = try SharedEvent()
    trigger.set()
    let holder = try RegisteredWait(on: trigger.handle) { _ in
      entered.set()
      _ = try? OverlappedIO.wait(for: leave.handle)
    }
    _ = try OverlappedIO.wait(for: entered.handle)
    let hasEnded = Shared(false)
    let task = Task(executorPreference: loop.taskExecutor) {
      _ = try? await loop.wait(for: event.handle)
      hasEnded.withLock { $0 = true }
    }
    for _ in 0..<3 { try await loop.pause(for: .zero) }
    event.set()
    task.cancel()
    for _ in 0..<5 { try await loop.pause(for: .zero) }
    let endsBefore = hasEnded.read()
    // Behind it on the wait thread: when this callback runs, the one that was held back has posted.
    let last = try SharedEvent(), reached = try SharedEvent()
    last.set()
    let behind = try RegisteredWait(on: last.handle) { _ in reached.set() }
    leave.set()
    _ = try OverlappedIO.wait(for: reached.handle)
    behind.unregisterAndWait()
    holder.unregisterAndWait()
    await task.value
    return endsBefore
  }
}
