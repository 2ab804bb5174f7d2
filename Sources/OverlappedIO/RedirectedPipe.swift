// The pipe between a child's standard stream and its parent, as asyncio makes one: anonymous pipes know no overlapped
// I/O, so it is a named one whose name nobody else is told.
internal import COverlapped
internal import Synchronization

/// The two ends of a pipe, both to be closed by the caller: the parent's for overlapped I/O, the child's to be
/// inherited.
package struct RedirectedPipe: Sendable {
  package let parent: WaitableHandle
  package let child: WaitableHandle

  private static let bufferBytes: UInt32 = 8192
  private static let made = Atomic<UInt64>(0)

  /// A pipe that the child reads or, with `childReads` false, writes.
  package init(childReads: Bool) throws(Win32Error) {
    // relaxed: any other number will do.
    let number = Self.made.add(1, ordering: .relaxed).newValue
    let name = "\\\\.\\pipe\\latewrite-pipe-\(GetCurrentProcessId())-\(number)-"
    // The parent keeps both directions of the child's input, so that a read tells when the child has closed it.
    let mode = childReads ? PIPE_ACCESS_DUPLEX : PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED
    let server = unsafe CreateNamedPipeA(
      name, mode | FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_WAIT, 1, childReads ? Self.bufferBytes : 0, Self.bufferBytes,
      NMPWAIT_WAIT_FOREVER, nil)
    let first = try unsafe Self.handle(server, "CreateNamedPipe")
    let client = unsafe CreateFileA(
      name, childReads ? GENERIC_READ | GENERIC_WRITE : GENERIC_WRITE, 0, nil, OPEN_EXISTING,
      childReads ? FILE_FLAG_OVERLAPPED : 0, nil)
    let second: WaitableHandle
    do throws(Win32Error) { second = try unsafe Self.handle(client, "CreateFile") } catch {
      NamedPipe.close(first)
      throw error
    }
    parent = childReads ? second : first
    child = childReads ? first : second
    _ = unsafe SetHandleInformation(child.pointer, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT)
  }

  /// Closes both ends.
  package func close() {
    NamedPipe.close(parent)
    NamedPipe.close(child)
  }

  private static func handle(_ made: UnsafeMutableRawPointer?, _ call: String) throws(Win32Error) -> WaitableHandle {
    guard let made = unsafe made, unsafe made != lw_invalid_handle_value() else { throw Win32Error.last(in: call) }
    return unsafe WaitableHandle(made)
  }
}
