// A result that is there later, as asyncio.Future has it: a state, a result, callbacks that the loop runs. Everything
// happens on the loop's thread.
internal import Latewrite

/// Where a future stands. It knows of no value, so that asking is a comparison and not a search for a type.
private enum LoopFutureState: String {
  case pending
  case cancelled
  case finished
}

/// A result, in a box of its own: letting go of a box needs no search for the type of what may be in it.
private final class LoopValue<Value: Sendable> {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// The future of an operation of the proactor.
public class LoopFuture<Value: Sendable> {
  /// Where it stands. It changes once, from pending.
  private var state = LoopFutureState.pending
  private let ready: ReadyQueue
  /// Its number in the trace.
  private let ticket: UInt64
  private var callbacks: [(LoopFuture<Value>) -> Void] = []
  /// The result of one that has succeeded.
  private var value: LoopValue<Value>?
  /// The error of one that has failed.
  private var error: ProactorError?

  init(ready: ReadyQueue, ticket: UInt64) {
    self.ready = ready
    self.ticket = ticket
  }

  /// Whether it has a result, an error, or was cancelled.
  public final var isDone: Bool { state != .pending }
  /// Whether it was cancelled.
  public final var isCancelled: Bool { state == .cancelled }
  /// Whether it has a result or an error.
  public final var isFinished: Bool { state == .finished }
  /// Whether it has a result.
  final var hasSucceeded: Bool { value != nil }

  /// The result. Throws the operation's error, `cancelled` or `notDone`.
  public final func result() throws(ProactorError) -> Value {
    if let value { return value.value }
    throw error ?? ProactorError(isCancelled ? .cancelled : .notDone)
  }

  /// Has the loop call `callback` once the future is done, or soon when it is already.
  public final func addDoneCallback(_ callback: @escaping (LoopFuture<Value>) -> Void) {
    if isDone { ready.callSoon { callback(self) } } else { callbacks.append(callback) }
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
    switch outcome {
    case .success(let value): self.value = LoopValue(value)
    case .failure(let error): self.error = error
    case nil: break
    }
    state = outcome == nil ? .cancelled : .finished
    Trace.record(.future, operation: ticket, result: value != nil ? 0 : error == nil ? 1 : 2)
    let waiting = callbacks
    if !waiting.isEmpty { callbacks = [] }
    for callback in waiting { ready.callSoon { callback(self) } }
    return true
  }

  /// "pending", "cancelled" or "finished", as asyncio prints it.
  var stateName: String { state.rawValue }
}
