// The self-pipe: a pair of sockets of which the loop always reads one end, so that a byte written to the other wakes
// it. What becomes of that read when the loop stops is gh-116773.
internal import OverlappedIO

/// asyncio's _ssock and _csock with _loop_self_reading. Used on the loop's thread.
final class SelfPipe {
  private static let bytesAtOnce = 4096

  private let proactor: IOCPProactor
  private let mailbox: LoopMailbox
  /// The end that is read and the one that is written; nil before `open()` and after `close()`.
  private var ends: (reading: SocketHandle, writing: SocketHandle)?
  private var reading: OverlappedFuture<[UInt8]>?

  init(_ proactor: IOCPProactor, _ mailbox: LoopMailbox) {
    self.proactor = proactor
    self.mailbox = mailbox
  }

  /// Makes the pair. Its read begins in the next turn, unless each run begins one.
  func open() throws(ProactorError) {
    let made = try SocketHandle.pair()
    ends = (made.0, made.1)
    mailbox.ring(made.1.fileno)
    if !proactor.behaviours.contains(.runStartsSelfRead) { readSoon() }
  }

  /// A run begins.
  func beginReading() throws(ProactorError) {
    if ends == nil { try open() }
    if proactor.behaviours.contains(.runStartsSelfRead) && reading == nil { readSoon() }
  }

  private func readSoon() { proactor.ready.callSoon { [self] in readNext(after: nil) } }

  private func readNext(after future: LoopFuture<[UInt8]>?) {
    for _ in 0..<mailbox.takeFailures() { proactor.log.selfWriteFailed() }
    do throws(ProactorError) {
      _ = try future?.result()
      // Another run has begun meanwhile and reads itself.
      guard reading === future, let ends else { return }
      let next = try proactor.receive(ends.reading, atMost: Self.bytesAtOnce)
      reading = next
      next.addDoneCallback { [self] future in readNext(after: future) }
    } catch {
      if error.code != .cancelled { proactor.log.selfReadFailed(error) }
    }
  }

  /// A run ends: the read is cancelled, and out of the cache at the end of the next poll - unless the kernel still
  /// works on it, where that is asked.
  func endReading() throws(ProactorError) {
    guard proactor.behaviours.contains(.stopCancelsSelfRead), let future = reading else { return }
    let overlapped = future.overlapped
    overlapped?.hold()
    defer { overlapped?.drop() }
    try future.cancel()
    reading = nil
    guard let overlapped else { return }
    if proactor.behaviours.contains(.keepsPendingSelfRead) && overlapped.isPending { return }
    try proactor.unregister(overlapped)
  }

  /// The loop goes, and its sockets with it.
  func letGo() {
    reading = nil
    ends = nil
  }

  /// The loop closes.
  func close() throws(ProactorError) {
    try reading.take()?.cancel()
    guard let ends = ends.take() else { return }
    ends.reading.close()
    ends.writing.close()
  }
}
