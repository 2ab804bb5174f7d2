// `replay --debug`: what is handed to gdb. A script stands in for it: none is needed, and what it starts with is seen.
import Foundation
import Testing

@Suite
struct DebuggerTests {
  private static func token() async throws -> String {
    let run = try await ExploreCommandTests.explore(
      "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--executions", "100", "--seed", "2")
    return try #require(run.outcomes.compactMap(\.schedule).first)
  }

  @Test("gdb gets this replay, the place to stop at, and a thread that receives signals")
  func handsOver() async throws {
    let token = try await Self.token()
    let command = try Command()
    let gdb = command.folder.appending(path: "gdb")
    try "#!/bin/sh\nfor argument; do echo \"[$argument]\"; done\nexec grep SigBlk /proc/self/status\n"
      .write(to: gdb, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: gdb.path)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let end = try await command.run(
      ["replay", "--debug", "7", token], environment: ["PATH": "\(command.folder.path):\(path)"])
    #expect(end.code == 0, "\(end.error)")
    #expect(end.output.contains("[break lw_control_stop_here]"))
    #expect(end.output.contains("[\(Command.program.path)]\n[replay]\n[\(token)]\n[--stop-before]\n[7]\n"))
    #expect(end.output.contains("SigBlk:\t0000000000000000"), "\(end.output)")
  }

  @Test("Without gdb it says what to do, and ends with 70")
  func missing() async throws {
    let token = try await Self.token()
    let command = try Command()
    let end = try await command.run(
      ["replay", "--debug", "7", token], environment: ["PATH": command.folder.path])
    #expect(end.code == 70)
    #expect(end.error.contains("gdb cannot be started: install it, or leave out --debug"))
  }
}
