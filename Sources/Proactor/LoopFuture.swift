// A result that is there later, as asyncio.Future has it: a state, a result, callbacks that the loop runs. Everything
// happens on the loop's thread.
//
// What does not depend on the value is in a class of its own: whoever asks it only whether the future is done, or runs
// what is ready, need not be told by the runtime what its value is, which costs more than the answer.
internal import Latewrite

/// The future of an operation of the proactor, whatever its value.
public class AnyLoopFuture {
  /// Where it stands, as the trace tells it.
  fileprivate enum Standing: Int64 {
    case finished = 0
    case cancelled = 1
    case failed = 2
    case pending
  }

  /// It changes once, from pending.
  private var standing = Standing.pending
  fileprivate let ready: ReadyQueue
  /// Its number in the trace.
  private let ticket: UInt64

  fileprivate init(ready: ReadyQueue, ticket: UInt64) {
    self.ready = ready
    self.ticket = ticket
  }

  /// Whether it has a result, an error, or was cancelled.
  public final var isDone: Bool { standing != .pending }
  /// Whether it was cancelled.
  public final var isCancelled: Bool { standing == .cancelled }
  /// Whether it has a result or an error.
  public final var isFinished: Bool { standing == .finished || standing == .failed }

  /// Ends it, once.
  fileprivate final func end(_ end: Standing, isAwaited: Bool) {
    standing = end
    Trace.record(.future, operation: ticket, result: end.rawValue)
    if isAwaited { ready.callSoon(callbacksOf: self) }
  }

  /// In a later turn of the loop: it was done, and this is told.
  func runCallbacks() {}

  /// "pending", "cancelled" or "finished", as asyncio prints it.
  final var stateName: String {
    switch standing {
    case .pending: "pending"
    case .cancelled: "cancelled"
    case .finished, .failed: "finished"
    }
  }
}

/// A result, in a box of its own: letting go of a box needs no search for the type of what may be in it.
private final class LoopValue<Value: Sendable> {
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

  override init(ready: ReadyQueue, ticket: UInt64) { super.init(ready: ready, ticket: ticket) }

  /// Whether it has a result.
  final var hasSucceeded: Bool { value != nil }

  /// The result. Throws the operation's error, `cancelled` or `notDone`.
  public final func result() throws(ProactorError) -> Value {
    if let value { return value.value }
    throw error ?? ProactorError(isCancelled ? .cancelled : .notDone)
  }

  /// Has the loop call `callback` once the future is done, or soon when it is already.
  public final func addDoneCallback(_ callback: @escaping (LoopFuture<Value>) -> Void) {
    if isDone {
      ready.callSoon { callback(self) }
    } else if case .none = self.callback {
      self.callback = Callback(run: callback)
    } else {
      laterCallbacks = (laterCallbacks ?? []) + [Callback(run: callback)]
    }
  }

  final override func runCallbacks() {
    guard case .some(let first) = callback else { return }
    callback = nil
    first.run(self)
    guard case .some(let later) = laterCallbacks else { return }
    laterCallbacks = nil
    for callback in later { callback.run(self) }
  }

  /// Asks the operation to end. Returns false when the future was done before.
  @discardableResult
  public func cancel() throws(ProactorError) -> Bool { complete(nil) }

  func setResult(_ value: Value) throws(ProactorError) {
    guard complete(.success(value)) else { throw ProactorError(.invalidState) }
  }

  func setError(_ error: ProactorError) throws(ProactorError) {
    guard complete(.failure(error)) else { throw ProactorError(.invalidState) }
  }

  /// Ends it with `outcome`, nil when it was cancelled; false when it was done before.
  final func complete(_ outcome: Result<Value, ProactorError>?) -> Bool {
    guard !isDone else { return false }
    let isAwaited = if case .some = callback { true } else { false }
    switch outcome {
    case .success(let value):
      self.value = LoopValue(value)
      end(.finished, isAwaited: isAwaited)
    case .failure(let error):
      self.error = error
      end(.failed, isAwaited: isAwaited)
    case nil: end(.cancelled, isAwaited: isAwaited)
    }
    return true
  }
}
