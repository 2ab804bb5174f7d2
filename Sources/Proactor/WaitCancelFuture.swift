// The second wait: for the event that says that the first one's callback has had its say.
internal import OverlappedIO

/// The wait for the end of another wait's unregistration: asyncio's _WaitCancelFuture.
final class WaitCancelFuture: BaseWaitHandleFuture {
  /// Told synchronously, since this may complete inside `close()`, when no loop runs any more.
  private var waiter: WaitHandleFuture?

  init(
    proactor: IOCPProactor, overlapped: OverlappedReference, event: WaitableHandle, registration: RegisteredWait.Name,
    waiter: WaitHandleFuture
  ) {
    self.waiter = waiter
    super.init(proactor: proactor, overlapped: overlapped, handle: event, registration: registration)
  }

  override func cancel() throws(ProactorError) -> Bool {
    if behaviours.contains(.waitCancelIsFinal) { throw ProactorError(.waitCancelIsFinal) }
    let cancelled = try super.cancel()
    try tellWaiter()
    return cancelled
  }

  override func setResult(_ value: consuming LoopValue<Bool>) throws(ProactorError) {
    try super.setResult(value)
    try tellWaiter()
  }

  override func setError(_ error: ProactorError) throws(ProactorError) {
    try super.setError(error)
    try tellWaiter()
  }

  private func tellWaiter() throws(ProactorError) { try waiter.take()?.waitCancelled() }

  override var isWaitCancel: Bool { true }

  override var typeName: String { "_WaitCancelFuture" }
}
