// A port as threads name it that do not own it: to wake whoever waits at it.
internal import COverlapped

extension CompletionPort {
  /// The name of a port that somebody else keeps open. It owns nothing.
  package struct Name: Sendable {
    let handle: WaitableHandle

    fileprivate init(_ handle: WaitableHandle) { self.handle = handle }

    /// Queues a packet; see `CompletionPort.post(bytes:key:address:)`.
    package func post(bytes: UInt32 = 0, key: UInt = 0, address: UInt = 0) throws(Win32Error) {
      let overlapped = unsafe UnsafeMutablePointer<OVERLAPPED>(bitPattern: address)
      guard unsafe PostQueuedCompletionStatus(handle.pointer, bytes, UInt64(key), overlapped) != 0 else {
        throw Win32Error.last(in: "PostQueuedCompletionStatus")
      }
    }

    /// Has the completions of `file` come to this port. A file has one port, once.
    package func associate(_ file: WaitableHandle) throws(Win32Error) {
      guard unsafe CreateIoCompletionPort(file.pointer, handle.pointer, 0, 0) != nil else {
        throw Win32Error.last(in: "CreateIoCompletionPort")
      }
    }

    /// Takes the oldest packet; see `CompletionPort.get(timeout:)`.
    package func get(milliseconds: UInt32) throws(Win32Error) -> Packet? {
      var packet = unsafe lw_packet()
      if unsafe lw_get_packet(handle.pointer, &packet, milliseconds) != 0 { return unsafe Packet(packet) }
      let error = Win32Error.last(in: "GetQueuedCompletionStatus")
      if error.code.rawValue == WAIT_TIMEOUT { return nil }
      throw error
    }
  }

  /// Its name.
  package var name: Name { Name(handle) }
}
