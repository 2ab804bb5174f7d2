// Serving sockets: asyncio's _start_serving and _stop_serving. There is always one accept under way.
internal import OverlappedIO

extension ProactorEventLoop {
  /// Accepts the clients of `listener` from the next turn on, until `stopServing(_:)`; `onClient` gets each connection.
  public func startServing(_ listener: SocketHandle, onClient: @escaping (AcceptedConnection) -> Void) {
    proactor.ready.callSoon { [weak self] in self?.acceptNext(of: listener, after: nil, onClient) }
  }

  private func acceptNext(
    of listener: SocketHandle, after future: LoopFuture<AcceptedConnection>?,
    _ onClient: @escaping (AcceptedConnection) -> Void
  ) {
    do throws(ProactorError) {
      if let future {
        let connection = try future.result()
        if proactor.isDebug { proactor.log.accepted(connection, by: listener) }
        onClient(connection)
      }
      if isClosed { return }
      let next = try proactor.accept(listener)
      remember(next, of: listener.fileno)
      next.addDoneCallback { [weak self] future in self?.acceptNext(of: listener, after: future, onClient) }
    } catch {
      if error.code != .cancelled { tellFailed(error, listener) }
      listener.close()
    }
  }

  private func tellFailed(_ error: ProactorError, _ listener: SocketHandle) {
    let tells = proactor.behaviours.contains(.tellsFailedAccepts)
    if !listener.isClosed { return proactor.log.acceptFailed(error, listener, on: tells ? " on a socket" : "") }
    if tells && proactor.isDebug { proactor.log.acceptFailed(onClosed: listener) }
  }

  /// A listener has one accept; its place among the others is that of its first.
  private func remember(_ future: OverlappedFuture<AcceptedConnection>, of listener: WaitableHandle) {
    if let place = accepting.firstIndex(where: { $0.listener == listener }) {
      accepting[place].future = future
    } else {
      accepting.append((listener, future))
    }
  }

  /// Accepts no further client of `listener`, and closes it.
  public func stopServing(_ listener: SocketHandle) throws(ProactorError) {
    if !proactor.behaviours.contains(.stopsOwnServerOnly) {
      try stopAccepting()
    } else if let place = accepting.firstIndex(where: { $0.listener == listener.fileno }) {
      try accepting.remove(at: place).future.cancel()
    }
    proactor.stopServing(listener)
    listener.close()
  }

  /// Cancels what all servers accept.
  func stopAccepting() throws(ProactorError) {
    for (_, future) in accepting { try future.cancel() }
    accepting.removeAll()
  }
}
