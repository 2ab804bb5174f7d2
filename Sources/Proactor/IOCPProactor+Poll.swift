// Polling: packets come out of the port, are matched by address, and complete what they match.
internal import Latewrite
internal import OverlappedIO

extension IOCPProactor {
  /// Waits for completions, `timeout` at most (nil: for ever), and returns how many futures were completed since the
  /// last call. When there are some already, it only returns their number.
  @discardableResult
  public func select(timeout: Duration? = nil) throws(ProactorError) -> Int {
    if completedCount == 0 { try poll(timeout: timeout) }
    defer { completedCount = 0 }
    return completedCount
  }

  /// Takes every packet out of the port, waiting for the first one only.
  func poll(timeout: Duration?) throws(ProactorError) {
    if let timeout, timeout < .zero { throw ProactorError(.negativeTimeout) }
    var milliseconds = wholeMilliseconds(timeout)
    if timeout != nil && milliseconds == .max { throw ProactorError(.timeoutTooBig) }
    try checkOpen()
    context.abandoned.adopt()
    context.abandoned.dropAll()
    tracebacks?.letGone()
    var held = Held()
    defer {
      if !held.failed.isEmpty, let popped = held.popped { keep(popped.overlapped, on: popped.object, for: held.failed) }
      held.popped.take()?.letGo()
    }
    while let packet = try nextPacket(milliseconds) {
      if try match(packet, &held) { milliseconds = 0 }
    }
    sweepUnregistered(&held)
  }

  /// Local variables of the original: they hold what was popped until the next is popped or the poll ends.
  private struct Held {
    var popped: ProactorEntry?
    var failed: [any CachedFuture] = []
  }

  /// Completes what a packet matches. False: its operation still runs, and the poll waits for the whole time again.
  private func match(_ packet: consuming Packet, _ held: inout Held) throws(ProactorError) -> Bool {
    guard let entry = cache.remove(at: packet.address) else {
      try meetUnexpected(packet)
      return true
    }
    if behaviours.contains(.putsFalseAlarmsBack), entry.overlapped.isPending {
      _ = cache.insert(entry, at: packet.address)
      packet.putAside()
      return false
    }
    let values = PacketValues(bytes: packet.bytes, key: packet.key)
    packet.complete(entry.overlapped.incarnation, number: entry.overlapped.operation)
    held.popped.take()?.letGo()
    defer { held.popped = entry }
    try complete(entry, values, &held.failed)
    return true
  }

  private func complete(
    _ entry: ProactorEntry, _ values: PacketValues, _ failed: inout [any CachedFuture]
  ) throws(ProactorError) {
    if let object = entry.object, object.isStopped(by: number) {
      try entry.future.cancel()
      return
    }
    guard !(behaviours.contains(.pollSkipsDone) ? entry.future.isDone : entry.future.isCancelled) else { return }
    try entry.future.complete(entry.overlapped, values, by: self)
    if entry.future.hasFailed { note(entry, in: &failed) }
    completedCount += 1
  }

  /// Not inlined: the future would be retained for it whether it has failed or not.
  @inline(never)
  private func note(_ entry: ProactorEntry, in failed: inout [any CachedFuture]) { failed.append(entry.future) }

  private func meetUnexpected(_ packet: consuming Packet) throws(ProactorError) {
    if isDebug && behaviours.contains(.logsUnexpectedEvents) {
      log.unexpectedEvent(
        PacketStatus(error: packet.error, transferred: packet.bytes, key: packet.key, address: packet.address))
    }
    let key = packet.key
    packet.reportUnexpected()
    // The key of the only packets that have one is a handle that nobody will ask for any more.
    if key != 0 && key != UInt.max, let error = NamedPipe.close(NamedPipe.handle(ofValue: key)) {
      throw ProactorError(error)
    }
  }

  /// The errors of what has failed in a poll keep what its variable held at its end.
  private func keep(_ overlapped: OverlappedReference, on object: PortObject?, for failed: [any CachedFuture]) {
    for future in failed { future.traceback(keeps: overlapped, on: object, of: self) }
  }

  private func nextPacket(_ milliseconds: UInt32) throws(ProactorError) -> Packet? {
    try win32 { () throws(Win32Error) in try portName.get(milliseconds: milliseconds) }
  }

  /// Drops the operations whose unregistration has ended, in the order of the original: its loop names them by the
  /// variable that held the OVERLAPPED of what was `popped`, which therefore goes first, and its list is cleared from
  /// the end. Its variables go with the poll, which this is the end of.
  private func sweepUnregistered(_ held: inout Held) {
    guard unsafe !unregisteredOperations.isEmpty else { return }
    var ended: [OverlappedReference] = []
    unsafe swap(&ended, &unregisteredOperations)
    var last = held.popped?.overlapped
    for overlapped in ended {
      overlapped.hold()
      last?.drop()
      last = overlapped
      cache.remove(at: overlapped.address)?.letGo()
    }
    for overlapped in ended.reversed() { overlapped.drop() }
    if let last { keep(last, on: held.popped?.object, for: held.failed) }
    held.popped.take()?.future.leaveCache()
    last?.drop()
    // Nothing of this calls anybody who could unregister more; the storage is used again.
    ended.removeAll(keepingCapacity: true)
    unsafe unregisteredOperations = ended
  }
}
