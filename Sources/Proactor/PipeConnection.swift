// Connecting to a pipe: by a thread of the pool that posts; by trying again and again; by trying until it is cancelled.
public import OverlappedIO

/// The attempts to open the client end of a pipe: asyncio's connect_pipe.
///
/// Once it was a coroutine, a task goes through it: it begins in the next turn of the loop, goes on in the turn behind
/// the end of its sleep, and ends in the turn behind its cancellation.
final class PipeConnection {
  private static let firstDelay = Duration.milliseconds(1)
  private static let longestDelay = Duration.milliseconds(100)

  private let name: String
  private let loop: ProactorEventLoop
  private let future: PipeFuture
  private var delay = PipeConnection.firstDelay

  init(_ name: String, _ loop: ProactorEventLoop) {
    self.name = name
    self.loop = loop
    future = PipeFuture(loop.proactor)
  }

  /// Tries once, and again later while all instances are busy.
  func begin() throws(ProactorError) -> LoopFuture<WaitableHandle> {
    future.enterTask()
    guard future.isTask else {
      try tryOnce()
      return future
    }
    do throws(ProactorError) { try loop.checkOpen() } catch {
      // The task is there before its first step is refused.
      loop.proactor.log.taskDestroyed()
      throw error
    }
    loop.proactor.ready.callSoon(of: PipeTask(future)) { [self] in try step() }
    return future
  }

  /// The task goes on, or ends because it was asked to.
  private func step() throws(ProactorError) {
    future.sleep = nil
    if !future.isAskedToEnd && !future.isDone { return try tryOnce() }
    _ = future.endCancelled()
    future.leaveTask()
  }

  private func tryOnce() throws(ProactorError) {
    let opened: WaitableHandle
    do throws(Win32Error) { opened = try NamedPipe.open(name) } catch {
      if error.code == .pipeBusy { return tryLater() }
      defer { future.leaveTask() }
      return try future.setError(ProactorError(error))
    }
    defer { future.leaveTask() }
    do throws(ProactorError) { try future.setResult(LoopValue(opened)) } catch {
      NamedPipe.close(opened)  // nobody will
      throw error
    }
  }

  private func tryLater() {
    delay = min(delay * 2, Self.longestDelay)
    let ready = loop.proactor.ready
    let task = PipeTask(future)
    guard future.isTask else {
      ready.callLater(delay, of: task) { [self] in try tryOnce() }
      return
    }
    let goOn = { [self] in try step() }
    let timer = ready.callLater(delay, of: task) { _ = ready.callSoon(of: task, goOn) }
    future.sleep = (timer: timer, task: task, goOn: goOn)
  }
}

/// The coroutine that tries, once it was one.
private final class PipeTask: LoopTask {
  private weak var future: PipeFuture?
  private let isTask: Bool

  init(_ future: PipeFuture) {
    self.future = future
    isTask = future.isTask
  }

  /// Whoever has its future keeps it.
  override func lostCallback(_ log: ProactorLog) {
    defer { future?.leaveTask() }
    guard isTask else { return }
    if let future, !future.isReleased { future.abandoned = self } else { destroyed(log) }
  }
}

/// A future without an operation; once connecting was a coroutine, the one of its task.
final class PipeFuture: LoopFuture<WaitableHandle> {
  fileprivate let isTask: Bool
  /// It, once nobody goes on with it.
  fileprivate var abandoned: PipeTask?
  /// While the task sleeps: the timer that will wake it, and its next step.
  fileprivate var sleep: (timer: LoopCallback, task: LoopTask, goOn: () throws -> Void)?
  /// Whether the next step of the task is its end.
  fileprivate private(set) var isAskedToEnd = false

  init(_ proactor: IOCPProactor) {
    isTask = proactor.behaviours.contains(.connectIsCancellable)
    super.init(context: proactor.context, ticket: proactor.nextTicket())
  }

  deinit {
    vanish()
    tellAbandoned()
  }

  /// A task is told, and ends with its next step.
  public override func cancel() throws(ProactorError) -> Bool {
    guard isTask && !isDone else { return try super.cancel() }
    isAskedToEnd = true
    if let sleep = sleep.take() {
      sleep.timer.cancel()
      context.ready.callSoon(of: sleep.task, sleep.goOn)
    }
    return true
  }

  override func letGo() {
    super.letGo()
    tellAbandoned()
  }

  private func tellAbandoned() {
    if !isDone { abandoned?.destroyed(context.log) }
  }

  override var typeName: String { isTask ? "Task" : "Future" }
}

extension ProactorEventLoop {
  /// Connects to the pipe `name`; the result is the handle of the client's end, which is the caller's to close. While
  /// all instances are busy it goes on trying.
  public func connectPipe(_ name: String) throws(ProactorError) -> LoopFuture<WaitableHandle> {
    guard proactor.behaviours.contains(.connectPolls) else { return try proactor.connectByThread(name) }
    return try PipeConnection(name, self).begin()
  }
}
