// What the command says to wrong arguments and impossible places: one sentence, and the right exit code.
import Foundation
import Testing

struct UsageTests {
  @Test(
    "Wrong arguments end with 64 and say what is wrong",
    arguments: [
      (["--scenario", "cancelwait"], "Did you mean 'cancel-wait'?"),
      (["--scenario", "nonsense"], "There are: cancel-wait, subprocess-exit, unregister-blocking, "),
      (["--revision", "24dfa3c2"], "Did you mean '24dfa3c1'?"),
      (["--duration", "0"], "--duration"), (["--duration", "10"], "10s, 500ms, 2m"),
      (["--executions", "0"], "--executions 0"), (["--executions", "many"], "'many' is invalid"),
      (["--shard", "3/2"], "--shard"), (["--shard", "0/2"], "--shard"), (["--jobs", "0"], "--jobs 0"),
      (["--waits", "0"], "--waits 0"), (["--arena", "new"], "'immediate', 'quarantine', 'random' or 'never'"),
      (["--late-write", "maybe"], "'lands', 'refused' or 'stops'"), (["--bogus"], "--bogus"),
    ])
  func wrongArguments(arguments: [String], sentence: String) async throws {
    let end = try await Command().stress(arguments)
    #expect(end.code == 64)
    #expect(end.output.isEmpty)
    #expect(end.error.contains(sentence), "\(end.error)")
  }

  @Test("An --out that cannot be written to is said before the run starts, with 70")
  func outIsNotWritable() async throws {
    let command = try Command()
    try Data().write(to: command.folder.appending(path: "file"))
    for place in ["file", "/proc/latewrite/found"] {
      let end = try await command.stress(["--scenario", "cancel-wait", "--executions", "1", "--out", place])
      #expect(end.code == 70)
      #expect(end.output.isEmpty)
      #expect(end.error.split(separator: "\n").count == 1, "\(end.error)")
      #expect(end.error.contains(place))
    }
  }

  @Test("A disk that is full when findings are stored is said, and the results are printed all the same")
  func outIsFull() async throws {
    let command = try Command()
    // The place can be made and written to; only where the index goes stands a directory.
    try FileManager.default.createDirectory(
      at: command.folder.appending(path: "found/findings.jsonl"), withIntermediateDirectories: true)
    let end = try await command.stress([
      "--scenario", "subprocess-exit", "--revision", "d0a28dee^", "--executions", "4", "--out", "found",
    ])
    #expect(end.code == 70)
    #expect(end.output.contains("subprocess-exit on d0a28dee^: 4 executions"))
    #expect(!end.error.isEmpty)
  }

  @Test("list knows scenarios, revisions and rules")
  func lists() async throws {
    let command = try Command()
    #expect(try await command.run("list", "scenarios").output.contains("cancel-wait"))
    #expect(try await command.run("list", "revisions").output.contains("d0a28dee^"))
    #expect(try await command.run("list", "rules").output.split(separator: "\n").count == 18)
    #expect(try await command.run("list", "dogs").code == 64)
  }

  @Test("doctor looks at everything, and ends with 70 when something needed is missing")
  func doctor() async throws {
    let command = try Command()
    let well = try await command.run("doctor")
    #expect(well.code == 0, "\(well.output)")
    for subject in ["system", "cores", "clock", "children", "libunwind", "symbolizer", "frames", "out"] {
      #expect(well.output.contains(subject))
    }
    let ill = try await command.run("doctor", "--out", "/proc/latewrite/found")
    #expect(ill.code == 70)
    #expect(ill.output.contains("MISSING"))
  }

  @Test("The hidden worker is not for people")
  func worker() async throws {
    let end = try await Command().run("worker", "{}")
    #expect(end.code == 64)
    #expect(end.error == "latewrite: 'worker' is how latewrite starts itself; it is not for people\n")
  }
}

extension Command {
  func stress(_ arguments: [String]) async throws -> End { try await run(["stress"] + arguments) }
}
