// What the two kinds of waits have in common: a registration that is ended, an OVERLAPPED, and a handle to look at.
internal import Latewrite
public import OverlappedIO

/// A future that completes when a handle is signalled (true) or its time is up (false).
public class BaseWaitHandleFuture: LoopFuture<Bool>, CustomStringConvertible {
  /// What is waited for.
  public let handle: WaitableHandle
  /// The scenario's number; 0 when it gave none.
  public let operation: UInt64
  let incarnation: Incarnation
  package let registration: RegisteredWait.Name
  private var isRegistered = true
  private(set) var overlapped: OverlappedReference?

  init(
    proactor: IOCPProactor, overlapped: OverlappedReference, handle: WaitableHandle, registration: RegisteredWait.Name
  ) {
    self.handle = handle
    operation = overlapped.operation
    incarnation = overlapped.incarnation
    self.registration = registration
    if proactor.behaviours.contains(.futureUnregisters) {
      self.overlapped = overlapped
      overlapped.hold()
    }
    super.init(context: proactor.context, ticket: overlapped.ticket)
  }

  deinit {
    vanish()
    if let overlapped = overlapped.take() { context.abandoned.drop(overlapped) }
  }

  final var log: ProactorLog { context.log }

  /// Whether the handle is signalled now. That is the answer a wait completes with; what the callback said is ignored.
  func poll() throws(ProactorError) -> Bool {
    try win32 { () throws(Win32Error) in try wait(for: handle, timeout: .zero) == .signalled }
  }

  /// What the packet of a wait has done: the answer for its future.
  func finish() throws(ProactorError) -> Bool {
    if behaviours.contains(.futureUnregisters) { return try poll() }
    guard behaviours.contains(.looksBeforeUnregistering) else {
      try unregisterWait()
      return try poll()
    }
    let answer: Bool
    do throws(ProactorError) { answer = try poll() } catch {
      try unregisterWait()
      throw error
    }
    try unregisterWait()
    return answer
  }

  /// Lets the OVERLAPPED go as far as this future is concerned.
  func dropOverlapped() { overlapped.take()?.drop() }

  /// Ends the registration. ERROR_IO_PENDING is no failure.
  final func unregisterWait() throws(ProactorError) {
    if behaviours.contains(.unregistersOnce) && !isRegistered { return }
    let outcome: RegisteredWait.Unregistration
    do throws(Win32Error) { outcome = try endRegistration(registration) } catch {
      guard behaviours.contains(.reportsFailedUnregister) else { throw ProactorError(error) }
      isRegistered = false
      log.unregisterFailed(error, self)
      return unregisterFailed()
    }
    isRegistered = false
    try unregistered(outcome)
  }

  /// The call that ends it.
  func endRegistration(_ registration: RegisteredWait.Name) throws(Win32Error) -> RegisteredWait.Unregistration {
    try registration.unregister()
  }

  /// The registration has ended, as far as this future knows.
  func unregistered(_ outcome: RegisteredWait.Unregistration) throws(ProactorError) { dropOverlapped() }

  /// It could not be ended. With an event everything stays: nobody knows what the thread pool will still do with it.
  func unregisterFailed() {
    if !behaviours.contains(.unregisterWithEvent) { dropOverlapped() }
  }

  @discardableResult
  public override func cancel() throws(ProactorError) -> Bool {
    try unregisterWait()
    return try super.cancel()
  }

  override func setResult(_ value: consuming LoopValue<Bool>) throws(ProactorError) {
    let value = value
    try ending { () throws(ProactorError) in try super.setResult(value) }
  }

  public override func setError(_ error: ProactorError) throws(ProactorError) {
    try ending { () throws(ProactorError) in try super.setError(error) }
  }

  /// Ends the future by `end`, and the registration before or after that.
  private func ending(_ end: () throws(ProactorError) -> Void) throws(ProactorError) {
    let unregisters = behaviours.contains(.futureUnregisters)
    let isFirst = behaviours.contains(.unregistersBeforeEnd)
    if unregisters && isFirst { try unregisterWait() }
    try end()
    if unregisters && !isFirst { try unregisterWait() }
  }

  /// As asyncio prints it; that looks at the handle.
  public var description: String {
    let signalled = (try? poll()) ?? false
    let wait = isRegistered ? " wait_handle=\(registration)" : ""
    return "<\(typeName) \(stateName) handle=\(handle) \(signalled ? "signaled" : "waiting")\(wait)>"
  }

  override var typeName: String { "_BaseWaitHandleFuture" }

  var isWaitCancel: Bool { false }
}

extension BaseWaitHandleFuture: CachedFuture {
  func complete(
    _ overlapped: OverlappedReference, _ packet: PacketValues, by proactor: IOCPProactor
  ) throws(ProactorError) {
    let isSignalled: Bool
    do throws(ProactorError) { isSignalled = try finish() } catch {
      try setError(error)
      return traceback(keeps: overlapped, of: proactor)
    }
    try setResult(LoopValue(isSignalled))
  }
}
