// Closing: everything is cancelled, and the port stays open until everything has been heard of.
internal import Latewrite
internal import OverlappedIO

extension IOCPProactor {
  /// Cancels what is running, waits until the cache is empty - for ever, when a packet never comes, as the original
  /// does - and closes the port. Idempotent.
  public func close() throws(ProactorError) { try close(keepingPort: false) }

  /// The same; with `keepingPort` the port itself stays open for good, which is how the bug of late posts was worked
  /// around.
  package func close(keepingPort: Bool) throws(ProactorError) {
    // Older revisions start operations on a closed proactor, and never get to close it again.
    guard !isClosed || !cache.isEmpty else { return }
    let last = try cancelAll()
    defer { last?.drop() }
    try waitUntilEmpty()
    completedCount = 0
    takeResults()?.leave()
    tracebacks?.letAllGo()
    context.abandoned.dropAll()
    hasBeenClosed = true
    if let open = port.take() {
      if keepingPort { open.leaveOpen() } else { open.close() }
    }
  }

  /// The place where the program lets its last reference to the proactor go: asyncio's __del__, which closes it, and
  /// then that of what is left in its cache. A proactor that belongs to a loop goes with that.
  ///
  /// Without this call a proactor that was never closed leaves its operations open, and they are reported.
  public func release() {
    if behaviours.contains(.letGoCloses) {
      do throws(ProactorError) { try close() } catch { log.deletionFailed(error) }
    }
    for (address, entry) in cache.inOrder { forget(address, entry) }
    hasBeenClosed = true
    port.take()?.leaveOpen()
  }

  /// Cancels what is in the cache, or forgets it. Nothing is freed meanwhile: the original goes through a list of all,
  /// which it lets go from its end, and a variable keeps the last one until close() returns.
  private func cancelAll() throws(ProactorError) -> OverlappedReference? {
    guard !cache.isEmpty else { return nil }
    let entries = cache.inOrder
    for (_, entry) in entries { entry.overlapped.hold() }
    let last = entries.last?.entry.overlapped
    defer { for (_, entry) in entries.dropLast().reversed() { entry.overlapped.drop() } }
    do throws(ProactorError) {
      for (address, entry) in entries { try cancelForClose(address, entry) }
    } catch {
      last?.drop()
      throw error
    }
    return last
  }

  /// Polls until the cache is empty, and says that it does: each turn, or each second.
  private func waitUntilEmpty() throws(ProactorError) {
    guard !cache.isEmpty else { return }
    let interval = Duration.seconds(1)
    let start = Clock.now
    var next = start.advanced(by: interval)
    while !cache.isEmpty {
      let now = Clock.now
      if behaviours.contains(.closeTellsTime) && now >= next {
        log.stillClosing(description, for: now.nanoseconds - start.nanoseconds)
        next = now.advanced(by: interval)
      }
      try poll(timeout: interval)
      if !behaviours.contains(.closeTellsTime) { log.stillClosing() }
    }
  }

  private func cancelForClose(_ address: UInt, _ entry: ProactorEntry) throws(ProactorError) {
    if behaviours.contains(.closeForgetsObjectless), !entry.hasObject { return forget(address, entry) }
    if behaviours.contains(.closeSkipsCancelled), entry.future.isCancelled { return }
    if behaviours.contains(.waitCancelIsFinal), entry.future.isWaitCancel { return }
    if behaviours.contains(.closeForgetsFinished), entry.future.isDone, !entry.future.isCancelled {
      return forget(address, entry)
    }
    TracedCall.cancel.record(UInt(entry.overlapped.ticket))
    guard behaviours.contains(.closeCancelsFutures) else {
      try? entry.overlapped.cancel()
      return
    }
    do throws(ProactorError) { try entry.future.cancel() } catch { log.cancelFailed(error, entry.future.description) }
  }

  /// Nobody waits for its packet any more, which may come all the same.
  private func forget(_ address: UInt, _ entry: ProactorEntry) {
    _ = cache.remove(at: address)
    entry.letGo()
  }
}
