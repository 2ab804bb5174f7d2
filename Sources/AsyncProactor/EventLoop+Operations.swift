// How a task waits for an operation. Cancelling the task asks for the operation's end and changes nothing else: the
// task goes on when the proactor has seen the completion, with whatever it says.
//
// A task that is on the loop's thread already stays there: going to the actor and back would be two jobs of the
// executor for each operation. So these functions run where they are called and reach for the loop's things there.
internal import OverlappedIO
internal import Proactor

extension ProactorError {
  /// Whether the call has failed with `code`. Not inlined: Swift 6.3.1 ends in "Found ownership error" where it is.
  @inline(never)
  func isWin32(_ code: Win32Error.Code) -> Bool { underlying?.code == code }
}

extension EventLoop {
  /// The proactor, for who is on the loop's thread.
  nonisolated var proactor: IOCPProactor { bound.here(self).proactor }

  /// The result of `future`, begun on `object` by the caller, on the loop's thread. Where there is no operation behind
  /// it, nobody but the loop is at work on it, and the future itself can be cancelled.
  ///
  /// A task whose operations all end at once would starve all others, and the port: so it waits for a turn of the loop
  /// now and then.
  nonisolated func value<Value: Sendable>(
    of future: LoopFuture<Value>, on object: PortObject? = nil
  ) async throws(ProactorError) -> Value {
    if !future.isDone || executor.hasServedEnough {
      let bound = LoopBound((future, object))
      await withTaskCancellationHandler {
        // A future calls back once, so there is nothing to check.
        // A task that began here at once, and belongs nowhere, goes on elsewhere with each step that it may.
        await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
          if isCurrent {
            unsafe Self.resume(continuation, when: bound.here(self).0)
          } else {
            Task(executorPreference: executor) { await unsafe self.resumeOnLoop(continuation, when: bound) }
          }
        }
      } onCancel: {
        Task(executorPreference: executor) { await self.end(bound) }
      }
      if !isCurrent { return try await result(of: bound) }
    }
    executor.hasServed()
    return try result(of: future)
  }

  private nonisolated static func resume<Value: Sendable>(
    _ continuation: UnsafeContinuation<Void, Never>, when future: LoopFuture<Value>
  ) {
    if unsafe !future.resumesWhenDone(continuation) {
      future.addDoneCallback { _ in unsafe continuation.resume() }
    }
  }

  private func resumeOnLoop<Value: Sendable>(
    _ continuation: UnsafeContinuation<Void, Never>, when bound: LoopBound<(LoopFuture<Value>, PortObject?)>
  ) {
    unsafe Self.resume(continuation, when: bound.on(self).0)
  }

  private func result<Value: Sendable>(
    of bound: LoopBound<(LoopFuture<Value>, PortObject?)>
  ) throws(ProactorError) -> Value {
    try result(of: bound.on(self).0)
  }

  private nonisolated func result<Value: Sendable>(of future: LoopFuture<Value>) throws(ProactorError) -> Value {
    do throws(ProactorError) { return try future.result() } catch {
      if Task.isCancelled && error.isWin32(.operationAborted) { throw ProactorError(.cancelled) }
      throw error
    }
  }

  private func end<Value: Sendable>(_ bound: LoopBound<(LoopFuture<Value>, PortObject?)>) {
    let (future, object) = bound.on(self)
    guard !future.isDone else { return }
    if let operation = future as? OverlappedFuture<Value> {
      // Closing has ended it already, and its handle may be somebody else's by now.
      if object?.isClosed != true { loop.proactor.askToEnd(operation) }
    } else {
      do throws(ProactorError) { try future.cancel() } catch { fatalError("\(error)") }
    }
  }

  /// Throws when the task was cancelled before it began something.
  nonisolated func checkCancellation() throws(ProactorError) {
    if Task.isCancelled { throw ProactorError(.cancelled) }
  }
}
