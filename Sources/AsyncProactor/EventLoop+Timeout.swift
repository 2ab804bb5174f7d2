// asyncio's wait_for: what takes too long is cancelled, and its end waited for, because until then somebody may still
// write into its memory.
internal import Proactor

extension EventLoop {
  /// Gives the result of `body`, which is cancelled once `duration` has passed by the loop's clock. What has its result
  /// all the same gives it. Where there is no time at all `body` is not begun.
  /// - Throws: `ProactorError.timedOut` when it was cancelled for that, else what `body` throws.
  public nonisolated func withTimeout<Value: Sendable>(
    _ duration: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    if duration <= .zero {
      try checkCancellation()
      throw ProactorError(.timedOut)
    }
    let ended: Result<Value, any Error> = await withTaskGroup(of: Result<Value, any Error>?.self) { group in
      group.addTask {
        do { return .success(try await body()) } catch { return .failure(error) }
      }
      group.addTask {
        // Cancelled, it is over as well: whoever cancelled it has cancelled `body` too.
        try? await self.pause(for: duration)
        return nil
      }
      let first = await group.next().flatMap { $0 }
      group.cancelAll()
      if let first { return first }
      let late = await group.next().flatMap { $0 }!
      if case .failure(let error) = late, Self.tellsOfCancelling(error), !Task.isCancelled {
        return .failure(ProactorError(.timedOut))
      }
      return late
    }
    return try ended.get()
  }

  private nonisolated static func tellsOfCancelling(_ error: any Error) -> Bool {
    (error as? ProactorError)?.code == .cancelled || error is CancellationError
  }
}
