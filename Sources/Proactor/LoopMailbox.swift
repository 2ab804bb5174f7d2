// asyncio's call_soon_threadsafe: what other threads want to be run, and the byte that wakes the loop for it.
internal import Latewrite
package import OverlappedIO
internal import Synchronization

/// The way into a loop from other threads.
public final class LoopMailbox: Sendable {
  private struct State: Sendable {
    var callbacks: [@Sendable (ProactorEventLoop) -> Void] = []
    /// The end of the self-pipe that is written to; nil while nobody reads the other one.
    var bell: WaitableHandle?
    /// Bytes that could not be written.
    var failures = 0
    var isClosed = false
  }

  private let behaviours: ProactorBehaviours

  private let state = Shared(State())
  private let hasCallbacks = Atomic(false)

  init(_ behaviours: ProactorBehaviours) { self.behaviours = behaviours }

  /// Whether something has come: asked before anything is put among what is ready. relaxed: what a thread has sent
  /// before the loop's learned of it is in the mailbox, behind its lock.
  var hasMail: Bool { hasCallbacks.load(ordering: .relaxed) }

  /// Has the loop run `callback`, with itself, in its next turn, and wakes it: asyncio's call_soon_threadsafe. From any
  /// thread. Throws `loopClosed` when the loop was closed; some revisions throw also when too much wakes the loop
  /// already (error 10035), and run the callback all the same.
  public func callSoon(_ callback: @escaping @Sendable (ProactorEventLoop) -> Void) throws(ProactorError) {
    let refusal = state.withLock { state -> ProactorError? in
      if state.isClosed { return ProactorError(.loopClosed) }
      state.callbacks.append(callback)
      hasCallbacks.store(true, ordering: .relaxed)
      // Under the lock, so that the loop does not close it meanwhile. It does not block.
      guard let bell = state.bell else { return nil }
      do throws(Win32Error) { try Winsock.send(bell, [0]) } catch {
        guard behaviours.contains(.fullSelfPipeIsFine) else { return ProactorError(error) }
        state.failures += 1
      }
      return nil
    }
    if let refusal { throw refusal }
  }

  /// From now on callbacks wake the loop through `bell`.
  package func ring(_ bell: WaitableHandle) { state.withLock { $0.bell = bell } }

  /// The loop closes.
  func close() {
    state.withLock { state in
      state.bell = nil
      state.isClosed = true
    }
  }

  /// How many wakings have failed since the last question.
  func takeFailures() -> Int {
    state.withLock { state in
      defer { state.failures = 0 }
      return state.failures
    }
  }

  /// Makes ready what has come. Mostly nothing has: then its lock is left alone.
  func deliver(to loop: ProactorEventLoop) {
    schedulingPoint(.read, on: state)
    guard hasMail else { return }
    let callbacks = state.withLock { state -> [@Sendable (ProactorEventLoop) -> Void] in
      hasCallbacks.store(false, ordering: .relaxed)
      defer { state.callbacks = [] }
      return state.callbacks
    }
    for callback in callbacks { loop.proactor.ready.callSoon { callback(loop) } }
  }
}
