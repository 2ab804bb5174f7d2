// What the loop runs next: callbacks that were put off and callbacks of futures that are done. Futures put theirs here
// when they complete; the loop takes them out.
internal import Latewrite

/// A callback that the loop will run: asyncio's Handle and TimerHandle. Used on the loop's thread.
public final class LoopCallback {
  private var callback: (() -> Void)?

  init(_ callback: @escaping () -> Void) { self.callback = callback }

  /// Whether it was cancelled, or has run.
  public var isOver: Bool { callback == nil }

  /// Has the loop not run it.
  public func cancel() { callback = nil }

  func run() { callback.take()?() }
}

/// Callbacks in the order in which they became ready. Used on the loop's thread only.
final class ReadyQueue {
  private enum Entry {
    case callback(LoopCallback)
    case future(AnyLoopFuture)
    /// The run ends here, and what follows waits for the next one.
    case stop
  }

  /// Unchecked, as is `spare`: nothing happens while something is put in or all is taken out.
  @exclusivity(unchecked) private var entries: [Entry] = []
  /// What ran last, emptied: its storage is used again.
  @exclusivity(unchecked) private var spare: [Entry] = []

  private var timers: [(due: Clock.Instant, callback: LoopCallback)] = []

  var isEmpty: Bool { unsafe entries.isEmpty }
  /// When the next timer is due; nil without one.
  private(set) var nextDue: Clock.Instant?

  /// Puts `callback` among the callbacks once `delay` has passed and a turn of the loop comes.
  @discardableResult
  func callLater(_ delay: Duration, _ callback: @escaping () -> Void) -> LoopCallback {
    let timer = LoopCallback(callback)
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
    for timer in due { unsafe entries.append(.callback(timer.callback)) }
  }

  @discardableResult
  func callSoon(_ callback: @escaping () -> Void) -> LoopCallback {
    let ready = LoopCallback(callback)
    unsafe entries.append(.callback(ready))
    return ready
  }

  /// The same for all callbacks of a future, which is done.
  func callSoon(callbacksOf future: AnyLoopFuture) { unsafe entries.append(.future(future)) }

  /// Ends the run where it comes to this.
  func stopSoon() { unsafe entries.append(.stop) }

  /// Runs what is ready now; what becomes ready meanwhile waits for the next turn. Returns whether the run is to end.
  @discardableResult
  func runReady() -> Bool {
    guard unsafe !entries.isEmpty else { return false }
    var ready = unsafe spare
    unsafe spare = []
    unsafe swap(&ready, &entries)
    for place in ready.indices {
      switch ready[place] {
      case .callback(let callback): callback.run()
      case .future(let future): future.runCallbacks()
      case .stop:
        unsafe entries.insert(contentsOf: ready[(place + 1)...], at: 0)
        return true
      }
    }
    ready.removeAll(keepingCapacity: true)
    unsafe spare = ready
    return false
  }
}
