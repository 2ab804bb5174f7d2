// What the event loop runs next. Futures put their callbacks here when they complete; the loop takes them out.

/// Callbacks in the order in which they became ready. Used on the loop's thread only.
final class ReadyQueue {
  private var callbacks: [() -> Void] = []

  var isEmpty: Bool { callbacks.isEmpty }

  func callSoon(_ callback: @escaping () -> Void) { callbacks.append(callback) }

  /// Runs what is ready now; what becomes ready meanwhile waits for the next turn.
  func runReady() {
    guard !callbacks.isEmpty else { return }
    let ready = callbacks
    callbacks.removeAll(keepingCapacity: true)
    for callback in ready { callback() }
  }
}
