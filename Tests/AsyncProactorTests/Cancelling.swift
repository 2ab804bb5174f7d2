// Cancelling what waits, at the moment when it waits.
import AsyncProactor
import Proactor
import Testing

extension EventLoop {
  /// Begins `body` in a task, cancels it once its operation is known to the proactor or it sleeps, and expects that it
  /// says so.
  nonisolated func expectCancelled(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task(executorPreference: taskExecutor) { try await body() }
    // The task begins, and reaches its await, before this one gets its turn again.
    for _ in 0..<3 { try await pause(for: .zero) }
    task.cancel()
    do {
      try await task.value
      Issue.record("the task was not cancelled")
    } catch {
      #expect((error as? ProactorError)?.code == .cancelled)
    }
  }
}
