// The event loop: what is ready runs, then the proactor is asked for more.
internal import Latewrite
internal import OverlappedIO

/// asyncio's ProactorEventLoop. Made, used and closed on one thread; other threads reach it through its `mailbox`.
public final class ProactorEventLoop {
  /// Where completions come from.
  public let proactor: IOCPProactor
  /// How other threads have the loop run something.
  public let mailbox = LoopMailbox()
  private let selfPipe: SelfPipe
  /// What servers accept, and the handle that each listens on.
  var accepting: [(listener: WaitableHandle, future: OverlappedFuture<AcceptedConnection>)] = []
  private var isRunning = false
  private var isStopping = false
  private(set) var isClosed = false

  /// A loop over `proactor`, which it closes.
  public init(proactor: IOCPProactor) {
    self.proactor = proactor
    selfPipe = SelfPipe(proactor, mailbox)
    proactor.log.using("IocpProactor")
  }

  /// Runs `callback` in the next turn.
  public func callSoon(_ callback: @escaping () -> Void) { proactor.ready.callSoon(callback) }

  /// Runs `callback` in a turn after `delay`.
  public func callLater(_ delay: Duration, _ callback: @escaping () -> Void) {
    proactor.ready.callLater(delay, callback)
  }

  /// One turn: waits for completions, not at all when something is ready, then runs what is ready. Other threads cannot
  /// wake it.
  public func runOnce(timeout: Duration? = nil) throws(ProactorError) {
    try run { () throws(ProactorError) in try turn(timeout) }
  }

  /// Runs turns until `future` is done, and returns its result. Other threads cannot wake it.
  public func run<Value>(untilComplete future: LoopFuture<Value>) throws(ProactorError) -> Value {
    while !future.isDone { try runOnce() }
    return try future.result()
  }

  /// Runs turns until `stop()`, with the self-pipe by which `mailbox` wakes it.
  public func runForever() throws(ProactorError) {
    try run { () throws(ProactorError) in
      try selfPipe.beginReading()
      let ended: Result<Void, ProactorError>
      do throws(ProactorError) {
        repeat { try turn(nil) } while !isStopping
        ended = .success(())
      } catch { ended = .failure(error) }
      isStopping = false
      try selfPipe.endReading()
      try ended.get()
    }
  }

  /// Has `runForever()` return at the end of its turn.
  public func stop() { isStopping = true }

  private func run(_ body: () throws(ProactorError) -> Void) throws(ProactorError) {
    if isClosed { throw ProactorError(.loopClosed) }
    if isRunning { throw ProactorError(.loopIsRunning) }
    isRunning = true
    defer { isRunning = false }
    try body()
  }

  private func turn(_ timeout: Duration?) throws(ProactorError) {
    mailbox.deliver(to: self)
    let mayWait = proactor.ready.isEmpty && !isStopping
    try proactor.select(timeout: mayWait ? untilTimer(timeout) : .zero)
    mailbox.deliver(to: self)
    proactor.ready.makeDueReady()
    proactor.ready.runReady()
  }

  /// The time to wait for completions: `timeout`, or until the next timer.
  private func untilTimer(_ timeout: Duration?) -> Duration? {
    guard let due = proactor.ready.nextDue else { return timeout }
    let now = Clock.now
    let left = Duration.nanoseconds(due > now ? Int64(clamping: due.nanoseconds - now.nanoseconds) : 0)
    return min(left, timeout ?? left)
  }

  /// Stops its servers, closes its self-pipe and the proactor, which may wait for operations to end. Throws
  /// `loopIsRunning` from inside a callback.
  public func close() throws(ProactorError) {
    if isRunning { throw ProactorError(.loopIsRunning) }
    guard !isClosed else { return }
    isClosed = true
    try stopAccepting()
    try selfPipe.close()
    try proactor.close()
  }
}
