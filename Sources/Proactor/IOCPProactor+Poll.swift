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
    tracebacks.letGone()
    // Local variables of the original: they hold what was popped until the next is popped or the poll ends.
    var popped: ProactorEntry?
    var failed: [any CachedFuture] = []
    defer {
      if let popped { keep(popped.overlapped, for: failed) }
      popped?.letGo()
    }
    while let packet = try nextPacket(milliseconds) {
      guard let entry = cache.remove(at: packet.address) else {
        if isDebug && behaviours.contains(.logsUnexpectedEvents) {
          log.unexpectedEvent(
            PacketStatus(error: packet.error, transferred: packet.bytes, key: packet.key, address: packet.address))
        }
        let key = packet.key
        packet.reportUnexpected()
        milliseconds = 0
        // The key of the only packets that have one is a handle that nobody will ask for any more.
        if key != 0 && key != UInt.max, let error = NamedPipe.close(NamedPipe.handle(ofValue: key)) {
          throw ProactorError(error)
        }
        continue
      }
      if behaviours.contains(.putsFalseAlarmsBack), entry.overlapped.isPending {
        _ = cache.insert(entry, at: packet.address)
        packet.putAside()
        continue  // and waits for the whole time again
      }
      milliseconds = 0
      let values = PacketValues(bytes: packet.bytes, key: packet.key)
      packet.complete(entry.overlapped.incarnation, number: entry.overlapped.operation)
      popped.take()?.letGo()
      popped = entry
      if let object = entry.object, object.isStopped(by: number) {
        try entry.future.cancel()
        continue
      }
      guard !(behaviours.contains(.pollSkipsDone) ? entry.future.isDone : entry.future.isCancelled) else { continue }
      try entry.future.complete(entry.overlapped, values, by: self)
      if entry.future.hasFailed { failed.append(entry.future) }
      completedCount += 1
    }
    sweepUnregistered(&popped, failed)
  }

  /// The errors of what has failed in a poll keep what its variable held at its end.
  private func keep(_ overlapped: OverlappedReference, for failed: [any CachedFuture]) {
    for future in failed { future.traceback(keeps: overlapped, of: self) }
  }

  private func nextPacket(_ milliseconds: UInt32) throws(ProactorError) -> Packet? {
    try win32 { () throws(Win32Error) in try portName.get(milliseconds: milliseconds) }
  }

  /// Drops the operations whose unregistration has ended, in the order of the original: its loop names them by the
  /// variable that held the OVERLAPPED of what was `popped`, which therefore goes first, and its list is cleared from
  /// the end. Its variables go with the poll, which this is the end of.
  private func sweepUnregistered(_ popped: inout ProactorEntry?, _ failed: [any CachedFuture]) {
    guard !unregisteredOperations.isEmpty else { return }
    var ended: [OverlappedReference] = []
    swap(&ended, &unregisteredOperations)
    var held = popped?.overlapped
    for overlapped in ended {
      overlapped.hold()
      held?.drop()
      held = overlapped
      cache.remove(at: overlapped.address)?.letGo()
    }
    for overlapped in ended.reversed() { overlapped.drop() }
    if let held { keep(held, for: failed) }
    popped.take()?.future.leaveCache()
    held?.drop()
    // Nothing of this calls anybody who could unregister more; the storage is used again.
    ended.removeAll(keepingCapacity: true)
    unregisteredOperations = ended
  }
}
