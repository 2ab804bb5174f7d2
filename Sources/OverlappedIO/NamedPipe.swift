// Named pipes as asyncio makes and opens them: message pipes for overlapped I/O, unlimited instances.
internal import COverlapped
internal import Latewrite

/// The calls that make and open pipes. The handles are the caller's to close.
package enum NamedPipe {
  /// What asyncio's pipe server asks for: 8,192 bytes each way.
  private static let bufferBytes: UInt32 = 8192

  /// A further instance of the pipe `name`; `first`: it must not be there yet.
  package static func makeInstance(_ name: String, isFirst: Bool) throws(Win32Error) -> WaitableHandle {
    try refuseZeros(in: [name], "CreateNamedPipe")
    let mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (isFirst ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0)
    let made = unsafe CreateNamedPipeA(
      name, mode, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, PIPE_UNLIMITED_INSTANCES, bufferBytes,
      bufferBytes, NMPWAIT_WAIT_FOREVER, nil)
    return try unsafe handle(made, "CreateNamedPipe")
  }

  /// Opens the client end. Throws `fileNotFound` or `pipeBusy`.
  package static func open(_ name: String, isOverlapped: Bool = true) throws(Win32Error) -> WaitableHandle {
    try refuseZeros(in: [name], "CreateFile")
    let opened = unsafe CreateFileA(
      name, GENERIC_READ | GENERIC_WRITE, 0, nil, OPEN_EXISTING, isOverlapped ? FILE_FLAG_OVERLAPPED : 0, nil)
    return try unsafe handle(opened, "CreateFile")
  }

  /// Writes to an end that is not overlapped.
  package static func write(_ pipe: WaitableHandle, _ data: [UInt8]) throws(Win32Error) {
    guard let bytes = UInt32(exactly: data.count) else { throw Win32Error(.invalidParameter, in: "WriteFile") }
    var written: UInt32 = 0
    let done = unsafe data.withUnsafeBytes { data in
      unsafe WriteFile(pipe.pointer, data.baseAddress, bytes, &written, nil)
    }
    guard done != 0 else { throw Win32Error.last(in: "WriteFile") }
  }

  /// A handle that came as the key of a packet.
  package static func handle(ofValue value: UInt) -> WaitableHandle { WaitableHandle(value: value) }

  /// Closes a handle. Returns why not, when it was closed before.
  @discardableResult
  package static func close(_ handle: WaitableHandle) -> Win32Error? {
    let error = unsafe CloseHandle(handle.pointer) != 0 ? nil : Win32Error.last(in: "CloseHandle")
    TracedCall.closeHandle.record(handle.value, result: error?.code.rawValue ?? 0)
    return error
  }

  private static func handle(
    _ made: UnsafeMutableRawPointer?, _ call: String
  ) throws(Win32Error) -> WaitableHandle {
    guard let made = unsafe made, unsafe made != lw_invalid_handle_value() else { throw Win32Error.last(in: call) }
    return unsafe WaitableHandle(made)
  }
}
