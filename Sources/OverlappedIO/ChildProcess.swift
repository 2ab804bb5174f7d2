// Child processes as waitable objects.
internal import COverlapped

/// A child process, owned as a handle: letting the value go closes the handle and leaves the process alone.
///
/// @unchecked Sendable: the handle is set once, and its calls may come from any thread.
@safe public struct ChildProcess: ~Copyable, @unchecked Sendable {
  /// Signalled when the process has ended.
  public let handle: WaitableHandle
  /// The system's number of the process.
  public let processID: UInt32

  /// Starts `path` with `arguments` (its own name is put in front).
  /// - Parameters:
  ///   - environment: "NAME=value" strings; nil for the caller's own.
  ///   - input: descriptor of its standard input, still owned by the caller; nil for none.
  public init(
    _ path: String, _ arguments: [String] = [], environment: [String]? = nil, input: Int32? = nil
  ) throws(Win32Error) {
    try refuseZeros(in: [path] + arguments + (environment ?? []), "CreateProcess")
    var process: UnsafeMutableRawPointer?
    var number: UInt32 = 0
    let done = unsafe withStringVector([path] + arguments) { arguments in
      if let environment {
        return unsafe withStringVector(environment) { environment in
          unsafe lw_spawn(path, arguments, environment, input ?? -1, &process, &number)
        }
      }
      return unsafe lw_spawn(path, arguments, nil, input ?? -1, &process, &number)
    }
    guard done != 0, let process = unsafe process else { throw Win32Error.last(in: "CreateProcess") }
    unsafe handle = WaitableHandle(process)
    processID = number
  }

  deinit { _ = unsafe CloseHandle(handle.pointer) }

  /// Closes the handle.
  public consuming func close() {}

  /// The exit code; nil while the process runs. (A process that ends with 259 looks as if it ran, as on Windows.)
  public var exitCode: Int32? {
    var code: UInt32 = 0
    guard unsafe GetExitCodeProcess(handle.pointer, &code) != 0 else {
      fatalError("\(Win32Error.last(in: "GetExitCodeProcess"))")
    }
    return code == STILL_ACTIVE ? nil : Int32(bitPattern: code)
  }

  /// Asks the process to end with `code`; wait for `handle` to see it gone. Throws `accessDenied` when it has ended.
  public borrowing func terminate(code: UInt32 = 1) throws(Win32Error) {
    guard unsafe TerminateProcess(handle.pointer, code) != 0 else { throw Win32Error.last(in: "TerminateProcess") }
  }
}

/// The strings as C takes a list of arguments: pointers ended by NULL, valid during the call.
private func withStringVector<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var offsets: [Int] = []
  var bytes: [CChar] = []
  for string in strings {
    offsets.append(bytes.count)
    bytes.append(contentsOf: string.utf8.map { CChar(bitPattern: $0) })
    bytes.append(0)
  }
  return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
    var pointers = unsafe [UnsafeMutablePointer<CChar>?]()
    for offset in offsets { unsafe pointers.append(bytes.baseAddress! + offset) }
    unsafe pointers.append(nil)
    return unsafe body(pointers)
  }
}
