// The replay token of an execution of this program: which scenario, revision and options it belongs to is in its digest
// and settings, so a token can be followed without being told.
internal import CrashReports
public import Exploration
internal import Latewrite
public import Proactor

/// An execution under control, as its token names it.
public struct TokenedExecution: Sendable {
  /// The scenario.
  public let scenario: Scenario
  /// The revision.
  public let revision: ProactorRevision
  /// The options.
  public let options: ExecutionOptions
  /// The seed of what the scenario leaves to chance.
  public let seed: UInt64
  /// The order of acts.
  public let schedule: Schedule

  /// An execution as given.
  public init(
    scenario: Scenario, revision: ProactorRevision, options: ExecutionOptions, seed: UInt64, schedule: Schedule
  ) {
    self.scenario = scenario
    self.revision = revision
    self.options = options
    self.seed = seed
    self.schedule = schedule
  }

  /// What names it when it is typed.
  public var token: ReplayToken {
    ReplayToken(
      digest: Self.digest(scenario, revision),
      settings: [
        UInt64(options.waits), UInt64(Self.index(options.reuse)), UInt64(Self.index(options.lateWrite)), seed,
      ], schedule: schedule)
  }

  /// The execution that `token` names. Throws a sentence when it is for another program.
  public init(_ token: ReplayToken) throws(HarnessError) {
    for scenario in Scenario.all {
      for revision in ProactorRevision.all where Self.digest(scenario, revision) == token.digest {
        let settings = token.settings
        guard settings.count == 4, (1...4096).contains(settings[0]), settings[1] < Arena.Reuse.allCases.count,
          settings[2] < Arena.LateWrite.allCases.count
        else { break }
        self.init(
          scenario: scenario, revision: revision,
          options: ExecutionOptions(
            waits: Int(settings[0]), reuse: Arena.Reuse.allCases[Int(settings[1])],
            lateWrite: Arena.LateWrite.allCases[Int(settings[2])], noise: false),
          seed: settings[3], schedule: token.schedule)
        return
      }
    }
    throw .usage(
      "the token is for another program or another version of it: none of this one's scenarios and revisions has its "
        + "digest")
  }

  private static func digest(_ scenario: Scenario, _ revision: ProactorRevision) -> UInt32 {
    ReplayToken.digest(of: [scenario.name, revision.name, "\(revision.behaviours.rawValue)"])
  }

  private static func index<Option: CaseIterable & Equatable>(_ option: Option) -> Int {
    Array(Option.allCases).firstIndex(of: option) ?? 0
  }
}

extension RunPlan {
  /// A schedule of this run as reports and results name it.
  func recorded(_ kept: (schedule: Schedule, shrunkFrom: Int)) -> RecordedSchedule {
    let execution = TokenedExecution(
      scenario: scenario, revision: revision, options: options, seed: seed, schedule: kept.schedule)
    return RecordedSchedule(
      token: execution.token.text, deviations: kept.schedule.count, shrunkFrom: kept.shrunkFrom)
  }
}
