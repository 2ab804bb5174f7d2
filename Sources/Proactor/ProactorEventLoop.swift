// The event loop: what is ready runs, then the proactor is asked for more.

/// asyncio's ProactorEventLoop, as far as waits need it. Used on one thread.
public final class ProactorEventLoop {
  /// Where completions come from.
  public let proactor: IOCPProactor
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
    try proactor.select(timeout: proactor.ready.isEmpty ? timeout : .zero)
    proactor.ready.runReady()
  }

  /// Runs turns until `future` is done, and returns its result.
  public func run<Value>(untilComplete future: LoopFuture<Value>) throws(ProactorError) -> Value {
    while !future.isDone { try runOnce() }
    return try future.result()
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
