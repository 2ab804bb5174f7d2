// Child processes: told to end through their input, seen to end through their handle.
import Glibc
import OverlappedIO
import Testing

@Suite("Child process")
struct ChildProcessTests {
  @Test("a child runs until its input ends, and then its exit code is there")
  func exitCode() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    // Another test's child must not inherit the end that keeps this one alive.
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    let child = try ChildProcess("/bin/sh", ["-c", "read line; exit 7"], input: ends[0])
    close(ends[0])
    let early = child.exitCode
    let running = try wait(for: child.handle, timeout: .zero)
    close(ends[1])
    _ = try wait(for: child.handle)
    let late = child.exitCode
    #expect(early == nil && running == .timedOut && late == 7)
  }

  @Test("a child gets the environment it is given")
  func environment() throws {
    let child = try ChildProcess("/bin/sh", ["-c", "exit $CODE"], environment: ["CODE=23"])
    _ = try wait(for: child.handle)
    let code = child.exitCode
    #expect(code == 23)
  }

  @Test("terminating a child ends it with the code, and twice is refused")
  func terminate() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
    let child = try ChildProcess("/bin/sh", ["-c", "read line"], input: ends[0])
    try child.terminate(code: 9)
    _ = try wait(for: child.handle)
    let code = child.exitCode
    var again: Win32Error?
    do throws(Win32Error) { try child.terminate() } catch { again = error }
    close(ends[0])
    close(ends[1])
    #expect(code == 9 && again?.code == .accessDenied)
  }

  @Test("a program that does not exist is refused")
  func missing() {
    let error = #expect(throws: Win32Error.self) { _ = try ChildProcess("/no/such/program") }
    #expect(error?.code == .fileNotFound && error?.call == "CreateProcess")
  }
}
