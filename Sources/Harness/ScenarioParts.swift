// What scenarios are put together from: owners of things that only one place may own, and waiting for a count.
internal import Latewrite
internal import Logging
internal import OverlappedIO

/// The arena of an execution, for the closures of its threads.
final class SharedArena: Sendable {
  let arena: Arena

  init(_ arena: consuming Arena) { self.arena = arena }

  /// Tells the trace what the subject was told about operation `number`: only the scenario knows whether it is true.
  func told(_ result: OperationResult, operation number: UInt64) {
    Trace.record(.result, arena: arena.number, operation: number, result: Int64(result.rawValue))
  }
}

extension Logger {
  /// Where nobody reads it: what a proactor does in an execution is in the trace. One for all of them.
  static let nowhere = Logger(label: "proactor") { _ in SwiftLogNoOpLogHandler() }
}

/// An event that several closures name.
final class OwnedEvent: Sendable {
  let event: Event

  init() throws(Win32Error) { event = try Event(.manual) }
}

/// A count that rises, and one thread that waits for it.
final class Turnstile: Sendable {
  private struct State {
    var count = 0
    var wanted = 0
    var waiting: Parker?
  }

  private let state = Shared(State())

  /// Raises the count to `count`.
  func advance(to count: Int) {
    let waiting = state.withLock { state -> Parker? in
      state.count = count
      return state.wanted <= count ? state.waiting.take() : nil
    }
    waiting?.unpark()
  }

  /// Returns when the count is at least `count`.
  func wait(for count: Int) {
    while true {
      let isThere = state.withLock { state -> Bool in
        if state.count >= count { return true }
        state.wanted = count
        state.waiting = .current
        return false
      }
      if isThere { return }
      _ = Parker.park(on: self)
    }
  }
}
