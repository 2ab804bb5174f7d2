// Polling: packets come out of the port, are matched by address, and complete what they match.
internal import Latewrite
internal import OverlappedIO

extension IOCPProactor {
  /// Waits for completions, `timeout` at most (nil: for ever), and returns how many futures were completed since the
  /// last call. When there are some already, it only returns their number.
  @discardableResult
  public func select(timeout: Duration? = nil) throws(ProactorError) -> Int {
    let count = try selectKeepingResults(timeout: timeout)
    takeResults()?.leave()
    return count
  }

  /// The same, for who leaves the frames of it later: they have the list of what was completed.
  func selectKeepingResults(timeout: Duration?) throws(ProactorError) -> Int {
    if completedCount == 0 { try poll(timeout: timeout) }
    defer { completedCount = 0 }
    return completedCount
  }

  /// The frames of the last select.
  func takeResults() -> SelectFrames? { frames.take() }

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
      if let popped = held.popped { nameLast(popped, popped.overlapped) }
      held.popped.take()?.letGo()
      if behaviours.contains(.selectForgetsResults) { takeResults()?.leave() }
    }
    while let packet = try nextPacket(milliseconds) {
      if try match(packet, &held) { milliseconds = 0 }
    }
    sweepUnregistered(&held)
  }

  /// Local variables of the original: they hold what was popped until the next is popped or the poll ends.
  private struct Held {
    var popped: ProactorEntry?
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
    try complete(entry, values)
    return true
  }

  private func complete(_ entry: ProactorEntry, _ values: PacketValues) throws(ProactorError) {
    if let object = entry.object, object.isStopped(by: number) {
      try entry.future.cancel()
      return
    }
    guard !(behaviours.contains(.pollSkipsDone) ? entry.future.isDone : entry.future.isCancelled) else { return }
    try entry.future.complete(entry.overlapped, values, by: self)
    completedCount += 1
    if entry.future.hasFailed { noteError(of: entry) }
    if !behaviours.contains(.resultDropsOverlapped), entry.future.keepsOverlapped { nameResult(entry) }
  }

  // Not inlined: the future would be retained for them whether they are called or not.

  @inline(never)
  private func noteError(of entry: ProactorEntry) {
    entry.future.errorIsCaught(in: neededFrames())
    if !behaviours.contains(.selectForgetsResults) { nameResult(entry) }
  }

  /// It is in the list that select() will return.
  @inline(never)
  private func nameResult(_ entry: ProactorEntry) { entry.future.isNamed(in: neededFrames()) }

  private func neededFrames() -> SelectFrames {
    if let frames { return frames }
    let made = SelectFrames()
    frames = made
    return made
  }

  /// The poll ends with variables that name what was `popped` last, and the last OVERLAPPED: its errors keep these. A
  /// future that it has completed is in the list of select(), or forgotten.
  private func nameLast(_ popped: ProactorEntry, _ overlapped: OverlappedReference) {
    guard let frames, frames.hasErrors else { return }
    frames.name(overlapped, on: popped.object)
    if !popped.future.hasErrorCaught(in: frames) { popped.future.isNamed(in: frames) }
  }

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
    if let last, let popped = held.popped { nameLast(popped, last) }
    held.popped.take()?.future.leaveCache()
    last?.drop()
    // Nothing of this calls anybody who could unregister more; the storage is used again.
    ended.removeAll(keepingCapacity: true)
    unsafe unregisteredOperations = ended
  }
}
