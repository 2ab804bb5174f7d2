// What tasks need of the proactor that futures do not: to end an operation without ending its future, so that whoever
// waits goes on only when its packet has come; and to be woken by other threads.
internal import OverlappedIO

extension IOCPProactor {
  /// Asks the kernel to end the operation of `future`, and leaves the future to what comes of that: often the error
  /// 995, but also a result, when the operation was faster.
  package func askToEnd<Value>(_ future: OverlappedFuture<Value>) {
    guard let overlapped = future.overlapped else { return }
    future.wasAskedToEnd = true
    do throws(Win32Error) { try overlapped.cancel() } catch {
      log.cancelOverlappedFailed(error, future.description)
    }
  }
}

extension ProactorEventLoop {
  /// A future that completes after `delay`.
  package func timer(_ delay: Duration) -> LoopFuture<Void> {
    let future = LoopFuture<Void>(ready: proactor.ready, ticket: proactor.nextTicket())
    callLater(delay) { _ = future.succeed(LoopValue(())) }
    return future
  }

  /// Runs what became ready while the loop was closed.
  package func runRemaining() { proactor.ready.runReady() }

  /// Says that something was never closed.
  package func warnUnclosed(_ object: PortObject) { proactor.log.unclosed("\(object)") }
}
