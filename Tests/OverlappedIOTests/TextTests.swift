// Text that goes to a call or comes from one: what has a zero in it is refused, and every error has a sentence.
import COverlapped
import Testing

@testable import OverlappedIO

@Suite("Text of calls")
struct TextTests {
  @Test("what a call would cut at a zero is refused")
  func zeros() throws {
    #expect(throws: Win32Error(.invalidParameter, in: "CreateFile")) { _ = try DiskFile(reading: "/etc/\0passwd") }
    #expect(throws: Win32Error(.invalidParameter, in: "CreateNamedPipe")) {
      try NamedPipe.makeInstance("\\\\.\\pipe\\zero\0", isFirst: true)
    }
    #expect(throws: Win32Error(.invalidParameter, in: "CreateFile")) { try NamedPipe.open("\\\\.\\pipe\\\0") }
    for (program, arguments, environment) in [
      ("/bin/true\0", [], []), ("/bin/true", ["\0"], []), ("/bin/true", [], ["A=\0"]),
    ] {
      #expect(throws: Win32Error(.invalidParameter, in: "CreateProcess")) {
        _ = try ChildProcess(program, arguments, environment: environment)
      }
      #expect(throws: Win32Error(.invalidParameter, in: "CreateProcess")) {
        _ = try ChildProcess(program, arguments, streams: .own, environment: environment)
      }
    }
    #expect(throws: Win32Error(.invalidParameter, in: "CreateProcess")) {
      _ = try ChildProcess("/bin/true", [], streams: .own, directory: "/\0")
    }
    #expect(SocketAddress("127.0.0.1\0", port: 1) == nil)
  }

  @Test(
    "an error without a sentence of this module has the system's, or says that it has none",
    arguments: [
      (123, "the filename, directory name, or volume label syntax is incorrect"),
      (10048, "only one usage of each socket address (protocol/network address/port) is normally permitted"),
      (54321, "an error that has no name here"),
    ])
  func sentences(code: UInt32, sentence: String) {
    SetLastError(7)
    let error = Win32Error(Win32Error.Code(rawValue: code), in: "bind")
    #expect(error.description == "bind failed: \(sentence) (error \(code))")
    #expect(GetLastError() == 7)
  }
}
