// Closing: everything is cancelled, and the port stays open until everything has been heard of.
internal import OrderedCollections
internal import OverlappedIO

extension IOCPProactor {
  /// Cancels what is running, waits until the cache is empty - for ever, when a packet never comes, as the original
  /// does - and closes the port. Idempotent.
  public func close() throws(ProactorError) {
    guard !isClosed else { return }
    for (address, entry) in cache { try cancelForClose(address, entry) }
    while !cache.isEmpty {
      try poll(timeout: .seconds(1))
      log.stillClosing()
    }
    completedCount = 0
    port = nil
  }

  private func cancelForClose(_ address: UInt, _ entry: ProactorEntry) throws(ProactorError) {
    if behaviours.contains(.closeForgetsFinished), entry.isDone, !entry.isCancelled {
      cache.removeValue(forKey: address)
      return entry.overlapped.drop()
    }
    if entry.isCancelled { return }
    if behaviours.contains(.waitCancelIsFinal), entry.isWaitCancel { return }
    do throws(ProactorError) { try entry.cancel() } catch { log.cancelFailed(error, entry.description) }
  }
}
