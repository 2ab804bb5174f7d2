// `latewrite replay --program`: the execution of a C program again, told step by step, in a debugger, with arguments.
import Foundation
import Testing

@Suite(.serialized)
struct ProgramReplayTests {
  @Test("The steps of a program are told, also of one that crashes")
  func steps() async throws {
    let command = try Command()
    try ProgramTests.build("loses_wake_up", for: command)
    let found = try await command.run("explore", "--program", "./loses_wake_up", "--bound", "1")
    let again = try await command.run(
      "replay", "--program", "./loses_wake_up", "--step", try ProgramTests.token(of: "hang", in: found.output))
    let lines = again.output.split(separator: "\n").map { $0.split(separator: " ") }
    let deviation = try #require(lines.first { $0.first == "*" }, "\(again.output)")
    #expect(deviation[2...].starts(with: ["loses_wake_up", "at"]), "\(deviation)")
    #expect(deviation[6...].starts(with: ["thread-1", "runs"]), "\(deviation)")
    #expect(deviation.contains { $0.hasPrefix("loses_wake_up.c:") }, "the line of the source: \(deviation)")
    #expect(lines.contains { $0.dropFirst().starts(with: ["thread-1", "signal", "handle", "1"]) }, "\(again.output)")
    try ProgramTests.build("begins_too_early", for: command, "-DCRASHES")
    let crashes = try await command.run("explore", "--program", "./begins_too_early", "--bound", "1")
    let crashed = try await command.run(
      "replay", "--program", "./begins_too_early", "--step", try ProgramTests.token(of: "signal 6", in: crashes.output))
    #expect(crashed.output.contains("begins_too_earl at begin     -> thread-1 runs"), "\(crashed.output)")
  }

  @Test("gdb gets the program, and what has it stop, in its environment")
  func debugger() async throws {
    let command = try Command()
    try ProgramTests.build("begins_too_early", for: command)
    let gdb = command.folder.appending(path: "gdb")
    // As gdb would: by then this process is the one whose descriptor the variable names.
    let script = """
      #!/bin/bash
      printf '%s\n' "$@"
      for argument; do case $argument in 'set environment '*) read -r _ _ name value <<<"$argument" ;; esac; done
      env "$name=$value" "${@: -1}"
      echo "ended with $?"
      """
    try script.write(to: gdb, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: gdb.path)
    let found = try await command.run("explore", "--program", "./begins_too_early", "--bound", "1")
    let token = try ProgramTests.token(of: "exit 4", in: found.output)
    let end = try await command.run(
      ["replay", "--program", "./begins_too_early", "--debug", "3", token],
      environment: ["PATH": "\(command.folder.path):/usr/bin:/bin"])
    #expect(end.output.contains("break lw_control_stop_here\n-ex\nrun\n"), "\(end.output)\(end.error)")
    #expect(end.output.contains("ended with 4"), "the schedule is followed: \(end.output)\(end.error)")
  }

  @Test("A program gets its arguments, and so does its replay")
  func arguments() async throws {
    let command = try Command()
    try ProgramTests.build("counts_arguments", for: command)
    let found = try await command.run("explore", "--program", "./counts_arguments", "--bound", "0", "--", "a b", "it's")
    #expect(found.code == 1 && found.output.contains("  exit 3: 1,"), "\(found.output)\(found.error)")
    let token = try ProgramTests.token(of: "exit 3", in: found.output)
    #expect(
      found.output.contains(#"latewrite replay --program ./counts_arguments \#(token) -- 'a b' 'it'\''s'"#),
      "\(found.output)")
    let again = try await command.run("replay", "--program", "./counts_arguments", token, "--", "a b", "it's")
    #expect(again.output.contains("./counts_arguments: exit 3"), "\(again.output)\(again.error)")
    let others = try await command.run("replay", "--program", "./counts_arguments", token)
    #expect(others.code == 64 && others.error.contains("or other arguments"), "\(others.error)")
    let nobody = try await command.run("explore", "--", "a")
    #expect(nobody.code == 64 && nobody.error.contains("name it with --program"), "\(nobody.error)")
  }

  @Test("The token of another program is refused")
  func foreign() async throws {
    let command = try Command()
    try ProgramTests.build("gives_up", for: command)
    try ProgramTests.build("two_locks", for: command)
    let found = try await command.run("explore", "--program", "./two_locks", "--bound", "1")
    let token = try ProgramTests.token(of: "hang", in: found.output)
    let end = try await command.run("replay", "--program", "./gives_up", token)
    #expect(end.code == 64)
    #expect(end.error.contains("the token is for another program or other arguments, or for this one before"))
  }
}
