// What tasks need of the loop that callbacks do not.
extension ProactorEventLoop {
  /// A future that completes after `delay`.
  package func timer(_ delay: Duration) -> LoopFuture<Void> {
    let future = LoopFuture<Void>(context: proactor.context, ticket: proactor.nextTicket())
    proactor.ready.callLater(delay) { _ = future.succeed(LoopValue(())) }
    return future
  }

  /// Runs what became ready while the loop was closed.
  package func runRemaining() { proactor.ready.runReady() }

  /// Says that something was never closed.
  package func warnUnclosed(_ object: PortObject) { proactor.log.unclosed("\(object)") }
}
