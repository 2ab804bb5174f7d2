// Completion ports: the queue through which everything that ended comes back.
internal import COverlapped

/// A completion port, owned: it is closed with the value.
///
/// @unchecked Sendable: the handle is set once, and ports are made for any number of threads.
@safe public struct CompletionPort: ~Copyable, @unchecked Sendable {
  /// The port's handle.
  public let handle: WaitableHandle

  /// Creates a port.
  public init() throws(Win32Error) {
    guard let created = unsafe CreateIoCompletionPort(lw_invalid_handle_value(), nil, 0, 0) else {
      throw Win32Error.last(in: "CreateIoCompletionPort")
    }
    unsafe handle = WaitableHandle(created)
  }

  deinit { _ = unsafe CloseHandle(handle.pointer) }

  /// Closes the port: waiters return with `abandonedWait`, queued packets are discarded and settle what they carried.
  public consuming func close() {}

  /// Gives the ownership up without closing: what is left is the handle.
  package consuming func leaveOpen() { discard self }

  /// Queues a packet of three values, none of which is looked at. It carries no loan, whatever lies at the address.
  public borrowing func post(bytes: UInt32 = 0, key: UInt = 0, address: UInt = 0) throws(Win32Error) {
    try name.post(bytes: bytes, key: key, address: address)
  }

  /// Takes the oldest packet, waiting for one; nil when the time is up. Throws `abandonedWait` when the port was closed
  /// meanwhile.
  public borrowing func get(timeout: Duration? = nil) throws(Win32Error) -> Packet? {
    try name.get(milliseconds: wholeMilliseconds(timeout))
  }
}
