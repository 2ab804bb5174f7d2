// Files of a disk, as far as sending them goes.
internal import COverlapped

/// A file that is open for reading, owned: it is closed with the value.
///
/// @unchecked Sendable: the handle is set once, and a file may be read by several operations at a time.
@safe public struct DiskFile: ~Copyable, @unchecked Sendable {
  /// The file's handle.
  public let handle: WaitableHandle

  /// Opens the file at `path`. Throws `fileNotFound`, `accessDenied` or `invalidParameter`.
  public init(reading path: String) throws(Win32Error) {
    try refuseZeros(in: [path], "CreateFile")
    let opened = unsafe CreateFileA(path, GENERIC_READ, UInt32(FILE_SHARE_READ), nil, OPEN_EXISTING, 0, nil)
    guard unsafe opened != lw_invalid_handle_value() else {
      throw Win32Error.last(in: "CreateFile")
    }
    unsafe handle = WaitableHandle(opened)
  }

  deinit { _ = unsafe CloseHandle(handle.pointer) }

  /// Closes the file.
  public consuming func close() {}
}
