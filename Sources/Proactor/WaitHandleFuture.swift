// The wait that programs make, and the ways in which its end was handled: left to its packet, dropped by a fake packet,
// or kept until the thread pool says that nothing can happen any more.
internal import Latewrite
internal import OverlappedIO

/// A wait for a handle: asyncio's _WaitHandleFuture. It completes with true when the handle was signalled at the moment
/// its packet was dequeued, else with false.
public final class WaitHandleFuture: BaseWaitHandleFuture {
  private var proactor: IOCPProactor?
  /// Set by the thread pool when the unregistration has ended.
  private var event: Event?
  private var eventFuture: WaitCancelFuture?
  private var isUnregistered = false
  private var whenUnregistered: (() -> Void)?

  override init(
    proactor: IOCPProactor, overlapped: OverlappedReference, handle: WaitableHandle, registration: RegisteredWait.Name
  ) {
    self.proactor = proactor
    super.init(proactor: proactor, overlapped: overlapped, handle: handle, registration: registration)
  }

  /// Makes the event of the later unregistration.
  func makeEvent() throws(Win32Error) {
    if proactor?.lacksEvents == true { throw Win32Error(.notEnoughMemory, in: "CreateEvent") }
    event = try Event(.manual)
  }

  override func endRegistration(_ registration: RegisteredWait.Name) throws(Win32Error)
    -> RegisteredWait.Unregistration
  {
    // Asked for again, the registration has no event any more.
    guard behaviours.contains(.unregisterWithEvent), event?.handle != nil else { return try registration.unregister() }
    return try registration.unregister(signalling: event!)
  }

  override func unregistered(_ outcome: RegisteredWait.Unregistration) throws(ProactorError) {
    guard behaviours.contains(.unregisterWithEvent) else {
      // The proactor's port was needed until now.
      proactor = nil
      dropOverlapped()
      return unregistrationEnded()
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
    if isReleased { release() }
    unregistrationEnded()
  }

  override func unregisterFailed() {
    super.unregisterFailed()
    unregistrationEnded()
  }

  /// Calls `callback` once nothing will write or post any more, as far as this revision knows: with the event of the
  /// unregistration, where there is one.
  package func afterUnregistration(_ callback: @escaping () -> Void) {
    if isUnregistered { callback() } else { whenUnregistered = callback }
  }

  private func unregistrationEnded() {
    isUnregistered = true
    whenUnregistered.take()?()
  }

  @discardableResult
  public override func cancel() throws(ProactorError) -> Bool {
    if !isDone, let proactor {
      Trace.record(.cancel, arena: proactor.arenaNumber, object: incarnation.bits, operation: operation)
    }
    let isCancelled: Bool
    if behaviours.contains(.unregistersBeforeEnd) {
      isCancelled = try super.cancel()
    } else {
      isCancelled = endCancelled()
      if behaviours.contains(.fakePacketOnCancel), let overlapped {
        try proactor?.postFakePacket(address: overlapped.address)
      }
      try unregisterWait()
    }
    return behaviours.contains(.cancelTells) && isCancelled
  }

  /// It keeps its OVERLAPPED for what it has to do with its registration, whoever knows of it. The second wait does.
  override func letGo() {
    if eventFuture == nil { super.letGo() }
  }

  override var typeName: String { "_WaitHandleFuture" }
}
