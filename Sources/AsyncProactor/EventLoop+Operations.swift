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
    guard await isHere(atEndOf: future, on: object) else { return try await result(of: LoopBound(future)) }
    return try Self.result { () throws(ProactorError) in try future.result() }
  }

  /// The same of a read that nobody else asks for its result: that is taken out.
  @inline(__always)
  nonisolated func bytes(
    of reading: LoopFuture<[UInt8]>, on object: LoopBound<PortObject>
  ) async throws(ProactorError) -> [UInt8] {
    guard await isHere(atEndOf: reading, on: object) else { return try await result(of: LoopBound(reading)) }
    return try Self.result { () throws(ProactorError) in try reading.takeResult() }
  }

  /// The same where all that is asked is whether there is a result.
  @inline(__always)
  nonisolated func success<Value: Sendable>(
    of future: LoopFuture<Value>, on object: LoopBound<PortObject>
  ) async throws(ProactorError) {
    guard await isHere(atEndOf: future, on: object) else {
      _ = try await result(of: LoopBound(future))
      return
    }
    if !future.hasSucceeded { _ = try Self.result { () throws(ProactorError) in try future.result() } }
  }

  /// Waits until `future` is done. Whether the task goes on here: then it has been served.
  @inline(__always)
  private nonisolated func isHere(atEndOf future: AnyLoopFuture, on object: LoopBound<PortObject>?) async -> Bool {
    if !future.isDone || executor.hasServedEnough {
      await completion(of: LoopBound(future), on: object)
      if !isCurrent { return false }
    }
    executor.hasServed()
    return true
  }

  private nonisolated func completion(
    of bound: LoopBound<AnyLoopFuture>, on object: LoopBound<PortObject>?
  ) async {
    await unsafe suspend { continuation in
      if let place {
        unsafe bound.resumeWhenDone(continuation, place)
      } else {
        unsafe resumeFromElsewhere(continuation, when: bound)
      }
    } onCancel: {
      Task(executorPreference: executor) { await self.end(bound, on: object) }
    }
  }

  /// Suspends the task until the continuation that `begin` is given is resumed; `cancelled` asks for that. Futures call
  /// back once, so nobody checks it.
  ///
  /// The two functions are here as they were before they knew of isolation. The others go to the caller's executor,
  /// where this code is already, and withTaskCancellationHandler has so many arguments that some lie on the stack: what
  /// follows frames finds addresses of the heap there, another one each time, and takes each for a stack that it has
  /// not seen. And because the closure between them only hands on what it was given, Swift does not go there either.
  @inline(__always)
  private nonisolated func suspend(
    _ begin: (UnsafeContinuation<Void, Never>) -> Void, onCancel cancelled: @Sendable () -> Void
  ) async {
    await _unsafeInheritExecutor_withTaskCancellationHandler {
      await unsafe _unsafeInheritExecutor_withUnsafeContinuation(begin)
    } onCancel: {
      cancelled()
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
    let future = bound.on(self)
    return try Self.result { () throws(ProactorError) in try future.result() }
  }

  private nonisolated static func result<Value>(
    _ result: () throws(ProactorError) -> Value
  ) throws(ProactorError) -> Value {
    do throws(ProactorError) { return try result() } catch {
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

  /// Throws when the loop has ended.
  func checkOpen() throws(ProactorError) {
    if loop.isClosed { throw ProactorError(.loopClosed) }
  }

  /// The same, and when the task was cancelled before it began something.
  func checkBeginning() throws(ProactorError) {
    try checkOpen()
    try checkCancellation()
  }

  /// Throws when the task was cancelled before it began something.
  nonisolated func checkCancellation() throws(ProactorError) {
    if Task.isCancelled { throw ProactorError(.cancelled) }
  }
}
