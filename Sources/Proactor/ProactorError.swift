// The one error of this module: what asyncio raises as RuntimeError, ValueError, InvalidStateError or OSError.
public import OverlappedIO

/// The proactor or a future could not do what it was asked for.
public struct ProactorError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong; more codes may be added.
  public struct Code: Sendable, Hashable {
    private enum Storage: Hashable {
      case closed, loopClosed, loopIsRunning, loopStopped, timedOut, waitCancelIsFinal, cancelled, notDone,
        invalidState, negativeTimeout,
        timeoutTooBig, connectionReset, closedObject, win32
    }
    private let storage: Storage

    /// The proactor is closed.
    public static let closed = Code(storage: .closed)
    /// The event loop is closed.
    public static let loopClosed = Code(storage: .loopClosed)
    /// The event loop runs, so that it cannot be closed or run again.
    public static let loopIsRunning = Code(storage: .loopIsRunning)
    /// The event loop was stopped before the future was done.
    public static let loopStopped = Code(storage: .loopStopped)
    /// It took longer than it was given.
    public static let timedOut = Code(storage: .timedOut)
    /// The wait for an unregistration to end was cancelled, which would free memory that is still lent.
    public static let waitCancelIsFinal = Code(storage: .waitCancelIsFinal)
    /// The future was cancelled and has no result.
    public static let cancelled = Code(storage: .cancelled)
    /// The future has no result yet.
    public static let notDone = Code(storage: .notDone)
    /// The future was done already and got a result all the same.
    public static let invalidState = Code(storage: .invalidState)
    /// A timeout below zero.
    public static let negativeTimeout = Code(storage: .negativeTimeout)
    /// A timeout of 2^32 - 1 milliseconds or more.
    public static let timeoutTooBig = Code(storage: .timeoutTooBig)
    /// The connection was reset, or its socket closed while the operation ran: see `underlying`.
    public static let connectionReset = Code(storage: .connectionReset)
    /// A pipe end that was closed. (For a socket the system says so.)
    public static let closedObject = Code(storage: .closedObject)
    /// A Win32 call failed: see `underlying`.
    public static let win32 = Code(storage: .win32)
  }

  /// What went wrong.
  public let code: Code
  /// The Win32 error behind `win32` and `connectionReset`; else nil.
  public let underlying: Win32Error?

  /// The error of that code, without a call behind it.
  public init(_ code: Code) {
    self.code = code
    underlying = nil
  }

  /// Which exception Python makes of a code: only one of them is asked for here.
  package init(_ error: Win32Error) {
    self.init(error.code == .connectionReset ? .connectionReset : .win32, error)
  }

  init(_ code: Code, _ error: Win32Error) {
    self.code = code
    underlying = error
  }

  /// asyncio's sentence.
  public var description: String {
    switch code {
    case .closed: "IocpProactor is closed"
    case .loopClosed: "Event loop is closed"
    case .loopIsRunning: "Cannot close a running event loop"
    case .loopStopped: "Event loop stopped before Future completed."
    case .timedOut: "it took too long"
    case .waitCancelIsFinal: "_WaitCancelFuture must not be cancelled"
    case .cancelled: "the future was cancelled"
    case .notDone: "the future has no result yet"
    case .invalidState: "invalid state: the future was done already"
    case .negativeTimeout: "negative timeout"
    case .timeoutTooBig: "timeout too big"
    case .closedObject: "I/O operation on closed pipe"
    default: underlying.map(\.description) ?? "unknown"
    }
  }
}

/// Runs Win32 calls, turning their error into this module's.
package func win32<Result: ~Copyable>(_ body: () throws(Win32Error) -> Result) throws(ProactorError) -> Result {
  do throws(Win32Error) { return try body() } catch { throw ProactorError(error) }
}
