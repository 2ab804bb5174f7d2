// Waits: for handles and for time.
public import OverlappedIO
public import Proactor

extension EventLoop {
  /// Waits until `handle` is signalled, or until `timeout` has passed. What is waited for must not be consumed by it:
  /// events with manual reset, processes. Keep the handle open until this has returned.
  ///
  /// A cancelled wait is unregistered, and returns when nothing will write or post any more.
  /// - Throws: `ProactorError.cancelled`, or what the proactor throws.
  public func wait(for handle: WaitableHandle, timeout: Duration? = nil) async throws(ProactorError) -> WaitOutcome {
    try checkBeginning()
    let future = try loop.proactor.waitForHandle(handle, timeout: timeout)
    let bound = LoopBound(future)
    await withTaskCancellationHandler {
      await completion(of: future)
    } onCancel: {
      Task(executorPreference: executor) { await self.end(bound) }
    }
    return try future.result() ? .signalled : .timedOut
  }

  /// Of a cancelled wait: when its unregistration has ended.
  private func completion(of future: WaitHandleFuture) async {
    assertIsolated()
    await withCheckedContinuation { continuation in
      future.addDoneCallback { done in
        guard done.isCancelled else { return continuation.resume() }
        future.afterUnregistration { continuation.resume() }
      }
    }
  }

  /// A wait that cannot be unregistered goes on, as its future does; the proactor's log says why.
  private func end(_ future: LoopBound<WaitHandleFuture>) {
    let future = future.on(self)
    guard !future.isDone else { return }
    _ = try? future.cancel()
  }

  /// Waits for `duration`, by the loop's clock: asyncio's sleep. A controlled execution does not really wait.
  /// - Throws: `ProactorError.cancelled`.
  public func pause(for duration: Duration) async throws(ProactorError) {
    try checkBeginning()
    try await value(of: loop.timer(duration))
  }
}
