// The event loop: what is ready runs, then the proactor is asked for more.
internal import Latewrite
internal import OverlappedIO

/// asyncio's ProactorEventLoop, as far as waits need it. Used on one thread.
public final class ProactorEventLoop {
  /// Where completions come from.
  public let proactor: IOCPProactor
  /// What servers accept, by the handle that they listen on.
  private var accepting: [WaitableHandle: OverlappedFuture<Int>] = [:]
  private var isRunning = false
  private var isClosed = false

  /// A loop over `proactor`, which it closes.
  public init(proactor: IOCPProactor) {
    self.proactor = proactor
    proactor.log.using("IocpProactor")
  }

  /// Runs `callback` in the next turn.
  public func callSoon(_ callback: @escaping () -> Void) { proactor.ready.callSoon(callback) }

  /// One turn: waits for completions, not at all when something is ready, then runs what is ready.
  public func runOnce(timeout: Duration? = nil) throws(ProactorError) {
    if isClosed { throw ProactorError(.loopClosed) }
    if isRunning { throw ProactorError(.loopIsRunning) }
    isRunning = true
    defer { isRunning = false }
    try proactor.select(timeout: proactor.ready.isEmpty ? untilTimer(timeout) : .zero)
    proactor.ready.makeDueReady()
    proactor.ready.runReady()
  }

  /// Runs `callback` in a turn after `delay`.
  public func callLater(_ delay: Duration, _ callback: @escaping () -> Void) {
    proactor.ready.callLater(delay, callback)
  }

  /// The time to wait for completions: `timeout`, or until the next timer.
  private func untilTimer(_ timeout: Duration?) -> Duration? {
    guard let due = proactor.ready.nextDue else { return timeout }
    let now = Clock.now
    let left = Duration.nanoseconds(due > now ? Int64(clamping: due.nanoseconds - now.nanoseconds) : 0)
    return min(left, timeout ?? left)
  }

  /// Runs turns until `future` is done, and returns its result.
  public func run<Value>(untilComplete future: LoopFuture<Value>) throws(ProactorError) -> Value {
    while !future.isDone { try runOnce() }
    return try future.result()
  }

  /// Serves clients of `pipe`, until `stopServing(_:)`: the future of the next one.
  public func serve(_ pipe: PipeHandle, operation: UInt64 = 0) throws(ProactorError) -> OverlappedFuture<Int> {
    let future = try proactor.acceptPipe(pipe, operation: operation)
    accepting[pipe.fileno] = future
    return future
  }

  /// Accepts no further client of `pipe`, and closes it.
  public func stopServing(_ pipe: PipeHandle) throws(ProactorError) {
    let own = accepting.removeValue(forKey: pipe.fileno)
    if proactor.behaviours.contains(.stopsOwnServerOnly) {
      try own?.cancel()
    } else {
      for future in [own].compactMap({ $0 }) + accepting.values { try future.cancel() }
    }
    pipe.close()
  }

  /// What a loop does that was told to stop: the read of its self-pipe ends.
  public func stopReading(_ selfPipe: OverlappedFuture<[UInt8]>) throws(ProactorError) {
    try proactor.stopSelfRead(selfPipe)
  }

  /// Closes the proactor, which may wait for operations to end, and then the loop. Throws `loopIsRunning` from inside a
  /// callback.
  public func close() throws(ProactorError) {
    if isRunning { throw ProactorError(.loopIsRunning) }
    guard !isClosed else { return }
    isClosed = true
    try proactor.close()
  }
}
