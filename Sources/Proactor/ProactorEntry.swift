// An operation in the proactor's cache: asyncio's tuple of future, OVERLAPPED, object and callback. The callback is
// decided by the kind of future.

/// What the cache and `close()` need of a future, whatever its value.
protocol CachedFuture: AnyObject {
  var isDone: Bool { get }
  var isCancelled: Bool { get }
  /// Whether it is the wait for another wait's unregistration.
  var isWaitCancel: Bool { get }
  var description: String { get }
  @discardableResult
  func cancel() throws(ProactorError) -> Bool
  var hasFailed: Bool { get }
  /// The cache has it now, and keeps it alive.
  func enterCache()
  /// The cache has it no more, nor has the poll that took it out.
  func leaveCache()
  /// Its error has been caught where `overlapped` was at hand, and the `object` it was on.
  func traceback(keeps overlapped: OverlappedReference, on object: PortObject?, of proactor: IOCPProactor)
  /// Its packet has come to `proactor`, whose operation it is.
  func complete(
    _ overlapped: OverlappedReference, _ packet: PacketValues, by proactor: IOCPProactor
  ) throws(ProactorError)
}

/// What a packet says beside its address.
struct PacketValues {
  var bytes: UInt32 = 0
  var key: UInt = 0
}

struct ProactorEntry {
  let future: any CachedFuture
  let overlapped: OverlappedReference
  /// What it belongs to, which is kept alive for it.
  let object: PortObject?
  /// Whether it counts as belonging to something; `close()` asks. asyncio has an object, 0 or None.
  let hasObject: Bool

  /// Nobody who took it out of the cache needs it any more.
  func letGo() {
    future.leaveCache()
    overlapped.drop()
  }
}
