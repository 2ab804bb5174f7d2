// asyncio's PipeHandle: the handle of a pipe end that is closed once.
package import Latewrite
public import OverlappedIO

/// An end of a named pipe. Used on the loop's thread; `close()` it: one that is let go open is closed then, and logged.
public final class PipeHandle: PortObject, CustomStringConvertible {
  private let behaviours: ProactorBehaviours
  private let log: ProactorLog?

  /// Takes over a handle that is open.
  public override init(_ handle: WaitableHandle) {
    behaviours = .closesPipeOnce
    log = nil
    super.init(handle)
  }

  /// One whose proactor says how it is closed.
  init(_ handle: WaitableHandle, of proactor: IOCPProactor) {
    behaviours = proactor.behaviours
    log = proactor.log
    super.init(handle)
  }

  deinit {
    guard !isClosed else { return }
    if behaviours.contains(.warnsOfUnclosed) { log?.unclosed(description) }
    close()
  }

  package override func receive(
    atMost bytes: Int, by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    try proactor.receive(self, atMost: bytes)
  }

  package override func receive(
    into block: Block, by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try proactor.receive(self, into: block)
  }

  package override func send(
    _ bytes: [UInt8], by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try proactor.send(self, bytes)
  }

  override func closeHandle() -> Bool {
    guard let error = NamedPipe.close(fileno) else { return true }
    log?.callbackFailed(ProactorError(error))
    return behaviours.contains(.closesPipeOnce)
  }

  /// As asyncio prints it.
  public var description: String { isClosed ? "<PipeHandle closed>" : "<PipeHandle handle=\(fileno.value)>" }
}
