// A port as threads name it that do not own it: to wake whoever waits at it.
internal import COverlapped

extension CompletionPort {
  /// The name of a port that somebody else keeps open. It owns nothing.
  package struct Name: Sendable {
    private let handle: WaitableHandle

    fileprivate init(_ handle: WaitableHandle) { self.handle = handle }

    /// Queues a packet; see `CompletionPort.post(bytes:key:address:)`.
    package func post(bytes: UInt32 = 0, key: UInt = 0, address: UInt = 0) throws(Win32Error) {
      let overlapped = unsafe UnsafeMutablePointer<OVERLAPPED>(bitPattern: address)
      guard unsafe PostQueuedCompletionStatus(handle.pointer, bytes, UInt64(key), overlapped) != 0 else {
        throw Win32Error.last(in: "PostQueuedCompletionStatus")
      }
    }
  }

  /// Its name.
  package var name: Name { Name(handle) }
}
