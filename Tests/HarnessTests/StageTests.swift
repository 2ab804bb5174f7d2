// Real executions on real threads: what both revisions show, and that the second opinion agrees with the arena.
import Exploration
import Latewrite
import Proactor
import Testing

@testable import Harness

/// There is one trace in a process, which would see the threads of other tests: every test has a process of its own.
@Suite
struct StageTests {
  /// Runs executions until `enough` says so, at most `limit`; those of a `controller` are the same in every run.
  static func run(
    _ scenario: Scenario, _ revision: ProactorRevision, options: ExecutionOptions? = nil, limit: UInt64,
    controller: Controller? = nil,
    until enough: (Set<Outcome>) -> Bool = { _ in false }
  ) throws -> (outcomes: Set<Outcome>, tally: FactTally, findings: [Rule: UInt64], edges: Int) {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let scope = try Scope(quiet)
    // The late callback of a wait that was cancelled before may post to a port that was closed and belongs to no arena.
    try #require(scope.takeRest())
    var stage = try Stage(
      scenario: scenario, revision: revision, options: options ?? ExecutionOptions(waits: scenario.usualWaits),
      scope: scope, controller: controller)
    var outcomes: Set<Outcome> = []
    var tally = FactTally()
    var edges = 0
    for number in 0..<limit where !enough(outcomes) {
      let result: ExecutionResult
      do {
        let strategy = Portfolio.standard.strategy(of: number, lends: true)
        result = try stage.run(
          seed: number, number: number,
          order: ExecutionOrder(strategy: strategy, seed: SplitMix64.mixed(number), steps: 70))
      } catch {
        // An exit test hands on that something was thrown, and not what.
        Issue.record("execution \(number): \(error)")
        throw error
      }
      for facts in result.facts.operations { outcomes.insert(Outcome(facts)) }
      tally += result.facts.tally
      edges += result.checked?.edges ?? 0
    }
    return (outcomes, tally, scope.counts, edges)
  }

  @Test("Before the fix cancel-wait shows every harm, and the checker agrees with every finding")
  func cancelWaitBefore() async {
    await #expect(processExitsWith: .success) {
      let wanted: Set<Outcome> = [
        .completedBeforeFree, .staleWrite, .writeIntoReusedBlock, .unexpectedEvent, .falseCompletion,
      ]
      // Usually fifty executions; the rarest outcome is one of a few thousand waits.
      let seen = try Self.run(.cancelWait, .beforeD0a28dee, limit: 4_000) { wanted.isSubset(of: $0) }
      #expect(wanted.isSubset(of: seen.outcomes))
      #expect(seen.findings[.freedWhileLent] == seen.tally.freedWhileLent)
      #expect(seen.findings[.staleWrite, default: 0] == seen.tally.writesFreed)
      #expect(seen.findings[.writeIntoReusedBlock, default: 0] == seen.tally.writesReused)
      #expect(seen.findings[.unexpectedEvent, default: 0] == seen.tally.packetsUnexpected)
      #expect(seen.findings[.falseCompletion, default: 0] == seen.tally.packetsCompletedAnother)
      let declaration = Scenario.cancelWait.declaration(of: .beforeD0a28dee)
      #expect(seen.outcomes.allSatisfy { declaration.verdict(of: $0) != .forbidden })
      #expect(seen.findings.keys.allSatisfy { declaration.verdict(of: $0) == .expectedBug })
    }
  }

  @Test("After the fix cancel-wait shows nothing but completions before the free, and both opinions are empty")
  func cancelWaitAfter() async {
    await #expect(processExitsWith: .success) {
      let seen = try Self.run(.cancelWait, .fix24dfa3c1, limit: 20)
      #expect(seen.outcomes == [.completedBeforeFree])
      #expect(seen.findings.isEmpty)
      #expect(seen.tally.freedWhileLent == 0)
      #expect(seen.tally.operations == 20 * 64 * UInt64(CancelWaitPlan.rounds))
      #expect(seen.edges > 0)
    }
  }

  @Test("Before the fix a running child is said to have ended")
  func subprocessExitBefore() async {
    await #expect(processExitsWith: .success) {
      let seen = try Self.run(.subprocessExit, .beforeD0a28dee, limit: 40) { $0.contains(.wrongResult) }
      #expect(seen.outcomes.contains(.wrongResult))
      #expect(seen.findings[.falseCompletion, default: 0] > 0)
    }
  }

  @Test("After the fix no child is said to have ended that runs")
  func subprocessExitAfter() async {
    await #expect(processExitsWith: .success) {
      let seen = try Self.run(.subprocessExit, .fix24dfa3c1, limit: 3)
      #expect(seen.outcomes == [.completedBeforeFree])
      #expect(seen.findings.isEmpty)
      #expect(seen.tally.resultsWrong == 0)
      #expect(seen.tally.resultsRight == 3 * 8)
    }
  }

  @Test("In quarantine a freed block is not written into by mistake for its next owner, but stale writes remain")
  func quarantine() async {
    await #expect(processExitsWith: .success) {
      let options = ExecutionOptions(waits: Scenario.cancelWait.exploredWaits, reuse: .quarantine, noise: false)
      let seen = try Self.run(.cancelWait, .beforeD0a28dee, options: options, limit: 400, controller: Controller())
      #expect(seen.outcomes.contains(.staleWrite))
      #expect(seen.tally.writesReused == 0)
      #expect(seen.findings[.writeIntoReusedBlock] == nil)
    }
  }

  @Test("Refused late writes land nowhere, and are findings all the same")
  func refused() async {
    await #expect(processExitsWith: .success) {
      let options = ExecutionOptions(waits: Scenario.cancelWait.exploredWaits, lateWrite: .refused, noise: false)
      let seen = try Self.run(.cancelWait, .beforeD0a28dee, options: options, limit: 60, controller: Controller())
      let refused = seen.tally.writesRefused
      let landed = (seen.tally.writesFreed, seen.tally.writesReused)
      #expect(refused > 0 && landed == (0, 0), "\(refused) refused, landed: \(landed)")
      let reported = seen.findings[.staleWrite, default: 0] + seen.findings[.writeIntoReusedBlock, default: 0]
      #expect(reported == refused, "\(refused) refused, \(seen.findings)")
    }
  }
}
