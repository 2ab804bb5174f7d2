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
  /// The result of `future`, begun on `object` by the caller, on the loop's thread. Where there is no operation behind
  /// it, nobody but the loop is at work on it, and the future itself can be cancelled.
  ///
  /// A task whose operations all end at once would starve all others, and the port: so it waits for a turn of the loop
  /// now and then.
  @inline(__always)
  nonisolated func value<Value: Sendable>(
    of future: LoopFuture<Value>, on object: LoopBound<PortObject>? = nil
  ) async throws(ProactorError) -> Value {
    if !future.isDone || executor.hasServedEnough {
      await completion(of: future, on: object)
      if !isCurrent { return try await result(of: LoopBound(future)) }
    }
    executor.hasServed()
    return try Self.result(of: future)
  }

  private nonisolated func completion(of future: AnyLoopFuture, on object: LoopBound<PortObject>?) async {
    let bound = LoopBound(future)
    // withTaskCancellationHandler as it was before it knew of isolation. The other one goes to the caller's executor,
    // where this code is already, twice, and has so many arguments that some lie on the stack: what follows frames
    // finds addresses of the heap there, another one each time, and takes each for a stack that it has not seen.
    await _unsafeInheritExecutor_withTaskCancellationHandler {
      // A future calls back once, so there is nothing to check.
      await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        if isCurrent {
          unsafe future.resumeWhenDone(continuation)
        } else {
          unsafe resumeFromElsewhere(continuation, when: bound)
        }
      }
    } onCancel: {
      Task(executorPreference: executor) { await self.end(bound, on: object) }
    }
  }

  /// A task that began here at once, and belongs nowhere, goes on elsewhere with each step that it may.
  @inline(never)
  private nonisolated func resumeFromElsewhere(
    _ continuation: UnsafeContinuation<Void, Never>, when bound: LoopBound<AnyLoopFuture>
  ) {
    Task(executorPreference: executor) { await unsafe self.resume(continuation, when: bound) }
  }

  private func resume(_ continuation: UnsafeContinuation<Void, Never>, when bound: LoopBound<AnyLoopFuture>) {
    unsafe bound.on(self).resumeWhenDone(continuation)
  }

  private func result<Value: Sendable>(of bound: LoopBound<LoopFuture<Value>>) throws(ProactorError) -> Value {
    try Self.result(of: bound.on(self))
  }

  private nonisolated static func result<Value: Sendable>(of future: LoopFuture<Value>) throws(ProactorError) -> Value {
    do throws(ProactorError) { return try future.result() } catch {
      if Task.isCancelled && error.isWin32(.operationAborted) { throw ProactorError(.cancelled) }
      throw error
    }
  }

  private func end(_ bound: LoopBound<AnyLoopFuture>, on object: LoopBound<PortObject>?) {
    let future = bound.on(self)
    // Closing has ended it already, and its handle may be somebody else's by now.
    guard !future.isDone && object?.on(self).isClosed != true else { return }
    do throws(ProactorError) { try future.askToEnd() } catch { fatalError("\(error)") }
  }

  /// Throws when the task was cancelled before it began something.
  nonisolated func checkCancellation() throws(ProactorError) {
    if Task.isCancelled { throw ProactorError(.cancelled) }
  }
}
