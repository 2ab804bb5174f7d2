// Child processes: exit codes, waiting, ending them, command lines, and that nothing stays behind.
import CWin32
import Glibc
import Testing

/// A child of the shell's, with its standard input.
func startShell(_ script: String, input: Int32 = -1) -> HANDLE? {
  var process: HANDLE?
  let arguments: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", script].map { (text: String) in strdup(text) } + [nil]
  defer { for argument in arguments { free(argument) } }
  return lw_spawn("/bin/sh", arguments, nil, input, &process, nil) == 1 ? process : nil
}

/// How many descriptors of this process watch a child.
func childDescriptors() -> Int {
  directoryNames("/proc/self/fd").count { name in
    var target = [CChar](repeating: 0, count: 64)
    return readlink("/proc/self/fd/\(name)", &target, 63) > 0
      && target.withUnsafeBufferPointer { strstr($0.baseAddress!, "pidfd") != nil }
  }
}

func exitCode(_ process: HANDLE?) -> DWORD {
  var code: DWORD = 0
  #expect(GetExitCodeProcess(process, &code) == 1)
  return code
}

/// CreateProcess with a command line; the handles, or the error.
func createProcess(_ line: String, application: String? = nil, directory: String? = nil, environment: [UInt8]? = nil)
  -> (information: PROCESS_INFORMATION, error: DWORD)
{
  var startup = STARTUPINFOA()
  startup.cb = DWORD(MemoryLayout<STARTUPINFOA>.size)
  var information = PROCESS_INFORMATION()
  var text = Array(line.utf8CString)
  var block = environment ?? []
  let done = block.withUnsafeMutableBytes { block in
    CreateProcessA(
      application, &text, nil, nil, 0, 0, environment == nil ? nil : block.baseAddress, directory, &startup,
      &information)
  }
  return (information, done == 1 ? 0 : GetLastError())
}

@Suite struct ProcessTests {
  @Test func `A child is active until it ends, and then keeps its exit code`() {
    // The child ends when its standard input does.
    var ends: [Int32] = [0, 0]
    // No other test's child may keep the writing end open.
    #expect(pipe(&ends) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
    let process = startShell("read line; exit 42", input: ends[0])
    let id = GetProcessId(process)
    close(ends[0])
    #expect(exitCode(process) == STILL_ACTIVE)
    #expect(!isSet(process))
    #expect(id != 0)
    close(ends[1])
    CWin32Tests.wait(for: process)
    #expect(isSet(process), "an ended process stays signalled")
    #expect(exitCode(process) == 42)
    #expect(TerminateProcess(process, 1) == 0 && GetLastError() == ERROR_ACCESS_DENIED)
    #expect(kill(pid_t(id), 0) == -1 && errno == ESRCH, "the child was not reaped")
    CloseHandle(process)
  }

  @Test(
    arguments: [
      (SIGSEGV, STATUS_ACCESS_VIOLATION), (SIGABRT, 3), (SIGINT, STATUS_CONTROL_C_EXIT), (SIGFPE, 0xC000_0094),
      (SIGILL, 0xC000_001D), (SIGKILL, 137), (SIGTERM, 143),
    ] as [(Int32, DWORD)])
  func `A child that a signal ends has the code of a like end on Windows`(signal: Int32, code: DWORD) {
    let process = startShell("ulimit -c 0; kill -\(signal) $$")
    CWin32Tests.wait(for: process)
    #expect(exitCode(process) == code)
    CloseHandle(process)
  }

  @Test func `TerminateProcess ends a child with the code asked for`() {
    let process = startShell("while :; do read line < /dev/zero; done")
    #expect(TerminateProcess(process, 77) == 1)
    CWin32Tests.wait(for: process)
    #expect(exitCode(process) == 77)
    CloseHandle(process)
  }

  @Test func `A registered wait fires once for a child's end`() {
    let calls = Calls()
    let process = startShell("exit 5")
    let wait = calls.register(process, flags: once | inWaitThread)
    CWin32Tests.wait(for: calls.entered)
    #expect(exitCode(process) == 5)
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(calls.count == 1)
    CloseHandle(process)
  }

  @Test func `What cannot be started says why`() {
    var process: HANDLE?
    let arguments: [UnsafeMutablePointer<CChar>?] = [nil]
    #expect(lw_spawn("/nonexistent", arguments, nil, -1, &process, nil) == 0 && GetLastError() == ERROR_FILE_NOT_FOUND)
    #expect(lw_spawn("/etc/passwd", arguments, nil, -1, &process, nil) == 0 && GetLastError() == ERROR_BAD_EXE_FORMAT)
    #expect(createProcess("latewrite-no-such-program x").error == ERROR_FILE_NOT_FOUND)
    #expect(createProcess("true", directory: "/nonexistent").error == ERROR_DIRECTORY)
    #expect(CreateProcessA(nil, nil, nil, nil, 0, 0, nil, nil, nil, nil) == 0)
    #expect(GetLastError() == ERROR_INVALID_PARAMETER)
  }

  @Test func `Two hundred children at once all end with their codes, and nothing stays behind`() async {
    await #expect(processExitsWith: .success) {
      let children = (0..<200).map { startShell("exit \($0)") }
      for (index, child) in children.enumerated() {
        CWin32Tests.wait(for: child)
        #expect(exitCode(child) == DWORD(index))
      }
      #expect(childDescriptors() == 200, "one for each child whose handle is open")
      for child in children { CloseHandle(child) }
      #expect(lw_win32_count().handles == 0)
      #expect(waitpid(-1, nil, 0) == -1 && errno == ECHILD, "a child was not reaped")
      while childDescriptors() != 0 { SwitchToThread() }  // the poller's reference to the last may be a moment older
    }
  }

  @Test func `A child whose handle was closed is reaped all the same`() async {
    await #expect(processExitsWith: .success) {
      for _ in 0..<20 { CloseHandle(startShell("exit 0")) }
      var information = siginfo_t()
      // Only looks (WNOWAIT); the layer reaps. An endless loop here is a child that stays a zombie.
      while waitid(P_ALL, 0, &information, WEXITED | WNOWAIT | WNOHANG) == 0 { SwitchToThread() }
      #expect(errno == ECHILD)
    }
  }
}

@Suite struct CreateProcessTests {
  /// Has printf show its arguments, one a line in brackets, on the standard output of this process.
  static func show(_ arguments: String) {
    let (information, error) = createProcess("printf [%s]\\n \(arguments)")
    #expect(error == 0)
    CWin32Tests.wait(for: information.hProcess)
  }

  @Test func `A command line is split by the rules of Microsoft's C run time`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      CreateProcessTests.show(#"a "b c" d"#)
      CreateProcessTests.show(#""ab\"c" "\\" d"#)
      CreateProcessTests.show(#"a\\\b d"e f"g h"#)
      CreateProcessTests.show(#"a\\\"b c d"#)
      CreateProcessTests.show(#"a\\\\"b c" d e"#)
      CreateProcessTests.show(#""a""b" "" x"#)
      CreateProcessTests.show("\t tab\ttab \"unclosed one")
    }
    let expected = #"""
      [a]
      [b c]
      [d]
      [ab"c]
      [\]
      [d]
      [a\\\b]
      [de fg]
      [h]
      [a\"b]
      [c]
      [d]
      [a\\b c]
      [d]
      [e]
      [a"b]
      []
      [x]
      [tab]
      [tab]
      [unclosed one]

      """#
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(output.hasSuffix(expected) || output.contains(expected))
  }

  // In a process of its own: a handle of another kind may have a value that another test has closed.
  @Test func `Both handles are signalled at the end and are the caller's to close`() async {
    await #expect(processExitsWith: .success) {
      let (information, error) = createProcess("sh -c \"exit 9\"")
      #expect(error == 0 && information.dwProcessId != 0)
      CWin32Tests.wait(for: information.hProcess)
      #expect(isSet(information.hThread))
      var code: DWORD = 0
      #expect(exitCode(information.hProcess) == 9)
      #expect(GetExitCodeThread(information.hThread, &code) == 1 && code == 9)
      #expect(GetExitCodeProcess(information.hThread, &code) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(CloseHandle(information.hProcess) == 1 && CloseHandle(information.hThread) == 1)
    }
  }

  @Test func `Application, directory and environment are passed on`() {
    let environment = Array("LW_A=1\0LW_B=two words\0\0".utf8)
    let script = #"sh -c "test \"$PWD\" = /usr -a \"$LW_B\" = 'two words' -a -z \"$HOME\"""#
    let (information, error) = createProcess(
      script, application: "/bin/sh", directory: "/usr", environment: environment)
    #expect(error == 0)
    CWin32Tests.wait(for: information.hProcess)
    #expect(exitCode(information.hProcess) == 0)
    CloseHandle(information.hProcess)
    CloseHandle(information.hThread)
  }

  @Test func `A suspended child begins when its thread is resumed`() {
    var startup = STARTUPINFOA()
    var information = PROCESS_INFORMATION()
    var line = Array("sh -c \"exit 4\"".utf8CString)
    #expect(CreateProcessA(nil, &line, nil, nil, 0, CREATE_SUSPENDED, nil, nil, &startup, &information) == 1)
    #expect(WaitForSingleObject(information.hProcess, 20) == WAIT_TIMEOUT)
    #expect(ResumeThread(information.hThread) == 1 && ResumeThread(information.hThread) == 0)
    CWin32Tests.wait(for: information.hProcess)
    #expect(exitCode(information.hProcess) == 4)
    CloseHandle(information.hProcess)
    CloseHandle(information.hThread)
  }

  @Test func `A child's streams are pipe ends; its end comes after all that it wrote`() async {
    await #expect(processExitsWith: .success) {
      var inherited = SECURITY_ATTRIBUTES(nLength: 24, lpSecurityDescriptor: nil, bInheritHandle: 1)
      var (inRead, inWrite, outRead, outWrite): (HANDLE?, HANDLE?, HANDLE?, HANDLE?)
      #expect(CreatePipe(&inRead, &inWrite, &inherited, 0) == 1 && CreatePipe(&outRead, &outWrite, &inherited, 0) == 1)
      // The child would hold its own input open.
      for own in [inWrite, outRead] { #expect(SetHandleInformation(own, DWORD(HANDLE_FLAG_INHERIT), 0) == 1) }
      var startup = STARTUPINFOA()
      startup.dwFlags = STARTF_USESTDHANDLES
      (startup.hStdInput, startup.hStdOutput) = (inRead, outWrite)
      var information = PROCESS_INFORMATION()
      var line = Array("cat".utf8CString)
      #expect(CreateProcessA(nil, &line, nil, nil, 1, 0, nil, nil, &startup, &information) == 1)
      CloseHandle(inRead)
      CloseHandle(outWrite)
      var moved: DWORD = 0
      #expect(WriteFile(inWrite, Array("through a cat".utf8), 13, &moved, nil) == 1)
      CloseHandle(inWrite)
      CWin32Tests.wait(for: information.hProcess)
      var available: DWORD = 0
      #expect(PeekNamedPipe(outRead, nil, 0, nil, &available, nil) == 1 && available == 13)
      var text = [UInt8](repeating: 0, count: 32)
      #expect(
        ReadFile(outRead, &text, 32, &moved, nil) == 1
          && String(decoding: text[..<13], as: UTF8.self) == "through a cat")
      #expect(ReadFile(outRead, &text, 32, &moved, nil) == 0 && GetLastError() == ERROR_BROKEN_PIPE)
      for handle in [outRead, information.hProcess, information.hThread] { CloseHandle(handle) }
      while lw_win32_count().handles != 0 { SwitchToThread() }  // what carried the child's input may end a moment later
    }
  }
}
