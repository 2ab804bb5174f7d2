// Running a loop: jobs, then a poll, until the task that it was made for has ended; then everything else is ended too.
public import Latewrite
internal import Proactor

extension EventLoop {
  /// Runs a loop on the calling thread until `body` has returned, and gives its result.
  ///
  /// `body` and its child tasks run on this thread. What is still waited for when it has returned is cancelled; what is
  /// still open is closed, and the log says so.
  /// - Parameter arena: where the proactor's operations live; findings go to its scope.
  /// - Throws: what `body` throws, and `ProactorError` when there is nothing to make a loop of.
  @available(*, noasync, message: "await it: then the loop has a thread of its own")
  public static func run<Result: Sendable>(
    arena: borrowing Arena, _ configuration: Configuration = Configuration(),
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
  ) throws -> Result {
    let loop = try EventLoop(arena: arena, configuration)
    let main = loop.start(body)
    try loop.serve { main.isOver }
    return try main.result!.get()
  }

  /// The same with an arena of its own, which belongs to the process's scope.
  @available(*, noasync, message: "await it: then the loop has a thread of its own")
  public static func run<Result: Sendable>(
    _ configuration: Configuration = Configuration(), _ body: @escaping @Sendable (EventLoop) async throws -> Result
  ) throws -> Result {
    try run(arena: Arena(), configuration, body)
  }

  /// Runs a loop on a thread of its own until `body` has returned, and gives its result. Cancelling the caller cancels
  /// `body`, which sees the caller's task-local values too.
  public static func run<Result: Sendable>(
    arena: borrowing Arena, _ configuration: Configuration = Configuration(),
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
  ) async throws -> Result {
    let loop = try EventLoop(arena: arena, configuration)
    let main = loop.start(body)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        do {
          try LatewriteThread(named: "lw-loop") {
            continuation.resume(with: Swift.Result { try loop.serve { main.isOver } })
          }.detach()
        } catch {
          continuation.resume(throwing: error)
        }
      }
    } onCancel: {
      main.task?.cancel()
    }
    return try main.result!.get()
  }

  /// The same with an arena of its own, which belongs to the process's scope.
  public static func run<Result: Sendable>(
    _ configuration: Configuration = Configuration(), _ body: @escaping @Sendable (EventLoop) async throws -> Result
  ) async throws -> Result {
    let arena = try Arena()
    return try await run(arena: arena, configuration, body)
  }
}

/// The task that a loop runs for.
///
/// @unchecked Sendable: the result is touched on the loop's thread, and by whoever has waited for that.
private final class MainTask<Result: Sendable>: @unchecked Sendable {
  var task: Task<Void, Never>?
  /// Asked in each turn, and in front of what depends on the type of the result.
  private(set) var isOver = false
  var result: Swift.Result<Result, any Error>? {
    didSet { isOver = true }
  }
}

extension EventLoop {
  /// Makes the task; it begins when the loop does.
  private nonisolated func start<Result: Sendable>(
    _ body: @escaping @Sendable (EventLoop) async throws -> Result
  ) -> MainTask<Result> {
    let main = MainTask<Result>()
    main.task = Task(name: "EventLoop.run", executorPreference: executor) {
      do { main.result = .success(try await body(self)) } catch { main.result = .failure(error) }
    }
    return main
  }

  /// Has the calling thread be the loop's until `isOver` says so.
  private nonisolated func serve(until isOver: () -> Bool) throws(ProactorError) {
    executor.adopt()
    defer { executor.leave() }
    try withoutActuallyEscaping(isOver) { isOver in
      let over = LoopBound(isOver)
      return assumeIsolated { loop in
        Result { () throws(ProactorError) in try loop.turn(until: over.on(loop)) }
      }
    }.get()
  }

  private func turn(until isOver: () -> Bool) throws(ProactorError) {
    while true {
      executor.runReady()
      if isOver() { break }
      let waits = executor.fallAsleep(wokenBy: try armedWakeup().address)
      try loop.runOnce(timeout: waits ? nil : .zero)
      if waits { executor.stayAwake() }
    }
    try end()
  }

  /// The operation that others wake the loop by; a new one when somebody has.
  private func armedWakeup() throws(ProactorError) -> OverlappedFuture<UInt32> {
    if let wakeup, !wakeup.isDone { return wakeup }
    if wakeup != nil { executor.wakeUp() }
    let armed = try loop.proactor.register()
    wakeup = armed
    return armed
  }

  /// Ends what is left: the operation that others wake the loop by, then every other, then what was never closed. Tasks
  /// that still wait get their errors, and run for as long as they find something to do.
  private func end() throws(ProactorError) {
    if let wakeup {
      if executor.end() && !wakeup.isDone { try loop.proactor.post(wakeup) }
      while !wakeup.isDone { try loop.runOnce() }
    } else {
      _ = executor.end()
    }
    try loop.closeKeepingReady()
    repeat {
      loop.runRemaining()
      executor.runReady()
    } while executor.hasJobs
    for object in open.takeAll() {
      loop.warnUnclosed(object)
      object.close()
    }
  }
}
