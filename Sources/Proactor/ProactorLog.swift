// What the proactor tells its log, in asyncio's words. Values are described only when a handler prints them.
internal import Logging
internal import OverlappedIO

/// The messages of the proactor.
struct ProactorLog {
  let logger: Logger

  /// A packet belongs to no registered operation.
  func unexpectedEvent(_ status: PacketStatus) {
    logger.error(
      "GetQueuedCompletionStatus() returned an unexpected event", metadata: ["status": .stringConvertible(status)])
  }

  /// A wait could not be unregistered.
  func unregisterFailed(_ error: Win32Error, _ future: BaseWaitHandleFuture) {
    logger.error(
      "Failed to unregister the wait handle",
      metadata: ["exception": .stringConvertible(error), "future": .string(future.description)])
  }

  /// An operation could not be cancelled.
  func cancelOverlappedFailed(_ error: Win32Error, _ future: String) {
    logger.error(
      "Cancelling an overlapped future failed",
      metadata: ["exception": .stringConvertible(error), "future": .string(future)])
  }

  /// A callback of the loop threw.
  func callbackFailed(_ error: any Error) {
    logger.error("Exception in callback", metadata: ["exception": .string("\(error)")])
  }

  /// A task has failed, and nobody will ask for its result.
  func taskFailed(_ error: ProactorError) {
    logger.error("Task exception was never retrieved", metadata: ["exception": .stringConvertible(error)])
  }

  /// A task has not ended, and nobody is there any more who would go on with it.
  func taskDestroyed() { logger.error("Task was destroyed but it is pending!") }

  /// A future has an error, and is gone before anybody has asked for it.
  func errorNeverRetrieved(of type: String, _ error: String, _ future: String) {
    logger.error(
      "\(type) exception was never retrieved", metadata: ["exception": .string(error), "future": .string(future)])
  }

  /// A pipe server could not accept a client at `pipe`, which it closes.
  func acceptPipeFailed(_ error: ProactorError, _ pipe: PipeHandle) {
    logger.error(
      "Pipe accept failed", metadata: ["exception": .stringConvertible(error), "pipe": .string(pipe.description)])
  }

  /// The same, when it knows of no pipe, or of one that was closed before.
  func acceptPipeFailed(onClosed pipe: PipeHandle?) {
    logger.warning("Accept pipe failed on pipe \(pipe.map(\.description) ?? "None")")
  }

  /// A server has a client.
  func accepted(_ connection: AcceptedConnection, by listener: SocketHandle) {
    logger.debug("\(listener) got a new connection from \(connection.peer): \(connection.socket)")
  }

  /// A server could not go on accepting, and closes `listener`; `on` says what it is, if the revision does.
  func acceptFailed(_ error: ProactorError, _ listener: SocketHandle, on what: String) {
    logger.error(
      "Accept failed\(what)",
      metadata: ["exception": .stringConvertible(error), "socket": .string(listener.description)])
  }

  /// The same, when it was closed before.
  func acceptFailed(onClosed listener: SocketHandle) { logger.debug("Accept failed on socket \(listener)") }

  /// The loop cannot be woken any more.
  func selfReadFailed(_ error: ProactorError) {
    logger.error("Error on reading from the event loop self pipe", metadata: ["exception": .stringConvertible(error)])
  }

  /// Another thread could not wake the loop: mostly because there is enough to wake it already.
  func selfWriteFailed() { logger.debug("Fail to write a null byte into the self-pipe socket") }

  /// Memory that the kernel may still own was given back.
  func deallocatedPending(_ address: UInt) {
    logger.error(
      "still has pending operation at deallocation, the process may crash",
      metadata: ["overlapped": "0x\(String(address, radix: 16))"])
  }

  /// `close()` could not cancel a future.
  func cancelFailed(_ error: ProactorError, _ future: String) {
    logger.error(
      "Cancelling a future failed", metadata: ["exception": .stringConvertible(error), "future": .string(future)])
  }

  /// Something that was let go could not be closed; nobody is there to hear of the error.
  func deletionFailed(_ error: ProactorError) {
    logger.error("Exception ignored in __del__", metadata: ["exception": .stringConvertible(error)])
  }

  /// A loop has ended, or a pipe end was let go, and something was never closed: asyncio's ResourceWarning.
  func unclosed(_ transport: String) { logger.warning("unclosed \(transport)") }

  /// `close()` waits for operations that are still running.
  func stillClosing() { logger.debug("taking long time to close proactor") }

  /// The same since 2019, when a second has passed.
  func stillClosing(_ proactor: String, for nanoseconds: UInt64) {
    let tenths = (nanoseconds + 50_000_000) / 100_000_000
    logger.debug("\(proactor) is running after closing for \(tenths / 10).\(tenths % 10) seconds")
  }

  /// A loop begins.
  func using(_ name: String) { logger.debug("Using proactor: \(name)") }
}

/// The four values of a packet as asyncio prints them: "err=0 transferred=1 key=0 address=0x7f00".
struct PacketStatus: CustomStringConvertible, Sendable {
  let error: UInt32
  let transferred: UInt32
  let key: UInt
  let address: UInt

  var description: String {
    "err=\(error) transferred=\(transferred) key=0x\(String(key, radix: 16)) address=0x\(String(address, radix: 16))"
  }
}
