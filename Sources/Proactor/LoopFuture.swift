// A result that is there later, as asyncio.Future has it: a state, a result, callbacks that the loop runs. Everything
// happens on the loop's thread.

/// What a callback of a future is known by.
public struct DoneCallback: Sendable, Hashable {
  fileprivate let number: UInt32
}

/// A result, in a box of its own, made where its type is known: code that does not know it would search for it with
/// each step, and once more to let go of it.
final class LoopValue<Value: Sendable> {
  /// The box of a future that is used again gets another one.
  fileprivate(set) var value: Value

  init(_ value: Value) { self.value = value }
}

extension Optional {
  /// Puts a result into the box of a future that is used again, or into a new one.
  mutating func put<Value>(_ value: consuming Value) where Wrapped == LoopValue<Value> {
    if let box = self { box.value = value } else { self = LoopValue(value) }
  }
}

/// The future of an operation of the proactor.
public class LoopFuture<Value: Sendable>: AnyLoopFuture {
  /// In a structure: a function by itself that stands in an optional or an array is wrapped up anew at each use.
  private struct Callback {
    let run: (LoopFuture<Value>) throws -> Void
    var name = DoneCallback(number: 0)
    /// The task that goes on with it.
    var task: LoopTask?
  }

  /// The first one apart from the others: mostly there is only one, which needs no array.
  private var callback: Callback?
  private var laterCallbacks: [Callback]?
  private var addedCount: UInt32 = 0
  /// The result of one that has succeeded. Until then the box of one that is used again, with whatever is left in it.
  private var value: LoopValue<Value>?
  /// The error of one that has failed.
  private var error: ProactorError?

  override init(context: ProactorContext, ticket: UInt64) { super.init(context: context, ticket: ticket) }

  deinit { if hasFailed { vanish() } }

  /// The result. Throws the operation's error, `cancelled` or `notDone`.
  public final func result() throws(ProactorError) -> Value {
    if hasSucceeded, let value { return value.value }
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

  final override var errorText: String { error.map(\.description) ?? "" }

  /// Has the loop call `callback` once the future is done, or soon when it is already. An error that it throws is told
  /// to the log. Returns what `removeDoneCallback` knows it by.
  @discardableResult
  public final func addDoneCallback(_ callback: @escaping (LoopFuture<Value>) throws -> Void) -> DoneCallback {
    addCallback(of: nil, callback)
  }

  /// The same for the next step of a task.
  @discardableResult
  final func addCallback(
    of task: LoopTask?, _ callback: @escaping (LoopFuture<Value>) throws -> Void
  ) -> DoneCallback {
    let name = DoneCallback(number: addedCount)
    addedCount += 1
    if isDone {
      context.ready.callSoon(of: task, on: self) { try callback(self) }
    } else if case .none = self.callback {
      self.callback = Callback(run: callback, name: name, task: task)
    } else {
      laterCallbacks = (laterCallbacks ?? []) + [Callback(run: callback, name: name, task: task)]
    }
    return name
  }

  /// Takes a callback back that the loop has not begun to run; one that has been put off already because the future is
  /// done runs all the same. False: there is none of that name.
  @discardableResult
  public final func removeDoneCallback(_ name: DoneCallback) -> Bool {
    guard case .some(let first) = callback, !isDone else { return false }
    var all = [first] + (laterCallbacks ?? [])
    guard let place = all.firstIndex(where: { $0.name == name }) else { return false }
    all.remove(at: place)
    callback = all.isEmpty ? nil : all.removeFirst()
    laterCallbacks = all.isEmpty ? nil : all
    return true
  }

  final override var hasCallbacks: Bool {
    if case .some = callback { return true }
    return false
  }

  final override func runCallbacks() {
    guard case .some(let first) = callback else { return }
    callback = nil
    run(first)
    guard case .some(let later) = laterCallbacks else { return leaveReady() }
    laterCallbacks = nil
    for (place, callback) in later.enumerated() {
      if context.ready.isStopping {
        self.callback = callback
        let rest = later[(place + 1)...]
        laterCallbacks = rest.isEmpty ? nil : Array(rest)
        return
      }
      run(callback)
    }
    leaveReady()
  }

  private func run(_ callback: Callback) {
    do { try callback.run(self) } catch { context.log.callbackFailed(error) }
  }

  final override func dropCallbacks() {
    guard case .some(let first) = callback else { return }
    callback = nil
    for callback in [first] + (laterCallbacks ?? []) { callback.task?.lostCallback(context.log) }
    laterCallbacks = nil
    leaveReady()
  }

  package final override func resumeWhenDone(_ continuation: UnsafeContinuation<Void, Never>) {
    guard isAwaited else { return unsafe super.resumeWhenDone(continuation) }
    addDoneCallback { _ in unsafe continuation.resume() }
  }

  package override func askToEnd() throws(ProactorError) { try cancel() }

  /// Asks the operation to end. Returns false when the future was done before.
  @discardableResult
  public func cancel() throws(ProactorError) -> Bool {
    if behaviours.contains(.cancelForgetsError) { forgetError() }
    return endCancelled()
  }

  /// Ends it with a result, as the operation's end would. Throws `invalidState` when it was done before.
  public final func setResult(_ value: Value) throws(ProactorError) { try setResult(LoopValue(value)) }

  func setResult(_ value: consuming LoopValue<Value>) throws(ProactorError) {
    guard succeed(consume value) else { throw ProactorError(.invalidState) }
  }

  /// Ends it with an error, as the operation's failure would. Throws `invalidState` when it was done before.
  public func setError(_ error: ProactorError) throws(ProactorError) {
    guard !isDone else { throw ProactorError(.invalidState) }
    self.error = error
    isUnread = true
    _ = end(.failed)
  }

  /// Takes out the box for the result that it is about to have. What has its result already keeps it. (`take()` would
  /// look for the type of an optional box.)
  final func takeBox() -> LoopValue<Value>? {
    if isDone { return nil }
    let box = value
    value = nil
    return box
  }

  /// Ends it with a result; false when it was done before.
  final func succeed(_ value: consuming LoopValue<Value>) -> Bool {
    guard !isDone else { return false }
    self.value = consume value
    return end(.finished)
  }
}

extension LoopFuture where Value == [UInt8] {
  /// Takes the result out: no copy of it is left. For who knows that nobody else will ask.
  package final func takeResult() throws(ProactorError) -> [UInt8] {
    guard hasSucceeded, let value else { return try result() }
    var bytes: [UInt8] = []
    swap(&bytes, &value.value)
    return bytes
  }
}
