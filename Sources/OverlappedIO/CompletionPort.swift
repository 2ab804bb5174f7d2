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

  /// Has the completions of `file` come to this port. A file has one port, once.
  package borrowing func associate(_ file: WaitableHandle) throws(Win32Error) {
    guard unsafe CreateIoCompletionPort(file.pointer, handle.pointer, 0, 0) != nil else {
      throw Win32Error.last(in: "CreateIoCompletionPort")
    }
  }

  /// Gives the ownership up without closing: what is left is the handle.
  package consuming func leaveOpen() { discard self }

  /// Queues a packet of three values, none of which is looked at. It carries no loan, whatever lies at the address.
  public borrowing func post(bytes: UInt32 = 0, key: UInt = 0, address: UInt = 0) throws(Win32Error) {
    try name.post(bytes: bytes, key: key, address: address)
  }

  /// Takes the oldest packet, waiting for one; nil when the time is up. Throws `abandonedWait` when the port was closed
  /// meanwhile.
  public borrowing func get(timeout: Duration? = nil) throws(Win32Error) -> Packet? {
    try get(milliseconds: wholeMilliseconds(timeout))
  }

  package borrowing func get(milliseconds: UInt32) throws(Win32Error) -> Packet? {
    var packet = unsafe lw_packet()
    if unsafe lw_get_packet(handle.pointer, &packet, milliseconds) != 0 { return unsafe Packet(packet) }
    let error = Win32Error.last(in: "GetQueuedCompletionStatus")
    if error.code.rawValue == WAIT_TIMEOUT { return nil }
    throw error
  }
}
