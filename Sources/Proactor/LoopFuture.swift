// A result that is there later, as asyncio.Future has it: a state, a result, callbacks that the loop runs. Everything
// happens on the loop's thread.
//
// What does not depend on the value is in a class of its own: whoever asks it only whether the future is done, or runs
// what is ready, need not be told by the runtime what its value is, which costs more than the answer.
internal import Latewrite

/// The future of an operation of the proactor, whatever its value.
@safe public class AnyLoopFuture {
  /// Where it stands, as the trace tells it.
  fileprivate enum Standing: Int64 {
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
  fileprivate final var isUnread = false
  /// Whether the cache has it, which keeps it alive for CPython.
  private final var isCached = false
  private(set) final var isReleased = false
  /// What its error keeps alive.
  private final var traceback: Traceback?
  /// Its number in the trace.
  private let ticket: UInt64
  /// A task that waits for it, and has asked before anybody else has.
  @unsafe private var waiter: UnsafeContinuation<Void, Never>?

  fileprivate init(context: ProactorContext, ticket: UInt64) {
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
  /// Whether it has an error.
  public final var hasFailed: Bool { standing == .failed }

  /// Ends it; false when that was done before.
  fileprivate final func end(_ end: Standing) -> Bool {
    guard standing == .pending else { return false }
    standing = end
    Trace.record(.future, operation: ticket, result: end.rawValue)
    if isAwaited { context.ready.callSoon(callbacksOf: self) }
    return true
  }

  /// Ends it without result or error; false when it was done before.
  final func endCancelled() -> Bool { end(.cancelled) }

  /// Whether somebody has to be told of its end.
  var isAwaited: Bool { unsafe waiter != nil }

  /// Has the loop resume a task once the future is done, or soon when it is already, as a callback would.
  package func resumeWhenDone(_ continuation: UnsafeContinuation<Void, Never>) {
    unsafe waiter = continuation
    if isDone { context.ready.callSoon(callbacksOf: self) }
  }

  /// Asks for the end of the operation behind it, and leaves the future to what comes of that. Where there is none the
  /// future is cancelled.
  package func askToEnd() throws(ProactorError) {}

  /// In a later turn of the loop: it was done, and this is told.
  func runCallbacks() { unsafe waiter.take()?.resume() }

  // ----------------------------------------------------------------------------------------------- who knows of it

  /// The cache has it now, and keeps it alive.
  final func enterCache() { isCached = true }

  /// The cache has it no more, nor has the poll that took it out.
  final func leaveCache() {
    isCached = false
    if isReleased { letGo() }
  }

  /// The place where the program lets its last reference to the future go. From now on or, where the proactor has it,
  /// from when its packet has come, it keeps no memory any more; an error that nobody has asked for is told to the log.
  ///
  /// Without this call all of it happens when Swift lets go of the future, which is no later than in CPython, but
  /// nothing to rely on where an order of acts is repeated.
  public final func release() {
    isReleased = true
    if !isCached { letGo() }
  }

  /// Nobody knows of it any more.
  func letGo() {
    tellUnheard()
    traceback.take()?.letGo()
  }

  /// The same for a future that Swift has let go, on whatever thread.
  final func vanish() {
    tellUnheard()
    traceback.take()?.letGoSoon()
  }

  /// CPython's __del__.
  private func tellUnheard() {
    guard isUnread else { return }
    isUnread = false
    context.log.errorNeverRetrieved(of: typeName, errorText, repr)
  }

  /// Its error has been caught where `overlapped` was at hand.
  final func traceback(keeps overlapped: OverlappedReference, of proactor: IOCPProactor) {
    let keeper = traceback ?? proactor.tracebacks.begin()
    keeper.keep(overlapped)
    traceback = keeper
  }

  /// What came of it was heard of.
  final func forgetError() { isUnread = false }

  /// The class, as asyncio calls it.
  var typeName: String { "Future" }
  /// As asyncio prints it, without looking at what may be gone.
  fileprivate var repr: String { "<\(typeName) \(stateName)>" }
  fileprivate var errorText: String { "" }

  /// "pending", "cancelled" or "finished", as asyncio prints it.
  final var stateName: String {
    switch standing {
    case .pending: "pending"
    case .cancelled: "cancelled"
    case .finished, .failed: "finished"
    }
  }
}

/// A result, in a box of its own, made where its type is known: code that does not know it would search for it with
/// each step, and once more to let go of it.
final class LoopValue<Value: Sendable> {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// The future of an operation of the proactor.
public class LoopFuture<Value: Sendable>: AnyLoopFuture {
  /// In a structure: a function by itself that stands in an optional or an array is wrapped up anew at each use.
  private struct Callback {
    let run: (LoopFuture<Value>) -> Void
  }

  /// The first one apart from the others: mostly there is only one, which needs no array.
  private var callback: Callback?
  private var laterCallbacks: [Callback]?
  /// The result of one that has succeeded.
  private var value: LoopValue<Value>?
  /// The error of one that has failed.
  private var error: ProactorError?

  override init(context: ProactorContext, ticket: UInt64) { super.init(context: context, ticket: ticket) }

  deinit { if hasFailed { vanish() } }

  /// Whether it has a result.
  final var hasSucceeded: Bool { value != nil }

  /// The result. Throws the operation's error, `cancelled` or `notDone`.
  public final func result() throws(ProactorError) -> Value {
    if let value { return value.value }
    isUnread = false
    throw error ?? ProactorError(isCancelled ? .cancelled : .notDone)
  }

  /// The operation's error, nil when it has a result. Throws `cancelled` or `notDone`.
  public final func exception() throws(ProactorError) -> ProactorError? {
    if hasSucceeded { return nil }
    isUnread = false
    guard let error else { throw ProactorError(isCancelled ? .cancelled : .notDone) }
    return error
  }

  fileprivate final override var errorText: String { error.map(\.description) ?? "" }

  /// Has the loop call `callback` once the future is done, or soon when it is already.
  public final func addDoneCallback(_ callback: @escaping (LoopFuture<Value>) -> Void) {
    if isDone {
      context.ready.callSoon { callback(self) }
    } else if case .none = self.callback {
      self.callback = Callback(run: callback)
    } else {
      laterCallbacks = (laterCallbacks ?? []) + [Callback(run: callback)]
    }
  }

  final override var isAwaited: Bool {
    if case .some = callback { return true }
    return super.isAwaited
  }

  final override func runCallbacks() {
    super.runCallbacks()
    guard case .some(let first) = callback else { return }
    callback = nil
    first.run(self)
    guard case .some(let later) = laterCallbacks else { return }
    laterCallbacks = nil
    for callback in later { callback.run(self) }
  }

  package final override func resumeWhenDone(_ continuation: UnsafeContinuation<Void, Never>) {
    guard isAwaited else { return unsafe super.resumeWhenDone(continuation) }
    addDoneCallback { _ in unsafe continuation.resume() }
  }

  package override func askToEnd() throws(ProactorError) { try cancel() }

  /// Asks the operation to end. Returns false when the future was done before.
  @discardableResult
  public func cancel() throws(ProactorError) -> Bool { endCancelled() }

  func setResult(_ value: consuming LoopValue<Value>) throws(ProactorError) {
    guard succeed(consume value) else { throw ProactorError(.invalidState) }
  }

  func setError(_ error: ProactorError) throws(ProactorError) {
    guard !isDone else { throw ProactorError(.invalidState) }
    self.error = error
    isUnread = true
    _ = end(.failed)
  }

  /// Ends it with a result; false when it was done before.
  final func succeed(_ value: consuming LoopValue<Value>) -> Bool {
    guard !isDone else { return false }
    self.value = consume value
    return end(.finished)
  }
}
