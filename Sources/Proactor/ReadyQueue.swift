// What the event loop runs next, and later. Futures put their callbacks here when they complete; the loop takes them
// out.
internal import Latewrite

/// Callbacks in the order in which they became ready. Used on the loop's thread only.
final class ReadyQueue {
  private var callbacks: [() -> Void] = []

  private var timers: [(due: Clock.Instant, callback: () -> Void)] = []

  var isEmpty: Bool { callbacks.isEmpty }
  /// When the next timer is due; nil without one.
  var nextDue: Clock.Instant? { timers.map(\.due).min() }

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

  func callSoon(_ callback: @escaping () -> Void) { callbacks.append(callback) }

  /// Runs what is ready now; what becomes ready meanwhile waits for the next turn.
  func runReady() {
    guard !callbacks.isEmpty else { return }
    let ready = callbacks
    callbacks.removeAll(keepingCapacity: true)
    for callback in ready { callback() }
  }
}
