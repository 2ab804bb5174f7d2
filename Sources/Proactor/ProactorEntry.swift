// An operation in the proactor's cache: asyncio's tuple of future, OVERLAPPED, object and callback. The callback is
// decided by the kind of future.

/// What the cache and `close()` need of a future, whatever its value.
protocol CachedFuture: AnyLoopFuture {
  /// Whether it is the wait for another wait's unregistration.
  var isWaitCancel: Bool { get }
  var description: String { get }
  @discardableResult
  func cancel() throws(ProactorError) -> Bool
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
