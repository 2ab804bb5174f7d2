// The wait that programs make, and the two ways in which its end was handled: dropped by a fake packet, or kept until
// the thread pool says that nothing can happen any more.
internal import Latewrite
internal import OverlappedIO

/// A wait for a handle: asyncio's _WaitHandleFuture. It completes with true when the handle was signalled at the moment
/// its packet was dequeued, else with false.
public final class WaitHandleFuture: BaseWaitHandleFuture {
  private var proactor: IOCPProactor?
  /// Set by the thread pool when the unregistration has ended.
  private var event: Event?
  private var eventFuture: WaitCancelFuture?

  override init(
    proactor: IOCPProactor, overlapped: OverlappedReference, handle: WaitableHandle,
    registration: consuming RegisteredWait
  ) {
    self.proactor = proactor
    super.init(proactor: proactor, overlapped: overlapped, handle: handle, registration: registration)
  }

  /// Makes the event of the later unregistration.
  func makeEvent() throws(Win32Error) { event = try Event(.manual) }

  /// Ends the registration, once.
  override func unregisterWait() throws(ProactorError) {
    guard behaviours.contains(.unregisterWithEvent) else { return try super.unregisterWait() }
    guard let registration = takeRegistration() else { return }
    let outcome: RegisteredWait.Unregistration
    do throws(Win32Error) {
      outcome = try registration.unregister(signalling: event!)
    } catch {
      // Event, OVERLAPPED and cache entry stay: nobody knows what the thread pool will still do with them.
      return log.unregisterFailed(error, self)
    }
    if outcome == .callbackPending && !behaviours.contains(.ioPendingMeansNotYet) { return try waitCancelled() }
    guard let proactor, let handle = event?.handle else { return }
    eventFuture = try proactor.waitCancel(handle, for: self)
  }

  /// The registration has ended and nothing will write or post any more: the event goes, and the OVERLAPPED at the end
  /// of the current or next poll.
  func waitCancelled() throws(ProactorError) {
    event = nil
    if let overlapped { try proactor?.unregister(overlapped) }
    proactor = nil
    eventFuture = nil
    dropOverlapped()
  }

  /// Without the event, the proactor's port is needed until the registration has ended, and no longer.
  override func unregistered() {
    proactor = nil
    super.unregistered()
  }

  @discardableResult
  public override func cancel() throws(ProactorError) -> Bool {
    if !isDone, let overlapped {
      Trace.record(.cancel, arena: overlapped.arena, object: overlapped.incarnation.bits, operation: operation)
    }
    if behaviours.contains(.unregisterWithEvent) { return try super.cancel() }
    let cancelled = complete(.cancelled)
    if behaviours.contains(.fakePacketOnCancel), let overlapped {
      try proactor?.postFakePacket(address: overlapped.address)
    }
    try unregisterWait()
    return cancelled
  }

  override func setResult(_ value: Bool) throws(ProactorError) {
    if behaviours.contains(.unregisterWithEvent) { return try super.setResult(value) }
    finish(.success(value))
    try unregisterWait()
  }

  override func setError(_ error: ProactorError) throws(ProactorError) {
    if behaviours.contains(.unregisterWithEvent) { return try super.setError(error) }
    finish(.failure(error))
    try unregisterWait()
  }

  override var typeName: String { "_WaitHandleFuture" }
}
