// asyncio's PipeHandle: the handle of a pipe end that is closed once.
public import OverlappedIO

/// An end of a named pipe. Used on the loop's thread; `close()` it.
public final class PipeHandle: CustomStringConvertible {
  private let handle: WaitableHandle
  /// Whether it was closed.
  public private(set) var isClosed = false
  /// The port that its completions go to; nil before its first operation.
  var port: ObjectIdentifier?

  /// Takes over a handle that is open.
  public init(_ handle: WaitableHandle) { self.handle = handle }

  /// The handle, which others may have by now when it was closed.
  public var fileno: WaitableHandle { handle }

  /// Closes it; what is pending on it ends. Idempotent.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    NamedPipe.close(handle)
  }

  /// As asyncio prints it.
  public var description: String { isClosed ? "<PipeHandle closed>" : "<PipeHandle handle=\(handle)>" }
}
