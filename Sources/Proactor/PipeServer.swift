// asyncio's PipeServer with the loop that accepts: there is always an instance that nobody is connected to, so that the
// name never goes away while the server is there.

/// Serves the clients of a named pipe. Used on the loop's thread; `close()` it.
public final class PipeServer {
  /// The pipe's name.
  public let name: String
  private let loop: ProactorEventLoop
  private let onClient: (PipeHandle) -> Void
  private var behaviours: ProactorBehaviours { loop.proactor.behaviours }
  /// The instance that waits for a client.
  private var pipe: PipeHandle?
  /// Instances without a client.
  private var free: [PipeHandle] = []
  private var accepting: OverlappedFuture<Int>?
  private(set) var isClosed = false

  /// Begins to serve; `onClient` gets each connection, to close.
  public init(
    _ name: String, on loop: ProactorEventLoop, onClient: @escaping (PipeHandle) -> Void
  ) throws(ProactorError) {
    self.name = name
    self.loop = loop
    self.onClient = onClient
    pipe = try makeInstance(isFirst: true)
    loop.callSoon { [self] in acceptNext() }
  }

  private func makeInstance(isFirst: Bool) throws(ProactorError) -> PipeHandle {
    let made = try loop.proactor.makePipe(name, isFirst: isFirst)
    free.append(made)
    return made
  }

  /// The instance without a client; a new one takes its place.
  private func takeUnconnected() throws(ProactorError) -> PipeHandle? {
    guard !isClosed, let unconnected = pipe else { return nil }
    pipe = try makeInstance(isFirst: false)
    return unconnected
  }

  private func acceptNext() {
    do throws(ProactorError) {
      guard let next = try takeUnconnected() else { return }
      let future = try loop.proactor.acceptPipe(next)
      accepting = future
      future.addDoneCallback { [self] future in accepted(next, future) }
    } catch { loop.proactor.log.acceptPipeFailed(error) }
  }

  private func accepted(_ pipe: PipeHandle, _ future: LoopFuture<Int>) {
    if future.isCancelled { return pipe.close() }
    do throws(ProactorError) { _ = try future.result() } catch {
      loop.proactor.log.acceptPipeFailed(error)
      return pipe.close()
    }
    free.removeAll { $0 === pipe }
    if isClosed && behaviours.contains(.lateClientsDropped) { return pipe.close() }
    onClient(pipe)
    acceptNext()
  }

  /// Accepts no more clients, and closes what has none.
  public func close() throws(ProactorError) {
    if behaviours.contains(.serverCancelsAccept) { try accepting.take()?.cancel() }
    guard !isClosed else { return }
    isClosed = true
    for instance in free { instance.close() }
    free.removeAll()
    pipe = nil
  }
}
