// `latewrite stress` from outside: what it shows, how it ends, and what it survives.
import Foundation
import Testing

@Suite(.serialized)
struct StressCommandTests {
  struct Document: Decodable {
    struct Run: Decodable {
      struct Outcome: Decodable {
        let outcome: String
        let count: Int
        let verdict: String
        let firstSeed: UInt64
        let firstExecution: UInt64
        let schedule: String?
      }
      let scenario: String
      let revision: String
      let arena: String
      let strategy: String
      let seed: UInt64
      let executions: Int
      let operations: Int
      let seconds: Double
      let outcomes: [Outcome]
      let findings: [String: Int]
      let signatures: Int

      func count(_ outcome: String) -> Int { outcomes.first { $0.outcome == outcome }?.count ?? 0 }
    }
    let schemaVersion: Int
    let runs: [Run]
    let verdict: String

    init(_ text: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) }
  }

  @Test("A second of each run shows what is declared, nothing else, and ends with 0")
  func showsWhatIsDeclared() async throws {
    let shown: [@Sendable (Document) -> Bool] = [
      { $0.runs[0].count("completed-before-free") > 0 }, { $0.runs[0].count("unexpected-event") > 0 },
      { $0.runs[0].count("false-completion") > 0 },
      { $0.runs[0].findings["LW002", default: 0] + $0.runs[0].findings["LW003", default: 0] > 0 },
      { $0.runs[2].count("wrong-result") > 0 }, { $0.verdict == "expected-bug" },
    ]
    // How much fits into a second is up to the machine and what else it does: more seconds show the rest.
    var missing = Set(shown.indices)
    for _ in 0..<60 where !missing.isEmpty {
      let end = try await Command().run("stress", "--duration", "1s", "--format", "json", "--quiet")
      try #require(end.code == 0, "\(end.error)")
      #expect(end.error.isEmpty)
      let document = try Document(end.output)
      try #require(
        document.runs.map { "\($0.scenario) \($0.revision)" } == [
          "cancel-wait d0a28dee^", "cancel-wait 24dfa3c1", "subprocess-exit d0a28dee^", "subprocess-exit 24dfa3c1",
        ])
      for fixed in [document.runs[1], document.runs[3]] {
        #expect(fixed.outcomes.map(\.outcome) == ["completed-before-free"])
        #expect(fixed.findings.isEmpty)
        #expect(fixed.signatures == 0)
      }
      missing = missing.filter { !shown[$0](document) }
    }
    #expect(missing.isEmpty)
  }

  @Test("The bound in executions is kept exactly, whatever the number of workers", arguments: ["1", "3"])
  func executionsAreExact(jobs: String) async throws {
    let end = try await Command().run(
      "stress", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--executions", "7", "--jobs", jobs, "--waits",
      "4",
      "--format", "json", "--seed", "5")
    let run = try #require(try Document(end.output).runs.first)
    #expect(run.executions == 7)
    #expect(run.operations == 7 * 4 * 4)
    #expect(run.seed == 5)
  }

  @Test("The shards of a run are the run")
  func shards() async throws {
    var executions = 0
    for shard in ["1/3", "2/3", "3/3"] {
      let end = try await Command().run(
        "stress", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--executions", "10", "--waits", "2",
        "--shard", shard, "--format", "json")
      executions += try Document(end.output).runs[0].executions
    }
    #expect(executions == 10)
  }

  @Test("Findings are stored where --out says, and the report is read back by 'latewrite report'")
  func storesFindings() async throws {
    let command = try Command()
    let end = try await command.run(
      "stress", "--scenario", "subprocess-exit", "--revision", "d0a28dee^", "--executions", "8", "--out", "found")
    #expect(end.code == 0)
    #expect(end.output.contains("SUMMARY: Latewrite: LW00"))
    #expect(end.output.contains("latewrite report list found"))
    let list = try await command.run("report", "list", "found")
    #expect(list.output.contains("LW001"))
    let lines = try String(contentsOf: command.folder.appending(path: "found/findings.jsonl"), encoding: .utf8)
    #expect(!lines.isEmpty)
  }

  @Test("A worker that is killed costs its own execution only, and the run goes on")
  func killedWorker() async throws {
    let end = try await Command().run(
      "stress", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--executions", "60", "--jobs", "1",
      "--hang-after", "10m"
    ) { number in
      let worker = try #require(Command.worker(of: number))
      try #require(Command.stop(worker, whileItHas: "signaler"))
      kill(worker, SIGKILL)
    }
    #expect(end.code == 0, "\(end.output)\(end.error)")
    #expect(end.output.contains("cancel-wait on 24dfa3c1: 59 executions, 15,104 waits"))
    #expect(end.output.contains("a worker was ended from outside by signal 9"))
  }

  @Test("A worker that dies of itself is a crash, which nothing excuses")
  func crashedWorker() async throws {
    let end = try await Command().run(
      "stress", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--executions", "60", "--jobs", "1",
      "--hang-after", "10m"
    ) { number in
      let worker = try #require(Command.worker(of: number))
      try #require(Command.stop(worker, whileItHas: "signaler"))
      kill(worker, SIGSEGV)
      kill(worker, SIGCONT)
    }
    #expect(end.code == 1)
    #expect(end.output.contains("FORBIDDEN"))
    #expect(end.output.contains("59 executions"))
    #expect(end.output.contains("a worker died of signal 11"))
  }

  @Test("A worker that stands still is a hang: it says where its threads wait")
  func hangingWorker() async throws {
    let end = try await Command().run(
      "stress", "--scenario", "cancel-wait", "--revision", "24dfa3c1", "--executions", "60", "--jobs", "1",
      // Long enough for a worker to come up on a machine that does much else.
      "--hang-after", "6s"
    ) { number in
      let worker = try #require(Command.worker(of: number))
      try #require(Command.stop(worker, whileItHas: "signaler"))
    }
    #expect(end.code == 1)
    #expect(end.output.contains("hang "))
    // Of more than four threads in one place the first four are named.
    let places = end.output.split(separator: "\n").filter { $0.contains(": waiting in ") }
    #expect(places.contains { $0.contains("latewrite") }, "\(end.output)")
    #expect(
      places.contains { place in ["loop", "signaler", "wait-thread-"].contains { place.contains($0) } },
      "\(end.output)")
    #expect(end.output.contains("59 executions"))
  }

  @Test("An interrupt ends the run with 130, with tables printed and findings on disk")
  func interrupt() async throws {
    let command = try Command()
    let end = try await command.run(
      "stress", "--scenario", "subprocess-exit", "--revision", "d0a28dee^", "--duration", "10m", "--out", "found"
    ) { number in
      let worker = try #require(Command.worker(of: number))
      // Two generations of children: the first round is over.
      var seen: Set<Int32> = []
      while seen.count < 24 { seen.formUnion(try #require(Command.children(of: worker))) }
      kill(number, SIGINT)
      // As timeout(1) does, to the program and to its group.
      kill(number, SIGINT)
    }
    #expect(end.code == 130, "\(end.error)")
    #expect(end.output.contains("subprocess-exit on d0a28dee^: "))
    let lines = try String(contentsOf: command.folder.appending(path: "found/findings.jsonl"), encoding: .utf8)
    #expect(lines.contains("LW004"))
  }

  @Test("A command that is killed leaves what was found until then, whole")
  func killedCommand() async throws {
    let command = try Command()
    let index = command.folder.appending(path: "found/findings.jsonl")
    let end = try await command.run(
      "stress", "--scenario", "cancel-wait", "--revision", "d0a28dee^", "--duration", "10m", "--out", "found"
    ) { number in
      // What is found first differs from run to run: some stale packets come before the first stale write.
      while !stored(at: index).contains("LW001") { try #require(Command.children(of: number) != nil) }
      kill(number, SIGKILL)
    }
    #expect(end.code == nil)
    let list = try await command.run("report", "list", "found")
    #expect(list.code == 0 && list.output.contains("LW001"), "\(list.output)\(list.error)")
  }

  /// The text of a file that another process writes, empty while it is not there.
  private func stored(at file: URL) -> String {
    String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
  }

  @Test("Workers do not outlive their command")
  func orphans() async throws {
    var worker: Int32 = 0
    // Being stopped again and again is no hang.
    let end = try await Command().run("stress", "--duration", "10m", "--jobs", "1", "--hang-after", "10m") { number in
      worker = try #require(Command.worker(of: number))
      try #require(Command.stop(worker, whileItHas: "signaler"))
      kill(number, SIGKILL)
      kill(worker, SIGCONT)
    }
    #expect(end.code == nil)
    // It may stay as a zombie where nobody collects it: what counts is that it does not run.
    while let stat = FileManager.default.contents(atPath: "/proc/\(worker)/stat") {
      if String(decoding: stat, as: UTF8.self).contains(") Z ") { break }
    }
  }
}
