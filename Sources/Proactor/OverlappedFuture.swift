// The future of an operation whose packet is its completion: asyncio's _OverlappedFuture.
internal import OverlappedIO

/// An operation that ends when a packet with its OVERLAPPED's address leaves the port.
public final class OverlappedFuture<Value: Sendable>: LoopFuture<Value>, CustomStringConvertible {
  /// What a completion is posted with.
  public var address: UInt { ownAddress }
  private var ownAddress: UInt
  private(set) var overlapped: OverlappedReference?
  private let finish: Finish
  /// Its end was asked for by somebody who will hear of it: its error is news for nobody else.
  var wasAskedToEnd = false

  /// Puts what its packet has brought, the answer for the future, into a box. It is told whose operation it is, so that
  /// it need not keep anything.
  typealias Finish = (
    IOCPProactor, OverlappedReference, PacketValues, inout LoopValue<Value>?
  ) throws(ProactorError) -> Void

  init(proactor: IOCPProactor, overlapped: OverlappedReference, finish: @escaping Finish) {
    ownAddress = overlapped.address
    self.overlapped = overlapped
    self.finish = finish
    overlapped.hold()
    super.init(context: proactor.context, ticket: overlapped.ticket)
  }

  /// Whether nothing would come of it if it went, and it was an operation's: it has succeeded, keeps no OVERLAPPED, and
  /// was not let go when it was made.
  var isSpent: Bool {
    if case .some = overlapped { return false }
    return hasSucceeded && !isReleased
  }

  /// It is the future of another operation of the same kind from now on, as a new one would be.
  func renew(_ overlapped: OverlappedReference) {
    ownAddress = overlapped.address
    self.overlapped = overlapped
    wasAskedToEnd = false
    overlapped.hold()
    renew(ticket: overlapped.ticket)
  }

  deinit {
    vanish()
    if let overlapped = overlapped.take() { context.abandoned.drop(overlapped) }
  }

  private var log: ProactorLog { context.log }

  override var keepsOverlapped: Bool { overlapped != nil }

  /// The cache keeps the OVERLAPPED until the packet comes, whatever became of the future.
  func dropOverlapped() { overlapped.take()?.drop() }

  override func letGo() {
    super.letGo()
    dropOverlapped()
  }

  /// Asks the kernel for the operation's end.
  private func cancelOverlapped() {
    guard let overlapped else { return }
    do throws(Win32Error) { try overlapped.cancel() } catch {
      if behaviours.contains(.reportsFailedCancel) { log.cancelOverlappedFailed(error, description) }
    }
    if behaviours.contains(.endDropsOverlapped) { dropOverlapped() }
  }

  @discardableResult
  public override func cancel() throws(ProactorError) -> Bool {
    if !behaviours.contains(.cancelsPendingOnly) || !isDone { cancelOverlapped() }
    return try super.cancel()
  }

  /// The end is often the error 995, but also a result, when the operation was faster.
  package override func askToEnd() throws(ProactorError) {
    guard let overlapped else { return }
    wasAskedToEnd = true
    do throws(Win32Error) { try overlapped.cancel() } catch { log.cancelOverlappedFailed(error, description) }
  }

  override func setResult(_ value: consuming LoopValue<Value>) throws(ProactorError) {
    try super.setResult(consume value)
    if behaviours.contains(.resultDropsOverlapped) { dropOverlapped() }
  }

  public override func setError(_ error: ProactorError) throws(ProactorError) {
    try super.setError(error)
    if behaviours.contains(.endDropsOverlapped) { cancelOverlapped() }
  }

  /// Ends it with what the operation came to.
  func end(
    _ overlapped: OverlappedReference, _ packet: PacketValues, by proactor: IOCPProactor
  ) throws(ProactorError) {
    var result = takeBox()
    do throws(ProactorError) { try finish(proactor, overlapped, packet, &result) } catch {
      // One that was done before raises, and keeps nothing of this error.
      try setError(error)
      return traceback(keeps: overlapped, of: proactor)
    }
    if let result = consume result { try setResult(result) }
  }

  override var typeName: String { "_OverlappedFuture" }

  /// As asyncio prints it.
  public var description: String {
    guard let overlapped else { return "<_OverlappedFuture \(stateName)>" }
    let state = overlapped.isPending ? "pending" : "completed"
    return "<_OverlappedFuture \(stateName) overlapped=<\(state), 0x\(String(address, radix: 16))>>"
  }
}

extension OverlappedFuture: CachedFuture {
  var isWaitCancel: Bool { false }

  func complete(
    _ overlapped: OverlappedReference, _ packet: PacketValues, by proactor: IOCPProactor
  ) throws(ProactorError) {
    try end(overlapped, packet, by: proactor)
    if hasSucceeded && behaviours.contains(.pollDropsOverlapped) { dropOverlapped() }
  }
}
