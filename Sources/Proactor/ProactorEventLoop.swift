// The event loop: what is ready runs, then the proactor is asked for more.
internal import Latewrite
internal import OverlappedIO

/// asyncio's ProactorEventLoop. Made, used and closed on one thread; other threads reach it through its `mailbox`.
public final class ProactorEventLoop: CustomStringConvertible {
  /// Where completions come from.
  public let proactor: IOCPProactor
  /// How other threads have the loop run something.
  public let mailbox: LoopMailbox
  /// nil where no run has needed it.
  private var selfPipe: SelfPipe?
  /// What servers accept, and the handle that each listens on.
  var accepting: [(listener: WaitableHandle, future: OverlappedFuture<AcceptedConnection>)] = []
  /// Whether a run is under way.
  public var isRunning: Bool { runs }
  private var runs = false
  private var isStopping = false
  /// Whether it was closed.
  public private(set) var isClosed = false

  /// A loop over `proactor`, which it closes. Its self-pipe is there from now on (or, when the system has no sockets,
  /// from its first run); the revisions differ in which turn begins to read it.
  public convenience init(proactor: IOCPProactor) {
    self.init(withoutSelfPipe: proactor)
    // Asked for again by the first run, which throws.
    try? neededSelfPipe().open()
  }

  /// The same, where only `runForever()` makes the self-pipe: until then nothing but the program's own operations is in
  /// the cache.
  package init(withoutSelfPipe proactor: IOCPProactor) {
    self.proactor = proactor
    mailbox = proactor.ready.mailbox
    proactor.log.using("IocpProactor")
    proactor.ready.belong(to: self)
  }

  deinit {
    proactor.ready.belong(to: nil)
    // What closing has made ready, where that comes behind.
    if isClosed { proactor.ready.dropAll() }
  }

  /// A future that nobody but the program ends.
  public func makeFuture<Value: Sendable>(of type: Value.Type = Value.self) -> LoopFuture<Value> {
    LoopFuture<Value>(context: proactor.context, ticket: proactor.nextTicket())
  }

  /// Runs `callback` in the next turn; an error that it throws is told to the log. Throws `loopClosed` where the
  /// revision looks.
  @discardableResult
  public func callSoon(_ callback: @escaping () throws -> Void) throws(ProactorError) -> LoopCallback {
    try checkOpen()
    return proactor.ready.callSoon(callback)
  }

  /// Runs `callback` in a turn after `delay`. Throws as `callSoon` does.
  @discardableResult
  public func callLater(
    _ delay: Duration, _ callback: @escaping () throws -> Void
  ) throws(ProactorError) -> LoopCallback {
    try checkOpen()
    return proactor.ready.callLater(delay, callback)
  }

  func checkOpen() throws(ProactorError) {
    if isClosed && proactor.behaviours.contains(.closedLoopRefuses) { throw ProactorError(.loopClosed) }
  }

  /// One turn: waits for completions, not at all when something is ready, then runs what is ready. It is no run: where
  /// each run begins to read the self-pipe, other threads cannot wake it.
  public func runOnce(timeout: Duration? = nil) throws(ProactorError) {
    try run { () throws(ProactorError) in try turn(timeout) }
  }

  /// Runs as `runForever()` does until `future` is done, and returns its result. Throws `loopStopped` when somebody has
  /// stopped it before.
  public func run<Value>(untilComplete future: LoopFuture<Value>) throws(ProactorError) -> Value {
    if isClosed { throw ProactorError(.loopClosed) }
    if isRunning && proactor.behaviours.contains(.nestedRunLeavesNothing) { throw ProactorError(.loopIsRunning) }
    let stopping = future.addDoneCallback { [self] _ in
      // asyncio's callback stops where it is; as a function, stop() was a callback more.
      if proactor.behaviours.contains(.stopEndsTurn) { isStopping = true } else { proactor.ready.stopNow() }
    }
    do throws(ProactorError) { try runForever() } catch {
      if proactor.behaviours.contains(.nestedRunLeavesNothing) { future.removeDoneCallback(stopping) }
      throw error
    }
    future.removeDoneCallback(stopping)
    guard future.isDone else { throw ProactorError(.loopStopped) }
    return try future.result()
  }

  /// The place where the program lets its last reference to the loop go. One that was never closed is closed then, or
  /// its proactor is, as the revision does it; what is ready goes with it.
  public func release() {
    guard !isClosed else { return proactor.release() }
    if proactor.behaviours.contains(.warnsOfUnclosed) {
      proactor.log.unclosed("event loop \(self)")
      do throws(ProactorError) { try close() } catch { proactor.log.deletionFailed(error) }
    }
    isClosed = true
    proactor.release()
    mailbox.close()
    selfPipe?.letGo()
    proactor.ready.dropAll()
  }

  private func neededSelfPipe() -> SelfPipe {
    if let selfPipe { return selfPipe }
    let made = SelfPipe(proactor, mailbox)
    selfPipe = made
    return made
  }

  /// Runs turns until `stop()`, with the self-pipe by which `mailbox` wakes it. The revisions differ in what becomes of
  /// the read of that pipe when the run ends.
  public func runForever() throws(ProactorError) {
    if isRunning && proactor.behaviours.contains(.nestedRunEndsSelfRead) { try selfPipe?.endReading() }
    try run { () throws(ProactorError) in
      let selfPipe = neededSelfPipe()
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

  /// Has `runForever()` return: behind the turn, or where the callbacks come to it. A loop that does not run will stop
  /// then when it does.
  public func stop() {
    if proactor.behaviours.contains(.stopEndsTurn) { isStopping = true } else { proactor.ready.stopSoon() }
  }

  private func run(_ body: () throws(ProactorError) -> Void) throws(ProactorError) {
    if isClosed { throw ProactorError(.loopClosed) }
    if runs { throw ProactorError(.loopIsRunning) }
    runs = true
    defer { runs = false }
    try body()
  }

  private func turn(_ timeout: Duration?) throws(ProactorError) {
    mailbox.deliver(to: self)
    let mayWait = proactor.ready.isEmpty && !isStopping
    _ = try proactor.selectKeepingResults(timeout: mayWait ? untilTimer(timeout) : .zero)
    let results = proactor.takeResults()
    defer { results?.leave() }
    mailbox.deliver(to: self)
    proactor.ready.makeDueReady()
    if proactor.ready.runReady() { isStopping = true }
  }

  /// The time to wait for completions: `timeout`, or until the next timer.
  private func untilTimer(_ timeout: Duration?) -> Duration? {
    proactor.ready.forgetCancelledTimers()
    guard let due = proactor.ready.nextDue else { return timeout }
    let now = Clock.now
    var left = Duration.nanoseconds(due > now ? Int64(clamping: due.nanoseconds - now.nanoseconds) : 0)
    if proactor.behaviours.contains(.waitsInParts) { left = min(left, Self.longestWait) }
    return min(left, timeout ?? left)
  }

  private static let longestWait = Duration.seconds(24 * 3600)

  /// Stops its servers, closes its self-pipe and the proactor, which may wait for operations to end, and lets go of
  /// what is ready. Throws `loopIsRunning` from inside a callback.
  public func close() throws(ProactorError) {
    if isRunning { throw ProactorError(.loopIsRunning) }
    guard !isClosed else { return }
    let dropsLast = proactor.behaviours.contains(.dropsReadyLast)
    isClosed = true
    if !dropsLast { proactor.ready.dropAll() }
    try closeKeepingReady()
    if dropsLast { proactor.ready.dropAll() }
  }

  /// The same, for who runs afterwards what became ready: see `runRemaining()`.
  package func closeKeepingReady() throws(ProactorError) {
    isClosed = true
    try stopAccepting()
    mailbox.close()
    try selfPipe?.close()
    try proactor.close()
  }

  /// As asyncio prints it.
  public var description: String {
    func word(_ flag: Bool) -> String { flag ? "True" : "False" }
    return "<ProactorEventLoop running=\(word(runs)) closed=\(word(isClosed)) debug=\(word(proactor.isDebug))>"
  }
}
