// What the loop runs next: callbacks that were put off, callbacks of futures that are done, and tasks that have waited
// for one. Futures put theirs here when they complete; the loop takes them out.
internal import Latewrite

/// Callbacks in the order in which they became ready. Used on the loop's thread only.
final class ReadyQueue {
  /// @safe: a task is resumed by whoever takes its entry out, once.
  @safe private enum Entry {
    case callback(LoopCallback)
    case future(AnyLoopFuture)
    case task(UnsafeContinuation<Void, Never>)
    /// The run ends here, and what follows waits for the next one.
    case stop
  }

  /// Unchecked, as is `spare`: nothing happens while something is put in or all is taken out.
  @exclusivity(unchecked) private var entries: [Entry] = []
  private(set) var isStopping = false
  /// What ran last, emptied: its storage is used again.
  @exclusivity(unchecked) private var spare: [Entry] = []

  private var timers: [(due: Clock.Instant, callback: LoopCallback)] = []
  private let log: ProactorLog
  /// Where other threads send what is to run: it became ready before what is put in now.
  let mailbox: LoopMailbox
  /// Who runs what is ready, and is gone before the queue is.
  private unowned(unsafe) var loop: ProactorEventLoop?

  init(_ log: ProactorLog, _ behaviours: ProactorBehaviours) {
    self.log = log
    mailbox = LoopMailbox(behaviours)
  }

  /// The loop that runs it is there, or - nil - is gone.
  func belong(to loop: ProactorEventLoop?) { unsafe self.loop = loop }

  /// Not inlined: where it is, the queue is retained meanwhile.
  @inline(never)
  private func append(_ entry: consuming Entry) {
    if mailbox.hasMail, let loop = unsafe loop { mailbox.deliver(to: loop) }
    unsafe entries.append(entry)
  }

  var isEmpty: Bool { unsafe entries.isEmpty }
  /// When the next timer is due; nil without one.
  private(set) var nextDue: Clock.Instant?

  /// Puts `callback` among the callbacks once `delay` has passed and a turn of the loop comes.
  @discardableResult
  func callLater(
    _ delay: Duration, of task: LoopTask? = nil, _ callback: @escaping () throws -> Void
  ) -> LoopCallback {
    let timer = LoopCallback(callback, of: task)
    let due = Clock.now.advanced(by: delay)
    timers.append((due, timer))
    nextDue = min(due, nextDue ?? due)
    return timer
  }

  /// Makes ready what is due.
  func makeDueReady() {
    guard nextDue != nil else { return }
    let now = Clock.now
    let due = timers.filter { $0.due <= now }.sorted { $0.due < $1.due }
    timers.removeAll { $0.due <= now }
    nextDue = timers.map(\.due).min()
    for timer in due { append(.callback(timer.callback)) }
  }

  /// Lets go of timers that were cancelled, so that nobody waits for them.
  func forgetCancelledTimers() {
    guard nextDue != nil else { return }
    timers.removeAll { $0.callback.isOver }
    nextDue = timers.map(\.due).min()
  }

  @discardableResult
  func callSoon(
    of task: LoopTask? = nil, on future: AnyLoopFuture? = nil, _ callback: @escaping () throws -> Void
  ) -> LoopCallback {
    let ready = LoopCallback(callback, of: task, on: future)
    append(.callback(ready))
    return ready
  }

  /// The same for all callbacks of a future, which is done.
  func callSoon(callbacksOf future: AnyLoopFuture) { append(.future(future)) }

  /// Resumes a task in the next turn.
  func callSoon(resuming task: UnsafeContinuation<Void, Never>) { append(unsafe .task(task)) }

  /// Ends the run behind the callback that runs now; what is ready behind it waits for the next run.
  func stopNow() { isStopping = true }

  /// Ends the run where it comes to this.
  func stopSoon() { append(.stop) }

  /// Runs what is ready now; what becomes ready meanwhile waits for the next turn. Returns whether the run is to end.
  @discardableResult
  func runReady() -> Bool {
    guard unsafe !entries.isEmpty else { return false }
    var ready = unsafe spare
    unsafe spare = []
    unsafe swap(&ready, &entries)
    for place in ready.indices {
      switch ready[place] {
      case .callback(let callback): callback.run(log)
      case .future(let future): future.runCallbacks()
      case .task(let task): unsafe task.resume()
      case .stop: isStopping = true
      }
      guard isStopping else { continue }
      isStopping = false
      var rest = ready[(place + 1)...]
      if case .future(let future) = ready[place], future.hasCallbacks { rest = ready[place...] }
      unsafe entries.insert(contentsOf: rest, at: 0)
      return true
    }
    ready.removeAll(keepingCapacity: true)
    unsafe spare = ready
    return false
  }

  /// Lets go of everything: none of it will run. What tasks were to go on with is told to the log. (A Swift task that
  /// waits has to be resumed all the same.)
  func dropAll() {
    guard unsafe !entries.isEmpty || nextDue != nil else { return }
    let (ready, later) = unsafe (entries, timers)
    unsafe entries = []
    timers = []
    nextDue = nil
    for entry in ready {
      switch entry {
      case .callback(let callback): callback.drop(log)
      case .future(let future): future.dropCallbacks()
      case .task(let task): unsafe task.resume()
      case .stop: break
      }
    }
    for timer in later { timer.callback.drop(log) }
  }
}
