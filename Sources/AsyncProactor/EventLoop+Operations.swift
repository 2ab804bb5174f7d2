// How a task waits for an operation. Cancelling the task asks for the operation's end and changes nothing else: the
// task goes on when the proactor has seen the completion, with whatever it says.
internal import OverlappedIO
internal import Proactor

extension EventLoop {
  /// The result of `future`, begun on `object`. Where there is no operation behind it, nobody but the loop is at work
  /// on it, and the future itself can be cancelled.
  func value<Value: Sendable>(
    of future: LoopFuture<Value>, on object: PortObject? = nil
  ) async throws(ProactorError) -> Value {
    if !future.isDone {
      let bound = LoopBound((future, object))
      await suspend(until: future) { loop in
        let (future, object) = bound.on(loop)
        loop.end(future, on: object)
      }
    }
    do throws(ProactorError) { return try future.result() } catch {
      if Task.isCancelled && Self.isAborted(error) { throw ProactorError(.cancelled) }
      throw error
    }
  }

  /// Not inlined: Swift 6.3.1 ends in "Found ownership error" where it is.
  @inline(never)
  private static func isAborted(_ error: ProactorError) -> Bool { error.underlying?.code == .operationAborted }

  private func end<Value>(_ future: LoopFuture<Value>, on object: PortObject?) {
    guard !future.isDone else { return }
    if let operation = future as? OverlappedFuture<Value> {
      // Closing has ended it already, and its handle may be somebody else's by now.
      if object?.isClosed != true { loop.proactor.askToEnd(operation) }
    } else {
      do throws(ProactorError) { try future.cancel() } catch { fatalError("\(error)") }
    }
  }

  /// Waits until `future` is done, and has `end` called on the loop when the task is cancelled.
  private func suspend<Value>(
    until future: LoopFuture<Value>, onCancel end: @escaping @Sendable (isolated EventLoop) -> Void
  ) async {
    await withTaskCancellationHandler {
      await completion(of: future)
    } onCancel: {
      Task(executorPreference: executor) { await end(self) }
    }
  }

  /// A method, because a closure that does not mention its actor would run wherever its task prefers to.
  private func completion<Value>(of future: LoopFuture<Value>) async {
    assertIsolated()
    await withCheckedContinuation { continuation in
      future.addDoneCallback { _ in continuation.resume() }
    }
  }

  /// Throws when the task was cancelled before it began something.
  func checkCancellation() throws(ProactorError) {
    if Task.isCancelled { throw ProactorError(.cancelled) }
  }
}
