// Children whose standard streams are chosen: CreateProcess as Python's subprocess module calls it.
internal import COverlapped

extension ChildProcess {
  /// What a child gets as its standard streams: inheritable handles, still owned by the caller; nil for nothing.
  package struct Streams: Sendable {
    package var input: WaitableHandle?
    package var output: WaitableHandle?
    package var errors: WaitableHandle?

    package init() {}

    /// The caller's own streams, nil where it has none.
    package static var own: Streams {
      var own = Streams()
      own.input = standard(-10)
      own.output = standard(-11)
      own.errors = standard(-12)
      return own
    }

    /// GetStdHandle; Swift does not import the names of its numbers.
    private static func standard(_ number: Int32) -> WaitableHandle? {
      guard let handle = unsafe GetStdHandle(UInt32(bitPattern: number)) else { return nil }
      return unsafe WaitableHandle(handle)
    }
  }

  /// Starts a program, which is looked for along PATH when its name has no separator.
  /// - Parameters:
  ///   - environment: "NAME=value" strings; nil for the caller's own.
  ///   - directory: where it starts; nil for the caller's.
  package init(
    _ program: String, _ arguments: [String], streams: Streams, environment: [String]? = nil, directory: String? = nil
  ) throws(Win32Error) {
    try refuseZeros(in: [program] + arguments + (environment ?? []) + (directory.map { [$0] } ?? []), "CreateProcess")
    var startup = unsafe STARTUPINFOA()
    unsafe startup.cb = UInt32(MemoryLayout<STARTUPINFOA>.size)
    unsafe startup.dwFlags = STARTF_USESTDHANDLES
    unsafe startup.hStdInput = unsafe streams.input?.pointer
    unsafe startup.hStdOutput = unsafe streams.output?.pointer
    unsafe startup.hStdError = unsafe streams.errors?.pointer
    var information = unsafe PROCESS_INFORMATION()
    var line = Self.commandLine([program] + arguments).utf8CString
    var block = environment.map { $0.flatMap(\.utf8CString) + [0] }
    let done = unsafe line.withUnsafeMutableBufferPointer { line in
      unsafe Self.withOptional(&block) { block in
        unsafe CreateProcessA(
          nil, line.baseAddress, nil, nil, 1, 0, block, directory, &startup, &information)
      }
    }
    guard done != 0, let process = unsafe information.hProcess else { throw Win32Error.last(in: "CreateProcess") }
    if let thread = unsafe information.hThread { _ = unsafe CloseHandle(thread) }
    unsafe handle = WaitableHandle(process)
    processID = unsafe information.dwProcessId
  }

  private static func withOptional<Result>(
    _ block: inout [CChar]?, _ body: (UnsafeMutableRawPointer?) -> Result
  ) -> Result {
    guard block != nil else { return body(nil) }
    return unsafe block!.withUnsafeMutableBytes { block in unsafe body(block.baseAddress) }
  }

  /// Arguments as one line that Microsoft's C run time splits into the same ones: Python's list2cmdline.
  package static func commandLine(_ arguments: [String]) -> String {
    arguments.map(quoted).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    var text = "", backslashes = 0
    for character in argument.unicodeScalars {
      switch character {
      case "\\": backslashes += 1
      case "\"":
        text += String(repeating: "\\", count: 2 * backslashes + 1) + "\""
        backslashes = 0
      default:
        text += String(repeating: "\\", count: backslashes)
        text.unicodeScalars.append(character)
        backslashes = 0
      }
    }
    let isQuoted = argument.isEmpty || argument.contains { $0 == " " || $0 == "\t" }
    text += String(repeating: "\\", count: isQuoted ? 2 * backslashes : backslashes)
    return isQuoted ? "\"\(text)\"" : text
  }
}
