// Tokens of this program's executions: what they name is found again, and what they do not name is refused.
import Exploration
import Latewrite
import Proactor
import Testing

@testable import Harness

@Suite struct ScheduleTokenTests {
  private static let schedule = Schedule([Deviation(member: 1, ordinal: 4, turn: .run, value: 2)])

  @Test(arguments: Scenario.all.map(\.name), ProactorRevision.all.map(\.name))
  func `A token names its scenario, revision, options and seed`(scenario: String, revision: String) throws {
    let execution = TokenedExecution(
      scenario: try #require(Scenario.named(scenario)), revision: try #require(ProactorRevision(named: revision)),
      options: ExecutionOptions(waits: 3, reuse: .quarantine, lateWrite: .refused, noise: false), seed: 77,
      schedule: Self.schedule)
    let read = try TokenedExecution(try ReplayToken(execution.token.text))
    #expect(read.scenario.name == scenario && read.revision.name == revision)
    #expect(read.options == execution.options && read.seed == 77 && read.schedule == Self.schedule)
  }

  @Test func `The token of another program is refused with a sentence`() throws {
    let foreign = ReplayToken(digest: 1, settings: [2, 0, 0, 1], schedule: Self.schedule)
    let error = #expect(throws: HarnessError.self) { try TokenedExecution(foreign) }
    #expect("\(try #require(error))".contains("the token is for another program"))
  }

  @Test func `Settings that make no sense are refused`() {
    for settings in [[], [0, 0, 0, 1], [5_000, 0, 0, 1], [2, 9, 0, 1], [2, 0, 9, 1]] as [[UInt64]] {
      let digest = TokenedExecution(
        scenario: .cancelWait, revision: .fix24dfa3c1, options: ExecutionOptions(), seed: 1, schedule: Schedule()
      ).token.digest
      #expect(throws: HarnessError.self) {
        try TokenedExecution(ReplayToken(digest: digest, settings: settings, schedule: Schedule()))
      }
    }
  }
}
