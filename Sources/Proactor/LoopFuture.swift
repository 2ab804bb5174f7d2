// A result that is there later, as asyncio.Future has it: a state, a result, callbacks that the loop runs. Everything
// happens on the loop's thread.
internal import Latewrite

/// The future of an operation of the proactor.
public class LoopFuture<Value: Sendable> {
  /// Where a future stands. It changes once, from pending.
  public enum State {
    /// The operation runs.
    case pending
    /// It was cancelled.
    case cancelled
    /// It has a result or an error.
    case finished(Result<Value, ProactorError>)

    /// As the trace tells it.
    fileprivate var traced: Int64 {
      switch self {
      case .finished(.success): 0
      case .cancelled: 1
      case .pending, .finished(.failure): 2
      }
    }
  }

  /// Where it stands.
  public private(set) var state = State.pending
  private let ready: ReadyQueue
  /// Its number in the trace.
  private let ticket: UInt64
  private var callbacks: [(LoopFuture<Value>) -> Void] = []

  init(ready: ReadyQueue, ticket: UInt64) {
    self.ready = ready
    self.ticket = ticket
  }

  /// Whether it has a result, an error, or was cancelled.
  public var isDone: Bool { if case .pending = state { false } else { true } }
  /// Whether it was cancelled.
  public var isCancelled: Bool { if case .cancelled = state { true } else { false } }
  /// Whether it has a result or an error.
  public var isFinished: Bool { if case .finished = state { true } else { false } }

  /// The result. Throws the operation's error, `cancelled` or `notDone`.
  public func result() throws(ProactorError) -> Value {
    switch state {
    case .pending: throw ProactorError(.notDone)
    case .cancelled: throw ProactorError(.cancelled)
    case .finished(let result): return try result.get()
    }
  }

  /// Has the loop call `callback` once the future is done, or soon when it is already.
  public func addDoneCallback(_ callback: @escaping (LoopFuture<Value>) -> Void) {
    if isDone { ready.callSoon { callback(self) } } else { callbacks.append(callback) }
  }

  /// Asks the operation to end. Returns false when the future was done before.
  @discardableResult
  public func cancel() throws(ProactorError) -> Bool { complete(.cancelled) }

  func setResult(_ value: Value) throws(ProactorError) {
    guard complete(.finished(.success(value))) else { throw ProactorError(.invalidState) }
  }

  func setError(_ error: ProactorError) throws(ProactorError) {
    guard complete(.finished(.failure(error))) else { throw ProactorError(.invalidState) }
  }

  /// Ends it; false when it was done before.
  final func complete(_ end: State) -> Bool {
    guard !isDone else { return false }
    state = end
    Trace.record(.future, operation: ticket, result: end.traced)
    for callback in callbacks { ready.callSoon { callback(self) } }
    callbacks.removeAll()
    return true
  }

  /// "pending", "cancelled" or "finished", as asyncio prints it.
  var stateName: String {
    switch state {
    case .pending: "pending"
    case .cancelled: "cancelled"
    case .finished: "finished"
    }
  }
}
