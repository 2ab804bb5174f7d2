// What a future is whatever its value: where it stands, and who has to be told.
//
// It is a class of its own because whoever asks a future only whether it is done, or runs what is ready, need not be
// told by the runtime what its value is, which costs more than the answer.
internal import Latewrite

/// The future of an operation of the proactor, whatever its value.
@safe public class AnyLoopFuture {
  /// Where it stands, as the trace tells it.
  enum Standing: Int64 {
    case finished = 0
    case cancelled = 1
    case failed = 2
    case pending
  }

  /// It changes once, from pending.
  private var standing = Standing.pending
  final let context: ProactorContext
  /// Those of the context, which are asked for several times by each future.
  final let behaviours: ProactorBehaviours
  /// It has an error that nobody has asked for: asyncio's _log_traceback.
  final var isUnread = false
  /// Whether the cache has it, which keeps it alive for CPython.
  private final var isCached = false
  /// Whether a task that waits for it does.
  private final var hasTask = false
  /// How many times the loop has it, for callbacks that it has not run.
  private final var readyCount = 0
  private(set) final var isReleased = false
  /// What its error keeps alive.
  private final var traceback: Traceback?
  /// Frames whose variables name it.
  private final var frames: SelectFrames?
  /// Its number in the trace.
  private var ticket: UInt64
  /// A task that waits for it, and has asked before anybody else has.
  @unsafe private var waiter: UnsafeContinuation<Void, Never>?

  init(context: ProactorContext, ticket: UInt64) {
    self.context = context
    behaviours = context.behaviours
    self.ticket = ticket
  }

  /// Whether it has a result, an error, or was cancelled.
  public final var isDone: Bool { standing != .pending }
  /// Whether it was cancelled.
  public final var isCancelled: Bool { standing == .cancelled }
  /// Whether it has a result or an error.
  public final var isFinished: Bool { standing == .finished || standing == .failed }
  /// Whether it has a result.
  package final var hasSucceeded: Bool { standing == .finished }
  /// Whether it has an error.
  public final var hasFailed: Bool { standing == .failed }

  /// It is the future of another operation from now on.
  final func renew(ticket: UInt64) {
    standing = .pending
    frames = nil
    self.ticket = ticket
  }

  /// Ends it; false when that was done before.
  final func end(_ end: Standing) -> Bool {
    guard standing == .pending else { return false }
    standing = end
    Trace.record(.future, operation: ticket, result: end.rawValue)
    if let waiter = unsafe waiter.take() { unsafe context.callSoon(resuming: waiter) }
    if hasCallbacks {
      enterReady()
      context.callSoon(callbacksOf: self)
    }
    return true
  }

  /// Ends it without result or error; false when it was done before.
  final func endCancelled() -> Bool { end(.cancelled) }

  /// Whether callbacks have to be told of its end.
  var hasCallbacks: Bool { false }
  /// Whether somebody has to be.
  final var isAwaited: Bool { unsafe waiter != nil || hasCallbacks }

  /// Has the loop resume a task once the future is done, or soon when it is already, as a callback would.
  package func resumeWhenDone(_ continuation: UnsafeContinuation<Void, Never>) {
    if isDone { unsafe context.callSoon(resuming: continuation) } else { unsafe waiter = continuation }
  }

  /// Asks for the end of the operation behind it, and leaves the future to what comes of that. Where there is none the
  /// future is cancelled.
  package func askToEnd() throws(ProactorError) {}

  /// In a later turn of the loop: it was done, and this is told.
  func runCallbacks() {}

  /// It was done, and nobody will be told.
  func dropCallbacks() {}

  // ----------------------------------------------------------------------------------------------- who knows of it

  /// The cache has it now, and keeps it alive.
  final func enterCache() { isCached = true }

  /// The cache has it no more, nor has the poll that took it out.
  final func leaveCache() {
    isCached = false
    if isReleased { letGoUnlessKept() }
  }

  /// A task will wait for it, and keeps it alive.
  final func enterTask() { hasTask = true }

  /// The task has ended, or nobody will go on with it.
  final func leaveTask() {
    hasTask = false
    if isReleased { letGoUnlessKept() }
  }

  /// The loop will run callbacks of it, and keeps it alive for them.
  final func enterReady() { readyCount += 1 }

  /// They have run, or will not.
  final func leaveReady() {
    readyCount -= 1
    if isReleased { letGoUnlessKept() }
  }

  /// The place where the program lets its last reference to the future go. From now on or, where the proactor has it,
  /// from when its packet has come (and, of an accept, the loop has heard of it), it keeps no memory any more; an error
  /// that nobody has asked for is told to the log.
  ///
  /// Without this call all of it happens when Swift lets go of the future, which is no later than in CPython, but
  /// nothing to rely on where an order of acts is repeated.
  public final func release() {
    isReleased = true
    letGoUnlessKept()
  }

  /// The same with each of those who had it.
  final func letGoUnlessKept() {
    if isCached || hasTask || readyCount > 0 { return }
    guard let frames, frames.keep(self) else { return letGo() }
    traceback?.leaveFrames()
  }

  /// A variable of these frames names it.
  final func isNamed(in frames: SelectFrames) { self.frames = frames }

  /// Its error was caught in these frames.
  final func errorIsCaught(in frames: SelectFrames) { traceback?.enter(frames) }

  /// Whether it was.
  final func hasErrorCaught(in frames: SelectFrames) -> Bool { traceback?.isCaught(in: frames) == true }

  /// Whether it has not let its OVERLAPPED go, which nobody else may have any more.
  var keepsOverlapped: Bool { false }

  /// Nobody knows of it any more.
  func letGo() {
    tellUnheard()
    traceback.take()?.letGo()
  }

  /// The same for a future that Swift has let go, on whatever thread.
  final func vanish() {
    tellUnheard()
    guard let traceback = traceback.take() else { return }
    if context.abandoned.isOnLoopThread { traceback.letGo() } else { traceback.letGoSoon() }
  }

  /// CPython's __del__.
  private func tellUnheard() {
    guard isUnread else { return }
    isUnread = false
    context.log.errorNeverRetrieved(of: typeName, errorText, repr)
  }

  /// Its error has been caught where `overlapped` was at hand, and the `object` it was on.
  final func traceback(
    keeps overlapped: OverlappedReference, on object: PortObject? = nil, of proactor: IOCPProactor
  ) {
    let keeper = traceback ?? proactor.beginTraceback()
    keeper.keep(overlapped, on: object)
    traceback = keeper
  }

  /// What came of it was heard of.
  final func forgetError() { isUnread = false }

  /// The class, as asyncio calls it.
  var typeName: String { "Future" }
  /// As asyncio prints it, without looking at what may be gone.
  final var repr: String { "<\(typeName) \(stateName)>" }
  var errorText: String { "" }

  /// "pending", "cancelled" or "finished", as asyncio prints it.
  final var stateName: String {
    switch standing {
    case .pending: "pending"
    case .cancelled: "cancelled"
    case .finished, .failed: "finished"
    }
  }
}
