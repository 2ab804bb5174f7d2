// The executor of a loop: jobs of tasks run on the loop's thread, between two polls of its proactor.
//
// Tasks that prefer the loop and what is isolated to its actor are two places for the runtime, which makes a job of
// each step from one to the other - and of each return from an await to where it does not believe to be. So there are
// two executors over one queue, and each job runs in the place that it was made for.
internal import Latewrite
internal import Logging
internal import OverlappedIO
internal import Synchronization

/// Where the jobs of a loop run.
///
/// @unchecked Sendable: `own`, `running` and what is counted of them are touched on the loop's thread only, all else is
/// made for any thread.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
  /// @safe: the task of an actor's job keeps the actor, which has the executor.
  @safe private struct Job {
    let job: UnownedJob
    /// Of the actor's jobs; nil of a task that belongs to none.
    let isolation: UnownedSerialExecutor?
  }

  /// What other threads have to do to be heard.
  private enum Posture {
    /// The loop looks at its mail before it waits.
    case awake
    /// It waits: a packet with this address wakes it.
    case asleep(UInt)
    /// Somebody has posted that packet, or is about to.
    case woken
    /// It ends: it looks at its mail until there is none, and waits no more.
    case ending
    /// It has no thread any more.
    case ended
  }

  private struct Mail {
    var jobs: [Job] = []
    var posture = Posture.awake
  }

  private static let hasToldOfUncontrolled = Atomic(false)

  private let mail = Shared(Mail())
  private let port: CompletionPort.Name
  private let logger: Logger
  /// The number of the thread that runs the loop's jobs; 0 while there is none.
  private let thread = Atomic<UInt32>(0)
  /// The same of the thread that the loop runs on: what comes when it has ended is not at home there.
  private let home = Atomic<UInt32>(0)
  /// Unchecked: only what is here uses it, and nothing of that is under way when a job runs.
  @exclusivity(unchecked) private var own: [Job] = []
  /// Unchecked as well: jobs that run are not taken out.
  @exclusivity(unchecked) private var running: [Job] = []
  /// Jobs that are to run behind the one that runs.
  private var behind = 0
  /// Operations that the running job has had the results of.
  private var served = 0

  /// An executor whose loop waits at `port`.
  init(port: CompletionPort.Name, logger: Logger) {
    self.port = port
    self.logger = logger
  }

  /// Whether the caller is on the loop's thread.
  var isOnThread: Bool {
    // relaxed: only the thread itself finds its own number here.
    thread.load(ordering: .relaxed) == LatewriteThread.currentNumber
  }

  /// Whether the caller is on the loop's thread, and the loop has not ended.
  var isAtHome: Bool { home.load(ordering: .relaxed) == LatewriteThread.currentNumber }  // relaxed: likewise

  // ---------------------------------------------------------------------------------------------------- any thread

  func enqueue(_ job: consuming ExecutorJob) { unsafe enqueue(Job(job: UnownedJob(job), isolation: nil)) }

  fileprivate func enqueue(_ job: consuming ExecutorJob, isolatedTo isolation: LoopIsolation) {
    unsafe enqueue(Job(job: UnownedJob(job), isolation: isolation.asUnownedSerialExecutor()))
  }

  private func enqueue(_ job: Job) {
    if isOnThread { unsafe own.append(job) } else { send(job) }
  }

  private func send(_ job: Job) {
    if Control.isOutside { tellOfUncontrolled() }
    let posture = mail.withLock { mail -> Posture in
      let posture = mail.posture
      mail.jobs.append(job)
      if case .asleep = posture { mail.posture = .woken }
      if case .ended = posture { mail.posture = .ending }
      return posture
    }
    switch posture {
    case .awake, .woken, .ending: break
    case .asleep(let address):
      // The port is open: a loop does not end while somebody is about to wake it.
      do throws(Win32Error) { try port.post(address: address) } catch { fatalError("\(error)") }
    case .ended: serveLate()
    }
  }

  /// A task has come to a loop that has ended: to close a stream, or to hear that nothing can be begun any more. It has
  /// a thread then, which ends when there is nothing left to do.
  private func serveLate() {
    do throws(LatewriteError) {
      try LatewriteThread(named: "lw-loop-late") {
        self.adopt(whenEnded: true)
        self.leave()
      }.detach()
    } catch { fatalError("a task came to an EventLoop that has ended, and the system has no thread left for it") }
  }

  /// Once in a process: executions without number would say the same.
  private func tellOfUncontrolled() {
    guard !Self.hasToldOfUncontrolled.exchange(true, ordering: .relaxed) else { return }  // relaxed: any one may tell
    logger.error(
      """
      a task that runs elsewhere is uncontrolled, and this order of acts cannot be repeated: begin it in a task group, \
      or with Task(executorPreference: loop.taskExecutor)
      """)
  }

  func checkIsolated() {
    if !isOnThread { fatalError("this is for the loop's thread only") }
  }

  // ------------------------------------------------------------------------------------------------ the loop's thread

  /// The calling thread is the loop's from now on. `whenEnded`: the loop's jobs', that come late.
  func adopt(whenEnded: Bool = false) {
    thread.store(LatewriteThread.currentNumber, ordering: .relaxed)
    if !whenEnded { home.store(LatewriteThread.currentNumber, ordering: .relaxed) }
  }

  /// Runs what is left; then the loop has no thread any more.
  func leave() {
    while !resign() { runReady() }
  }

  private func resign() -> Bool {
    guard unsafe own.isEmpty else { return false }
    return mail.withLock { mail in
      guard mail.jobs.isEmpty else { return false }
      thread.store(0, ordering: .relaxed)
      home.store(0, ordering: .relaxed)
      mail.posture = .ended
      return true
    }
  }

  /// Runs the jobs that are ready; what they make ready is left for the next time.
  func runReady() {
    let mailed = mail.withLock { mail in
      defer { mail.jobs.removeAll() }
      return mail.jobs
    }
    unsafe own += mailed
    unsafe swap(&own, &running)
    for index in unsafe running.indices {
      served = 0
      behind = unsafe running.count - index - 1
      let ready = unsafe running[index]
      if let isolation = unsafe ready.isolation {
        unsafe ready.job.runSynchronously(isolatedTo: isolation, taskExecutor: asUnownedTaskExecutor())
      } else {
        unsafe ready.job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
    unsafe running.removeAll(keepingCapacity: true)
  }

  /// The running job has the result of an operation.
  func hasServed() { served += 1 }

  /// Whether it has had so many that the others come first, or, when there are none, those whom the port has news for.
  /// To read and to answer is one job's work.
  var hasServedEnough: Bool { served >= (unsafe own.isEmpty && behind == 0 ? 16 : 2) }

  /// Whether jobs are ready that came from the loop's own thread.
  var hasJobs: Bool { unsafe !own.isEmpty }

  /// Says that the loop is about to wait, and that a packet with `address` wakes it. False: there is something to do.
  func fallAsleep(wokenBy address: UInt) -> Bool {
    guard unsafe own.isEmpty else { return false }
    return mail.withLock { mail in
      guard mail.jobs.isEmpty else { return false }
      if case .awake = mail.posture { mail.posture = .asleep(address) }
      return true
    }
  }

  /// The wait is over, whoever ended it.
  func stayAwake() {
    mail.withLock { mail in
      if case .asleep = mail.posture { mail.posture = .awake }
    }
  }

  /// The packet that somebody posted has come.
  func wakeUp() { mail.withLock { $0.posture = .awake } }

  /// Nobody will be woken any more. False: a packet that does so is on its way.
  func end() -> Bool {
    mail.withLock { mail in
      defer { mail.posture = .ending }
      if case .woken = mail.posture { return false }
      return true
    }
  }
}

/// The place of what is isolated to the loop's actor.
final class LoopIsolation: SerialExecutor {
  private let executor: LoopExecutor

  init(_ executor: LoopExecutor) { self.executor = executor }

  func enqueue(_ job: consuming ExecutorJob) { executor.enqueue(job, isolatedTo: self) }

  func isIsolatingCurrentContext() -> Bool? { executor.isOnThread }

  func checkIsolated() { executor.checkIsolated() }
}
