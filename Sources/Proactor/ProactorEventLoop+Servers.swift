// Serving sockets: asyncio's _start_serving and _stop_serving. There is always one accept under way.
internal import OverlappedIO

extension ProactorEventLoop {
  /// Accepts the clients of `listener` from the next turn on, until `stopServing(_:)`; `onClient` gets each connection.
  public func startServing(_ listener: SocketHandle, onClient: @escaping (AcceptedConnection) -> Void) {
    callSoon { [self] in acceptNext(of: listener, after: nil, onClient) }
  }

  private func acceptNext(
    of listener: SocketHandle, after future: LoopFuture<AcceptedConnection>?,
    _ onClient: @escaping (AcceptedConnection) -> Void
  ) {
    do throws(ProactorError) {
      if let future { onClient(try future.result()) }
      if isClosed { return }
      let next = try proactor.accept(listener)
      accepting[listener.fileno] = next
      next.addDoneCallback { [self] future in acceptNext(of: listener, after: future, onClient) }
    } catch {
      if error.code != .cancelled { proactor.log.acceptFailed(error, listener) }
      listener.close()
    }
  }

  /// Accepts no further client of `listener`, and closes it.
  public func stopServing(_ listener: SocketHandle) throws(ProactorError) {
    try accepting.removeValue(forKey: listener.fileno)?.cancel()
    if !proactor.behaviours.contains(.stopsOwnServerOnly) {
      for future in accepting.values { try future.cancel() }
      accepting.removeAll()
    }
    proactor.stopServing(listener)
    listener.close()
  }
}
