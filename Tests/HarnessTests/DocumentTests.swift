// What a run prints: the table for people and the object for machines.
import Foundation
import Latewrite
import Proactor
import Testing

@testable import Harness

struct DocumentTests {
  static func summary() -> RunSummary {
    let plan = RunPlan(
      scenario: .cancelWait, revision: .beforeD0a28dee, options: ExecutionOptions(), seed: 81,
      bound: RunBound(executions: 10), jobs: 2)
    var summary = RunSummary(plan: plan)
    summary.executions = 10
    summary.lastSeed = 90
    summary.seconds = 2
    summary.tally.operations = 2_560
    summary.outcomes = [
      OutcomeCount(
        outcome: .staleWrite, count: 12, verdict: .expectedBug, firstExecution: 3, firstSeed: 84, schedule: nil),
      OutcomeCount(
        outcome: .completedBeforeFree, count: 2_548, verdict: .ok, firstExecution: 0, firstSeed: 81, schedule: nil),
    ]
    summary.findings = [.freedWhileLent: 30, .staleWrite: 12]
    summary.delays = DelaySummary(count: 12, p50: 41_000, p99: 2_200_000, max: 9_700_000)
    summary.signatures = 2
    return summary
  }

  @Test("The JSON object has exactly the keys of the contract, and a null schedule")
  func jsonContract() throws {
    let data = try JSONEncoder().encode(RunDocument([Self.summary()]))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(object.keys) == ["schemaVersion", "runs", "verdict"])
    #expect(object["schemaVersion"] as? Int == 1)
    #expect(object["verdict"] as? String == "expected-bug")
    let run = try #require((object["runs"] as? [[String: Any]])?.first)
    #expect(
      Set(run.keys) == [
        "scenario", "revision", "arena", "strategy", "seed", "executions", "operations", "seconds", "outcomes",
        "findings", "signatures",
      ])
    #expect(run["arena"] as? String == "immediate")
    #expect(run["strategy"] as? String == "stress")
    #expect(run["findings"] as? [String: Int] == ["LW001": 30, "LW002": 12])
    let outcome = try #require((run["outcomes"] as? [[String: Any]])?.first)
    #expect(Set(outcome.keys) == ["outcome", "count", "verdict", "firstSeed", "firstExecution", "schedule"])
    #expect(outcome["schedule"] is NSNull)
    #expect(outcome["firstSeed"] as? Int == 84)
  }

  @Test("The table shows counts, shares, verdicts, first seeds, examples and the facts behind them")
  func table() {
    let lines = Self.summary().table(examples: [2: "lw002-3fa91c77b2d0"]).split(separator: "\n").map(String.init)
    #expect(
      lines[0] == "cancel-wait on d0a28dee^: 10 executions, 2,560 waits in 2.0 s (1,280/s), seeds 81...90, "
        + "64 in flight, reuse immediate, delays on")
    #expect(lines[1] == "  outcome                count      %  verdict       first seed  example")
    #expect(lines[2] == "  stale-write               12   0.47  expected-bug          84  lw002-3fa91c77b2d0")
    #expect(lines[3] == "  completed-before-free  2,548  99.53  ok                    81  -")
    #expect(lines.contains { $0.contains("p50 41 us, p99 2.2 ms, max 9.7 ms") })
    #expect(lines.contains("  findings LW001 30, LW002 12"))
  }

  @Test("A forbidden outcome shouts, and a finding that nothing declares makes the run forbidden")
  func forbidden() {
    var summary = Self.summary()
    #expect(summary.verdict == .expectedBug)
    summary.findings[.leak] = 1
    #expect(summary.verdict == .forbidden)
    #expect(summary.table().contains("  findings LW001 30, LW002 12, LW011 1 FORBIDDEN\n"))
    summary.outcomes = [
      OutcomeCount(outcome: .crash, count: 1, verdict: .forbidden, firstExecution: 0, firstSeed: 81, schedule: nil)
    ]
    #expect(summary.table().contains("FORBIDDEN"))
  }

  @Test("Numbers are grouped and times have a fitting unit")
  func figures() {
    #expect([0, 999, 1_000, 1_234_567].map(Figures.grouped) == ["0", "999", "1,000", "1,234,567"])
    #expect(
      [830, 4_100, 41_000, 2_200_000, 1_500_000_000].map(Figures.time(nanoseconds:)) == [
        "830 ns", "4.1 us", "41 us", "2.2 ms", "1.5 s",
      ])
    #expect(Figures.percent(1, of: 3) == "33.33")
    #expect(Figures.percent(1, of: 0) == "0.00")
    #expect(Figures.decimal(0.05, digits: 2) == "0.05")
  }
}
