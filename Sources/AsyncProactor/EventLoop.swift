// The proactor as an actor. Its executor is the loop: whatever is isolated to it, and every task that was started for
// it, runs on one thread, and when none of them can go on the thread waits in the proactor's poll and nowhere else.
internal import Latewrite
public import Logging
public import Proactor

/// A loop over a proactor, for tasks.
///
///     try EventLoop.run { loop in
///       let child = try await loop.spawn("/bin/echo", ["hello"])
///       for try await line in child.output.lines { print(line) }
///       print(try await child.exitCode())
///     }
///
/// Every waiting function ends early when its task is cancelled, and throws `ProactorError.cancelled` - but only after
/// the completion of the operation has been seen: until then somebody may still write into its memory. On historic
/// revisions it ends when that revision believed so.
///
/// Behind the end of its run a loop begins nothing any more: who asks it to gets `ProactorError.loopClosed`. To close
/// what it has made is no error.
public actor EventLoop {
  /// What a loop is made from.
  public struct Configuration: Sendable {
    /// Which state of the proactor's history runs.
    public var revision = ProactorRevision.today
    /// Where the proactor's messages go.
    public var logger = Logger(label: "latewrite.proactor")
    /// Whether it says what only a developer wants to know.
    public var isDebug = false

    /// Today's proactor, quiet.
    public init() {}
  }

  let executor: LoopExecutor
  let isolation: LoopIsolation
  let loop: ProactorEventLoop
  /// Its proactor, for what runs on the loop's thread without being isolated to the actor.
  nonisolated let proactor: LoopBound<IOCPProactor>
  /// The operation that other threads wake the loop by.
  var wakeup: OverlappedFuture<UInt32>?
  /// What is closed with the loop, in the order in which it was opened.
  var open = OpenTransports()

  /// A loop that nobody runs yet. Its operations live in `arena`, which must be open until the loop has ended.
  init(arena: borrowing Arena, _ configuration: Configuration) throws(ProactorError) {
    let proactor = try IOCPProactor(
      arena: arena, behaviours: configuration.revision.behaviours, log: configuration.logger,
      isDebug: configuration.isDebug)
    executor = LoopExecutor(port: proactor.portName, logger: configuration.logger)
    isolation = LoopIsolation(executor)
    loop = ProactorEventLoop(withoutSelfPipe: proactor)
    self.proactor = LoopBound(proactor)
  }

  /// The loop's thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe isolation.asUnownedSerialExecutor() }

  /// What runs tasks on the loop's thread: for `withTaskExecutorPreference` and `Task(executorPreference:)`. Child
  /// tasks run there by themselves, tasks that nobody waits for do not.
  public nonisolated var taskExecutor: any TaskExecutor { executor }

  /// Whether the caller is on the loop's thread.
  public nonisolated var isCurrent: Bool { executor.isOnThread }

  /// How many operations the proactor remembers, not counting the loop's own.
  public var operationCount: Int { loop.proactor.operationCount - (wakeup?.isDone == false ? 1 : 0) }
}
