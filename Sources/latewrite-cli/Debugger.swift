// gdb, started on this program itself, or on one that is explored.
internal import Exploration
internal import Glibc
internal import Harness

enum Debugger {
  /// Becomes gdb, which runs the replay of `token` and stops before `step`, in the thread that is about to act. Returns
  /// only by throwing, when there is no gdb.
  static func replay(_ token: String, before step: UInt32) throws -> Never {
    try become(on: [ownPath(), "replay", token, "--stop-before", "\(step)"])
  }

  /// The same for a program that is built with tools/cc.
  static func replay(_ schedule: Schedule, of program: ControlledProgram, before step: UInt32) throws -> Never {
    let variable = program.prepareForDebugger(schedule, stopBefore: step)
    try become(on: [program.path] + program.arguments, "-ex", "set environment \(variable.name) \(variable.value)")
  }

  private static func become(on command: [String], _ first: String...) throws -> Never {
    let arguments =
      ["gdb", "-q", "-iex", "set complaints 0"] + first
      + ["-ex", "break lw_control_stop_here", "-ex", "run", "-ex", "backtrace 12", "--args"] + command
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    // gdb waits for its program by signals; exec keeps the mask of this thread, and the concurrency runtime filled it.
    var nothing = sigset_t()
    unsafe sigemptyset(&nothing)
    unsafe pthread_sigmask(SIG_SETMASK, &nothing, nil)
    for number in [SIGINT, SIGTERM, SIGPIPE] { signal(number, SIG_DFL) }
    _ = unsafe execvp("gdb", &pointers)
    throw HarnessError.environment("gdb cannot be started: install it, or leave out --debug")
  }

  private static func ownPath() -> String {
    var path = [CChar](repeating: 0, count: 4096)
    let length = unsafe readlink("/proc/self/exe", &path, path.count - 1)
    return String(decoding: path.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
