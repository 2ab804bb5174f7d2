// A callback that the loop will run: asyncio's Handle and TimerHandle.

/// One call that was put off. Used on the loop's thread.
public final class LoopCallback {
  private var callback: (() throws -> Void)?
  /// The task that goes on with it; without it the task never ends.
  private let task: LoopTask?
  /// The future whose callback it is, and which it keeps.
  private let future: AnyLoopFuture?

  init(_ callback: @escaping () throws -> Void, of task: LoopTask? = nil, on future: AnyLoopFuture? = nil) {
    self.callback = callback
    self.task = task
    self.future = future
    future?.enterReady()
  }

  /// Whether it was cancelled, or has run.
  public var isOver: Bool {
    if case .none = callback { return true }
    return false
  }

  /// Has the loop not run it.
  public func cancel() { callback = nil }

  /// Runs it. The error it throws is told to the log, and nobody else hears of it.
  func run(_ log: ProactorLog) {
    guard case .some(let body) = callback else { return }
    callback = nil
    do { try body() } catch { log.callbackFailed(error) }
    future?.leaveReady()
  }

  /// Nobody will run it.
  func drop(_ log: ProactorLog) {
    guard case .some(let body) = callback else { return }
    callback = nil
    // What the callback keeps goes behind its task, as a coroutine's variables do.
    withExtendedLifetime(body) { task?.lostCallback(log) }
    future?.leaveReady()
  }
}

/// A coroutine that the loop drives: what becomes of it when its next step will never come.
class LoopTask {
  private var wasTold = false

  /// The loop has let go of its next step.
  func lostCallback(_ log: ProactorLog) { destroyed(log) }

  /// Nobody can end it any more, and it has not ended: asyncio's Task.__del__.
  final func destroyed(_ log: ProactorLog) {
    if wasTold { return }
    wasTold = true
    log.taskDestroyed()
  }
}
