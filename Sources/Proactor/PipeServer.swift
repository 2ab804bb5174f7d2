// asyncio's PipeServer with the loop that accepts: there is always an instance that nobody is connected to, so that the
// name never goes away while the server is there.
internal import OverlappedIO

/// Serves the clients of a named pipe. Used on the loop's thread; `close()` it.
public final class PipeServer {
  /// The pipe's name.
  public let name: String
  private let proactor: IOCPProactor
  private let onClient: (PipeHandle) -> Void
  private var behaviours: ProactorBehaviours { proactor.behaviours }
  /// The instance that waits for a client.
  private var pipe: PipeHandle?
  /// Instances without a client. They belong to what is accepted with them, and go with that when nobody hears of it
  /// any more.
  private var free: [FreeInstance] = []
  /// What it accepts, where close() asks for it.
  private var accepting: OverlappedFuture<Int>?
  private(set) var isClosed = false

  /// Begins to serve; `onClient` gets each connection, to close.
  public init(
    _ name: String, on loop: ProactorEventLoop, onClient: @escaping (PipeHandle) -> Void
  ) throws(ProactorError) {
    self.name = name
    proactor = loop.proactor
    self.onClient = onClient
    pipe = try makeInstance(isFirst: true)
    proactor.ready.callSoon { [self] in acceptNext() }
  }

  /// Its accepts keep it; a server that nobody keeps has none any more.
  deinit {
    do throws(ProactorError) { try close() } catch { proactor.log.deletionFailed(error) }
  }

  private func makeInstance(isFirst: Bool) throws(ProactorError) -> PipeHandle {
    let made = try proactor.makePipe(name, isFirst: isFirst)
    free.append(FreeInstance(pipe: made))
    return made
  }

  /// No instance without a client any more; nor are those that are gone.
  private func isTaken(_ instance: PipeHandle) { free.removeAll { $0.pipe == nil || $0.pipe === instance } }

  /// The instance without a client; a new one takes its place.
  private func takeUnconnected() throws(ProactorError) -> PipeHandle? {
    guard !isClosed, let unconnected = pipe else { return nil }
    pipe = try makeInstance(isFirst: false)
    return unconnected
  }

  /// asyncio's loop_accept_pipe: serves the client that `accepted` has brought, if any, and waits for the next one.
  private func acceptNext(after accepted: (instance: PipeHandle, future: LoopFuture<Int>)? = nil) {
    var instance: PipeHandle?
    do throws(ProactorError) {
      if let accepted {
        // One that has failed goes with its last reference, which this is.
        _ = try accepted.future.result()
        instance = accepted.instance
        isTaken(accepted.instance)
        if isClosed && behaviours.contains(.lateClientsDropped) { return accepted.instance.close() }
        onClient(accepted.instance)
      }
      instance = try takeUnconnected()
      guard let next = instance else { return }
      let future = try proactor.acceptPipe(next)
      if behaviours.contains(.serverCancelsAccept) { accepting = future }
      future.addDoneCallback { [self] future in acceptNext(after: (next, future)) }
    } catch {
      if error.code != .cancelled { return acceptFailed(error, instance) }
      instance?.close()
    }
  }

  /// A client that came and went is an error too (232).
  private func acceptFailed(_ error: ProactorError, _ instance: PipeHandle?) {
    let goesOn = behaviours.contains(.acceptGoesOn)
    let isGone = error.underlying.map { [.noData, .brokenPipe].contains($0.code) } ?? false
    if !(goesOn && isGone) { tellFailed(error, instance) }
    instance?.close()
    if let instance { isTaken(instance) }
    if goesOn { proactor.ready.callSoon { [self] in acceptNext() } }
  }

  private func tellFailed(_ error: ProactorError, _ instance: PipeHandle?) {
    let log = proactor.log
    if let instance, !instance.isClosed { return log.acceptPipeFailed(error, instance) }
    if behaviours.contains(.tellsFailedAccepts) && proactor.isDebug { log.acceptPipeFailed(onClosed: instance) }
  }

  /// Accepts no more clients, and closes what has none.
  public func close() throws(ProactorError) {
    if behaviours.contains(.serverCancelsAccept) { try accepting.take()?.cancel() }
    guard !isClosed else { return }
    isClosed = true
    for instance in free { instance.pipe?.close() }
    free.removeAll()
    pipe = nil
  }
}

/// An instance that somebody else keeps.
private struct FreeInstance {
  weak var pipe: PipeHandle?
}
