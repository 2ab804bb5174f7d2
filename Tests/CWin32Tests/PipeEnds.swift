// A pipe with both its ends, and operations on it whose memory lies in an arena.
import CArena
import CWin32
import Synchronization
import Testing

/// Both ends of a pipe with a name of its own; overlapped.
final class PipeEnds: @unchecked Sendable {  // @unchecked: handles may be used from any thread
  private static let made = Atomic<Int>(0)
  let name: String
  let server: HANDLE
  let client: HANDLE

  init(bytes: DWORD = 64, messages: Bool = false) {
    name = "\\\\.\\pipe\\test-\(Self.made.add(1, ordering: .relaxed).newValue)"
    let type = messages ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : PIPE_TYPE_BYTE
    let server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, type, 1, bytes, bytes, 0, nil)
    let client = CreateFileA(
      name, GENERIC_READ | GENERIC_WRITE, 0, nil, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nil)
    guard server != lw_invalid_handle_value(), client != lw_invalid_handle_value() else {
      fatalError("no pipe: \(GetLastError())")
    }
    (self.server, self.client) = (server, client)
  }

  func close() {
    CloseHandle(client)
    CloseHandle(server)
  }

  /// Writes at the client's end what has room there.
  func send(_ bytes: [UInt8]) {
    var overlapped = OVERLAPPED()
    var sent: DWORD = 0
    #expect(WriteFile(client, bytes, DWORD(bytes.count), &sent, &overlapped) == 1 && sent == bytes.count)
  }
}

/// An OVERLAPPED and a buffer, each a block of an arena.
struct Request: @unchecked Sendable {  // @unchecked: whoever may touch the memory is what the tests are about
  let arena: TestArena
  let overlapped: UnsafeMutablePointer<OVERLAPPED>
  let buffer: UnsafeMutableRawPointer

  init(_ arena: TestArena, event: HANDLE? = nil) {
    self.arena = arena
    overlapped = arena.allocate()
    overlapped.pointee.hEvent = event
    buffer = lw_alloc(arena.arena, 16, 0, true)!
  }

  /// What the call returned: its error, 0 for TRUE.
  func read(_ file: HANDLE, bytes: DWORD = 16) -> DWORD {
    ReadFile(file, buffer, bytes, nil, overlapped) == 1 ? 0 : GetLastError()
  }

  func free() {
    arena.free(buffer)
    arena.free(overlapped)
  }
}
