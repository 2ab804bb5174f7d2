// asyncio's PipeHandle: the handle of a pipe end that is closed once.
public import OverlappedIO

/// An end of a named pipe. Used on the loop's thread; `close()` it.
public final class PipeHandle: PortObject, CustomStringConvertible {
  private let proactor: IOCPProactor?

  /// Takes over a handle that is open.
  public override init(_ handle: WaitableHandle) {
    proactor = nil
    super.init(handle)
  }

  /// One whose proactor says how it is closed.
  init(_ handle: WaitableHandle, of proactor: IOCPProactor) {
    self.proactor = proactor
    super.init(handle)
  }

  override func closeHandle() -> Bool {
    guard let error = NamedPipe.close(fileno) else { return true }
    proactor?.log.callbackFailed(ProactorError(error))
    return proactor?.behaviours.contains(.closesPipeOnce) ?? true
  }

  /// As asyncio prints it.
  public var description: String { isClosed ? "<PipeHandle closed>" : "<PipeHandle handle=\(fileno)>" }
}
