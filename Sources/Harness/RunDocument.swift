// A run for machines: the one object that `--format json` prints. Its keys are a contract; unknown is null, never
// absent.
internal import CrashReports
internal import Latewrite
internal import Proactor

/// Everything that a `stress` or `explore` command did.
public struct RunDocument: Encodable, Sendable {
  private let runs: [RunSummary]

  /// The document of these runs.
  public init(_ runs: [RunSummary]) { self.runs = runs }

  private enum Key: String, CodingKey { case schemaVersion, runs, verdict }

  /// Encodes the object with its fixed set of keys.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(1, forKey: .schemaVersion)
    try object.encode(runs.map(RunObject.init), forKey: .runs)
    let worst = runs.map(\.verdict).max { $0.rawValue < $1.rawValue } ?? .ok
    try object.encode(worst.name, forKey: .verdict)
  }
}

private struct RunObject: Encodable {
  let run: RunSummary

  enum Key: String, CodingKey {
    case scenario, revision, arena, strategy, seed, executions, operations, seconds, outcomes, findings, signatures
  }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(run.plan.scenario.name, forKey: .scenario)
    try object.encode(run.plan.revision.name, forKey: .revision)
    try object.encode("\(run.plan.options.reuse)", forKey: .arena)
    try object.encode(run.plan.exploration?.name ?? "stress", forKey: .strategy)
    try object.encode(run.plan.seed, forKey: .seed)
    try object.encode(run.executions, forKey: .executions)
    try object.encode(run.tally.operations, forKey: .operations)
    try object.encode(run.seconds, forKey: .seconds)
    try object.encode(run.outcomes.map(OutcomeObject.init), forKey: .outcomes)
    let findings = run.findings.map { ($0.key.id, $0.value) }
    try object.encode(Dictionary(uniqueKeysWithValues: findings), forKey: .findings)
    try object.encode(run.signatures, forKey: .signatures)
  }
}

private struct OutcomeObject: Encodable {
  let count: OutcomeCount

  enum Key: String, CodingKey { case outcome, count, verdict, firstSeed, firstExecution, schedule }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(count.outcome.name, forKey: .outcome)
    try object.encode(count.count, forKey: .count)
    try object.encode(count.verdict.name, forKey: .verdict)
    try object.encode(count.firstSeed, forKey: .firstSeed)
    try object.encode(count.firstExecution, forKey: .firstExecution)
    // A free-running seed repeats the decisions and not the timing: there is no schedule to give.
    try object.encode(count.schedule?.token, forKey: .schedule)
  }
}
