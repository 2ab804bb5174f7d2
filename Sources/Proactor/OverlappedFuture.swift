// The future of an operation whose packet is its completion: asyncio's _OverlappedFuture.

/// An operation that ends when a packet with its OVERLAPPED's address leaves the port; the result is the packet's
/// bytes.
public final class OverlappedFuture: LoopFuture<UInt32>, CustomStringConvertible {
  /// What a completion is posted with.
  public let address: UInt
  private var overlapped: OverlappedReference?

  init(ready: ReadyQueue, overlapped: OverlappedReference) {
    address = overlapped.address
    self.overlapped = overlapped
    overlapped.hold()
    super.init(ready: ready)
  }

  /// The cache keeps the OVERLAPPED until the packet comes, whatever became of the future.
  private func dropOverlapped() {
    overlapped.take()?.drop()
  }

  @discardableResult
  public override func cancel() throws(ProactorError) -> Bool {
    dropOverlapped()
    return try super.cancel()
  }

  override func setResult(_ value: UInt32) throws(ProactorError) {
    try super.setResult(value)
    dropOverlapped()
  }

  override func setError(_ error: ProactorError) throws(ProactorError) {
    try super.setError(error)
    dropOverlapped()
  }

  /// As asyncio prints it.
  public var description: String {
    "<_OverlappedFuture \(stateName) overlapped=<\(isDone ? "completed" : "pending"), 0x\(String(address, radix: 16))>>"
  }
}
