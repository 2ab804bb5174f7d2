// What the two kinds of waits have in common: a registration that is ended once, an OVERLAPPED, and a handle to look
// at.
public import OverlappedIO

/// A future that completes when a handle is signalled (true) or its time is up (false).
public class BaseWaitHandleFuture: LoopFuture<Bool>, CustomStringConvertible {
  /// What is waited for.
  public let handle: WaitableHandle
  /// The scenario's number; 0 when it gave none.
  public let operation: UInt64
  private var registration: RegisteredWait?
  private(set) var overlapped: OverlappedReference?
  let behaviours: ProactorBehaviours
  let log: ProactorLog

  init(
    proactor: IOCPProactor, overlapped: OverlappedReference, handle: WaitableHandle,
    registration: consuming RegisteredWait
  ) {
    self.handle = handle
    operation = overlapped.operation
    self.registration = consume registration
    self.overlapped = overlapped
    overlapped.hold()
    behaviours = proactor.behaviours
    log = proactor.log
    super.init(ready: proactor.ready)
  }

  /// Whether the handle is signalled now. That is the answer a wait completes with; what the callback said is ignored.
  func poll() throws(ProactorError) -> Bool {
    try win32 { () throws(Win32Error) in try wait(for: handle, timeout: .zero) == .signalled }
  }

  /// Takes the registration: it is ended once, and whatever comes of that, not again.
  func takeRegistration() -> RegisteredWait? { registration.take() }

  /// Undoes the registration of a future that nobody will ever see.
  func abandon() {
    takeRegistration()?.unregisterAndWait()
    dropOverlapped()
  }

  /// Lets the OVERLAPPED go as far as this future is concerned.
  func dropOverlapped() { overlapped.take()?.drop() }

  /// Ends the registration with UnregisterWait and lets the OVERLAPPED go. ERROR_IO_PENDING is as good as success here,
  /// and after any other error everything is dropped as well.
  func unregisterWait() throws(ProactorError) {
    guard let registration = takeRegistration() else { return }
    do throws(Win32Error) { _ = try registration.unregister() } catch { log.unregisterFailed(error, self) }
    unregistered()
  }

  /// The registration has ended, as far as this future knows.
  func unregistered() { dropOverlapped() }

  @discardableResult
  public override func cancel() throws(ProactorError) -> Bool {
    try unregisterWait()
    return try super.cancel()
  }

  override func setResult(_ value: Bool) throws(ProactorError) {
    try unregisterWait()
    try super.setResult(value)
  }

  override func setError(_ error: ProactorError) throws(ProactorError) {
    try unregisterWait()
    try super.setError(error)
  }

  /// As asyncio prints it; that looks at the handle.
  public var description: String {
    let signalled = (try? poll()) ?? false
    return "<\(typeName) \(stateName) handle=\(handle) \(signalled ? "signaled" : "waiting")>"
  }

  var typeName: String { "_BaseWaitHandleFuture" }
}
