// `latewrite explore`, `replay` and `shrink` from outside: what they find, that it repeats in another process, and what
// they answer to wrong input.
import Foundation
import Testing

@Suite(.serialized)
struct ExploreCommandTests {
  typealias Document = StressCommandTests.Document

  static func explore(_ arguments: String...) async throws -> Document.Run { try await explore(arguments) }

  static func explore(_ arguments: [String]) async throws -> Document.Run {
    let end = try await Command().run(["explore", "--format", "json", "--quiet"] + arguments)
    #expect(end.code == 0, "\(end.error)")
    return try #require(try Document(end.output).runs.first)
  }

  @Test(
    "Before the fix every harm is found within a few hundred executions, from every seed", arguments: [1, 2, 3, 4, 5])
  func findsEveryHarm(seed: Int) async throws {
    let run = try await Self.explore(
      "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--executions", "300", "--seed", "\(seed)", "--jobs", "1")
    #expect(run.strategy == "portfolio")
    #expect(run.executions == 300)
    for rule in ["LW001", "LW002", "LW003", "LW004", "LW005"] { #expect(run.findings[rule, default: 0] > 0, "\(rule)") }
    for outcome in ["wrong-result", "false-completion", "unexpected-event"] {
      let found = try #require(run.outcomes.first { $0.outcome == outcome }, "\(outcome)")
      #expect(found.verdict == "expected-bug")
      #expect(found.schedule?.hasPrefix("lw1-") == true)
    }
  }

  @Test("After the fix all schedules up to two deviations are run, nothing is forbidden, and the numbers repeat")
  func provesTheFix() async throws {
    var counts: Set<Int> = []
    for jobs in ["1", "1", "2"] {
      let run = try await Self.explore(
        "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--bound", "2", "--no-reduction", "--jobs", jobs)
      #expect(run.outcomes.map(\.outcome) == ["completed-before-free"])
      #expect(run.findings.isEmpty)
      counts.insert(run.executions)
    }
    #expect(counts.count == 1)
    let text = try await Command().run(
      "explore", "--quiet", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--bound", "1")
    #expect(text.output.contains("All schedules with at most 1 deviation, by "))
    #expect(text.output.contains(": nothing forbidden."))
  }

  @Test("What the reduction leaves out shows nothing that the rest does not")
  func reduces() async throws {
    let search = ["--scenario", "cancel-wait", "--revision", "d0a28dee^", "--bound", "2", "--jobs", "1"]
    let whole = try await Self.explore(search + ["--no-reduction"])
    let reduced = try await Self.explore(search)
    #expect(reduced.executions < whole.executions)
    #expect(Set(reduced.outcomes.map(\.outcome)) == Set(whole.outcomes.map(\.outcome)))
    #expect(Set(reduced.findings.keys) == Set(whole.findings.keys))
  }

  @Test("What ended early is not called complete", arguments: [["--duration", "1ms"], ["--executions", "50"]])
  func incomplete(bound: [String]) async throws {
    let end = try await Command().run(
      ["explore", "--quiet", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--bound", "3"] + bound)
    #expect(!end.output.contains("nothing forbidden"))
  }

  @Test("A search goes on where it stopped, and the parts are the whole")
  func resumes() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "search-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let arguments = [
      "--scenario", "unregister-blocking", "--revision", "24dfa3c1", "--bound", "2", "--no-reduction", "--jobs", "1",
    ]
    let whole = try await Command().run(["explore", "--format", "json"] + arguments)
    let all = try #require(try Document(whole.output).runs.first).executions
    var sum = 0
    for _ in 0..<1_000 {
      let part = try await Command().run(
        ["explore", "--format", "json", "--executions", "25", "--resume", file.path] + arguments)
      sum += try #require(try Document(part.output).runs.first).executions
      let saved = try String(contentsOf: file, encoding: .utf8)
      if saved.contains("\"isComplete\":true") { break }
    }
    #expect(sum == all)
    let other = try await Command().run(
      "explore", "--resume", file.path, "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--bound", "2")
    #expect(other.code == 64)
    #expect(other.error.contains("belongs to a search of unregister-blocking on 24dfa3c1 up to 2 deviations"))
  }

  @Test("What hangs while it is only looked whether executions repeat themselves counts, and others follow")
  func hangsAtOnce() async throws {
    let run = try await Self.explore(
      "--scenario", "packet-taken", "--revision", "today", "--executions", "6", "--duration", "60s", "--jobs", "1")
    #expect(run.executions == 6)
    #expect(run.outcomes.map(\.outcome).contains("hang"))
  }

  @Test("What hangs in the default order is replayed as well")
  func replaysHang() async throws {
    let run = try await Self.explore(
      "--scenario", "packet-taken", "--revision", "d0a28dee^", "--executions", "6", "--jobs", "1")
    let token = try #require(run.outcomes.first { $0.outcome == "hang" }?.schedule)
    let end = try await Command().run("replay", "--step", token)
    #expect(end.code == 0, "\(end.error)")
    #expect(end.output.contains(": 1 x hang\n") && end.output.contains("alloc        block 1     1"))
  }

  @Test("Executions follow those that leave loans open: in another arena and, when there are too many, process")
  func loansStayOpen() async throws {
    let run = try await Self.explore(
      "--scenario", "closed-pending", "--revision", "fea6a100^", "--executions", "300", "--duration", "100s", "--jobs",
      "1")
    #expect(run.executions == 300)
    #expect(run.findings["LW001"] == 300)
  }

  @Test("What is counted was found by counted executions: not while short schedules are looked for, in each process")
  func countsCounted() async throws {
    var findings: Set<[String: Int]> = []
    for jobs in ["1", "2", "3"] {
      let run = try await Self.explore(
        "--scenario", "cancel-wait", "--revision", "d0a28dee", "--executions", "60", "--seed", "5", "--jobs", jobs)
      findings.insert(run.findings)
    }
    #expect(findings.count == 1)
    // Of each execution two waits are cancelled at most, and each may signal an event that was closed.
    let late = try #require(findings.first?["LW009"])
    #expect(late > 0 && late <= 120)
  }

  @Test("A token repeats its execution in other processes, act by act, also under load and on one processor")
  func replays() async throws {
    let run = try await Self.explore(
      "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--executions", "300", "--seed", "9")
    for outcome in run.outcomes {
      guard let token = outcome.schedule else { continue }
      var traces: Set<String> = []
      try await withThrowingTaskGroup(of: Command.End.self) { group in
        for _ in 0..<6 { group.addTask { try await Command().run("replay", "--step", token) } }
        for try await end in group {
          #expect(end.code == 0, "\(end.error)")
          let table = end.output.components(separatedBy: "\n==")[0]
          #expect(table.contains("1 x \(outcome.outcome)") || table.contains("2 x \(outcome.outcome)"))
          traces.insert(table)
        }
      }
      #expect(traces.count == 1, "\(outcome.outcome)")
    }
  }

  @Test("A shrunk schedule of the flagship has at most three deviations and twenty steps to tell")
  func shrinks() async throws {
    let run = try await Self.explore(
      "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--executions", "300", "--seed", "4")
    for outcome in run.outcomes {
      guard let token = outcome.schedule else { continue }
      let story = try await Command().run("replay", token).output.components(separatedBy: "\n==")[0]
      let lines = story.split(separator: "\n").dropFirst(2)
      #expect(lines.count <= 24, "\(story)")
      #expect(lines.count { $0.hasPrefix("*") } <= 3, "\(story)")
      let shrunk = try await Command().run("shrink", token)
      #expect(shrunk.code == 0)
      #expect(shrunk.output.contains(": from "))
    }
  }

  @Test("A report of an exploration can be replayed by its file, and names how it was shrunk")
  func replaysReport() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "explored-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try await Command().run(
      "explore", "--quiet", "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--executions", "200", "--out",
      folder.path)
    let findings = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("lw003") }
    let report = folder.appending(path: try #require(findings.first)).appending(path: "report.json")
    let end = try await Command().run("replay", report.path)
    #expect(end.code == 0, "\(end.error)")
    #expect(end.output.contains("LW003 write-into-reused-block"))
    let shown = try await Command().run("report", "show", report.path)
    #expect(shown.output.contains("REPLAY latewrite replay lw1-"))
    #expect(shown.output.contains("from the default order"))
  }

  @Test("A finding of stress gets the token of a schedule that shows it again")
  func stressFindingsGetTokens() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "stressed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try await Command().run(
      "stress", "--quiet", "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--executions", "60", "--out",
      folder.path)
    let index = try String(contentsOf: folder.appending(path: "findings.jsonl"), encoding: .utf8)
    let causes = index.split(separator: "\n").filter { $0.contains("\"rule\":\"LW001\"") }
    #expect(causes.contains { $0.contains("\"schedule\":\"lw1-") })
  }

  @Test(
    "The classic faults of wait pools are found in pools that are wrong on purpose",
    arguments: [
      "unregister-forgets-queued", "unregister-forgets-running",
    ])
  func wrongPools(scenario: String) async throws {
    let run = try await Self.explore("--scenario", scenario, "--executions", "200", "--seed", "3")
    #expect(run.findings["LW001", default: 0] > 0)
    #expect(run.findings["LW002", default: 0] > 0)
  }

  @Test(
    "Wrong tokens, files and options are one sentence and 64",
    arguments: [
      (["replay", "hello"], "'hello' is no replay token: one begins with lw1-"),
      (["replay", "lw1-AAAA"], "the token is damaged: copy it again, whole and without line breaks"),
      (["replay", "lw2-AAAA"], "the token is of another version of latewrite"),
      (["replay", "no/such.json"], "no/such.json"),
      (["shrink", "lw1-"], "the token is damaged"),
      (["explore", "--strategy", "best"], "There is no strategy 'best'."),
      (["explore", "--bound", "9"], "--bound 9: from 0 to 8 deviations can be searched."),
      (["explore", "--bound", "1", "--strategy", "pos"], "a search through all schedules has no strategy"),
      (["explore", "--resume", "x"], "--resume needs --scenario, --revision and --bound"),
      (
        ["explore", "--program", "/no/such/program"],
        "/no/such/program is no program: name one that was built with tools/cc"
      ),
      (["explore", "--program", "/bin/true", "--executions", "1"], "/bin/true was not under control"),
    ] as [([String], String)])
  func wrongInput(arguments: [String], sentence: String) async throws {
    let end = try await Command().run(arguments)
    #expect(end.code == 64)
    #expect(end.error.contains(sentence), "\(end.error)")
    #expect(end.output.isEmpty)
  }
}
