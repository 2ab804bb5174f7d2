// What the loop runs next: callbacks that were put off and callbacks of futures that are done. Futures put theirs here
// when they complete; the loop takes them out.
internal import Latewrite

/// Callbacks in the order in which they became ready. Used on the loop's thread only.
final class ReadyQueue {
  private enum Entry {
    case callback(() -> Void)
    case future(AnyLoopFuture)
  }

  private var entries: [Entry] = []
  /// What ran last, emptied: its storage is used again.
  private var spare: [Entry] = []

  private var timers: [(due: Clock.Instant, callback: () -> Void)] = []

  var isEmpty: Bool { entries.isEmpty }
  /// When the next timer is due; nil without one.
  var nextDue: Clock.Instant? { timers.isEmpty ? nil : timers.map(\.due).min() }

  /// Puts `callback` among the callbacks once `delay` has passed and a turn of the loop comes.
  func callLater(_ delay: Duration, _ callback: @escaping () -> Void) {
    timers.append((Clock.now.advanced(by: delay), callback))
  }

  /// Makes ready what is due.
  func makeDueReady() {
    guard !timers.isEmpty else { return }
    let now = Clock.now
    let due = timers.filter { $0.due <= now }.sorted { $0.due < $1.due }
    timers.removeAll { $0.due <= now }
    for timer in due { callSoon(timer.callback) }
  }

  func callSoon(_ callback: @escaping () -> Void) { entries.append(.callback(callback)) }

  /// The same for all callbacks of a future, which is done.
  func callSoon(callbacksOf future: AnyLoopFuture) { entries.append(.future(future)) }

  /// Runs what is ready now; what becomes ready meanwhile waits for the next turn.
  func runReady() {
    guard !entries.isEmpty else { return }
    var ready = entries
    entries = spare
    spare = []
    for entry in ready {
      switch entry {
      case .callback(let callback): callback()
      case .future(let future): future.runCallbacks()
      }
    }
    ready.removeAll(keepingCapacity: true)
    spare = ready
  }
}
