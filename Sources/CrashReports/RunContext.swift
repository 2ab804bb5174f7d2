// Where a finding comes from, as the one who ran the program knows it; the record itself knows only seed and execution.
internal import FoundationEssentials
internal import Glibc

/// The run that a finding belongs to. Everything is optional: a plain program has no scenario.
public struct RunContext: Sendable, Hashable {
  /// What a finding means for the run.
  public enum Verdict: String, Sendable, Codable {
    /// Nobody declared it.
    case finding
    /// The scenario and revision declare its rule.
    case expected
    /// The machinery failed, not the program.
    case infrastructure
  }

  /// The scenario's name.
  public var scenario: String?
  /// The revision's name.
  public var revision: String?
  /// Seed that repeats the run; nil: the one stamped on each record.
  public var seed: UInt64?
  /// Execution within the run, from 0; nil: the one stamped on each record.
  public var execution: UInt64?
  /// Replay token of a controlled run; nil when free running.
  public var schedule: String?
  /// How many deviations the schedule has; nil when free running.
  public var scheduleSteps: Int?
  /// How many it had before it was shrunk; nil when free running.
  public var shrunkFrom: Int?
  /// The schedules of records, by rule and execution, where a run has many.
  public var schedules: [RecordedSchedule.Key: RecordedSchedule] = [:]
  /// The program that the schedule is for, when it is a whole program's.
  public var program: String?
  /// What that program is called with.
  public var programArguments: [String] = []
  /// What the findings mean.
  public var verdict: Verdict
  /// The machine of the run; nil when the record came from elsewhere.
  public var environment: ReportEnvironment?

  /// Names a run; leave out what is unknown.
  public init(
    scenario: String? = nil, revision: String? = nil, seed: UInt64? = nil, execution: UInt64? = nil,
    schedule: String? = nil, verdict: Verdict = .finding, environment: ReportEnvironment? = nil
  ) {
    self.scenario = scenario
    self.revision = revision
    self.seed = seed
    self.execution = execution
    self.schedule = schedule
    self.verdict = verdict
    self.environment = environment
  }

  /// What to type to see it again; nil when nobody can know.
  public var command: String? {
    if let schedule {
      let option = program.map { "--program \(Self.shellWord($0)) " } ?? ""
      let rest = programArguments.isEmpty ? "" : " -- " + programArguments.map(Self.shellWord).joined(separator: " ")
      return "latewrite replay \(option)\(schedule)\(rest)"
    }
    guard let scenario else { return nil }
    return "latewrite stress --scenario \(scenario)" + (revision.map { " --revision '\($0)'" } ?? "")
      + (seed.map { " --seed \($0)" } ?? "")
  }

  /// A word as a shell reads it back.
  private static func shellWord(_ word: String) -> String {
    guard word.wholeMatch(of: /[A-Za-z0-9_.\/:=@%+,-]+/) == nil else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

/// The schedule under which a record was made.
public struct RecordedSchedule: Sendable, Hashable {
  /// Which record.
  public struct Key: Sendable, Hashable {
    /// Its rule.
    public var rule: UInt32
    /// Its execution.
    public var execution: UInt64

    /// The record of a rule in an execution.
    public init(rule: UInt32, execution: UInt64) {
      self.rule = rule
      self.execution = execution
    }
  }

  /// The replay token.
  public var token: String
  /// How many deviations it has.
  public var deviations: Int
  /// How many it had before it was shrunk.
  public var shrunkFrom: Int

  /// A schedule as given.
  public init(token: String, deviations: Int, shrunkFrom: Int) {
    self.token = token
    self.deviations = deviations
    self.shrunkFrom = shrunkFrom
  }
}

/// The machine that a run was on.
public struct ReportEnvironment: Sendable, Hashable {
  /// "Linux"
  public var os: String
  /// Release of the kernel.
  public var kernel: String
  /// "x86_64"
  public var cpu: String
  /// Processors that are online.
  public var cores: Int
  /// What LATEWRITE_OPTIONS said; nil when it was not set.
  public var options: String?

  /// This machine and process.
  public static func current() -> ReportEnvironment {
    var name = utsname()
    _ = unsafe uname(&name)
    return ReportEnvironment(
      os: string(of: name.sysname), kernel: string(of: name.release), cpu: string(of: name.machine),
      cores: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      options: ProcessInfo.processInfo.environment["LATEWRITE_OPTIONS"])
  }
}
