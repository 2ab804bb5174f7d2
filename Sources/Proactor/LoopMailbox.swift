// asyncio's call_soon_threadsafe: what other threads want to be run, and the byte that wakes the loop for it.
internal import Latewrite
internal import OverlappedIO

/// The way into a loop from other threads.
public final class LoopMailbox: Sendable {
  private struct State: Sendable {
    var callbacks: [@Sendable (ProactorEventLoop) -> Void] = []
    /// The end of the self-pipe that is written to; nil while nobody reads the other one.
    var bell: WaitableHandle?
    /// Bytes that could not be written.
    var failures = 0
  }

  private let state = Shared(State())

  /// Has the loop run `callback`, with itself, in its next turn, and wakes it. From any thread.
  public func callSoon(_ callback: @escaping @Sendable (ProactorEventLoop) -> Void) {
    state.withLock { state in
      state.callbacks.append(callback)
      // Under the lock, so that the loop does not close it meanwhile. It does not block.
      guard let bell = state.bell else { return }
      do throws(Win32Error) { try Winsock.send(bell, [0]) } catch { state.failures += 1 }
    }
  }

  /// From now on callbacks wake the loop through `bell`; nil: no more.
  func ring(_ bell: WaitableHandle?) { state.withLock { $0.bell = bell } }

  /// How many wakings have failed since the last question.
  func takeFailures() -> Int {
    state.withLock { state in
      defer { state.failures = 0 }
      return state.failures
    }
  }

  /// Makes ready what has come.
  func deliver(to loop: ProactorEventLoop) {
    let callbacks = state.withLock { state -> [@Sendable (ProactorEventLoop) -> Void] in
      guard !state.callbacks.isEmpty else { return [] }
      defer { state.callbacks = [] }
      return state.callbacks
    }
    for callback in callbacks { loop.callSoon { callback(loop) } }
  }
}
