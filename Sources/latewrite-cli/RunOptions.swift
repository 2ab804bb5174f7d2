// What every command that runs scenarios can be told, and the runs that follow from it.
internal import ArgumentParser
internal import CrashReports
internal import Glibc
internal import Harness
internal import Latewrite
internal import Proactor

struct RunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The scenario to run (see 'latewrite list'); all by default.", valueName: "name"))
  var scenario: String?

  @Option(
    help: ArgumentHelp(
      "The revision to run it on; by default those that show most, before and after the fix.", valueName: "name"))
  var revision: String?

  @Option(help: ArgumentHelp("End each run after this many executions.", valueName: "n"))
  var executions: UInt64?

  @Option(help: ArgumentHelp("End each run after this time: 10s, 500ms, 2m.", valueName: "time"))
  var duration: TypedDuration?

  @Option(help: ArgumentHelp("Execution n has seed + n; the same seed makes the same decisions.", valueName: "number"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Do part i (from 1) of n of the executions.", valueName: "i/n"))
  var shard: TypedShard?

  @Option(help: ArgumentHelp("Worker processes; one for each core by default.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Waits of an execution; under stress in flight at a time, 64 or 8 child processes; explored 2 by default.",
      valueName: "n"))
  var waits: Int?

  @Option(help: ArgumentHelp("Which freed block an allocation takes.", valueName: "policy"))
  var arena = TypedCase(Arena.Reuse.immediate)

  @Option(name: .customLong("late-write"), help: ArgumentHelp("What a late write does.", valueName: "what"))
  var lateWrite = TypedCase(Arena.LateWrite.lands)

  @Option(
    help: ArgumentHelp("Where findings are stored; '\(ReportReader.defaultDirectory)' by default.", valueName: "dir"))
  var out: String?

  @Option(help: "How results are printed.")
  var format: OutputFormat = .text

  @Flag(help: "No progress, no report: only the tables.")
  var quiet = false

  @Option(help: ArgumentHelp("A worker that stands still for this long is ended.", visibility: .hidden))
  var hangAfter: TypedDuration?

  func validate() throws {
    if executions == 0 { throw ValidationError("--executions 0 runs nothing: ask for at least 1.") }
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs \(jobs): from 1 to 1024 workers make sense.")
    }
    if let waits, !(1...4096).contains(waits) {
      throw ValidationError("--waits \(waits): from 1 to 4096 can be in flight.")
    }
    if let out, out.isEmpty { throw ValidationError("--out needs a directory.") }
    _ = try (chosenScenarios(), chosenRevision())
  }

  /// All that is meant where nothing was named: what is explored in one run takes too long to be stressed in another.
  private func chosenScenarios(exploring: Bool = false) throws -> [Scenario] {
    guard let scenario else {
      return Scenario.all.filter { exploring ? $0.isExploredByDefault : $0.isStressedByDefault }
    }
    return [try NameChoice.find(scenario, in: Scenario.all, kind: "scenario") { $0.name }]
  }

  private func chosenRevision() throws -> ProactorRevision? {
    try revision.map { try NameChoice.find($0, in: ProactorRevision.all, kind: "revision") { $0.name } }
  }

  /// A bound that was asked for; nil when nothing was said.
  var bound: RunBound? {
    executions == nil && duration == nil ? nil : RunBound(executions: executions, nanoseconds: duration?.nanoseconds)
  }

  /// Every chosen scenario on every chosen revision, stressed with delays or without, or explored as `exploration`
  /// says.
  func plans(
    exploring: Bool = false,
    noise: Bool = false,
    exploration: (Scenario, ProactorRevision) throws -> (ExplorationPlan, RunBound)? = { _, _ in nil }
  ) throws -> [RunPlan] {
    var random = SystemRandomNumberGenerator()
    // Short enough to be typed, long enough that two runs hardly ever share one.
    let seed = seed ?? UInt64.random(in: 1...999_999_999, using: &random)
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let chosen = try chosenRevision()
    return try chosenScenarios(exploring: exploring).flatMap { scenario in
      try (chosen.map { [$0] } ?? scenario.usualRevisions).map { revision in
        let explored = try exploration(scenario, revision)
        let usualWaits = explored == nil ? scenario.usualWaits : scenario.exploredWaits
        var plan = RunPlan(
          scenario: scenario, revision: revision,
          options: ExecutionOptions(
            waits: waits ?? usualWaits, reuse: arena.value, lateWrite: lateWrite.value, noise: noise),
          seed: seed, bound: explored?.1 ?? bound ?? RunBound(nanoseconds: scenario.usualNanoseconds),
          shard: shard?.shard ?? .whole, jobs: jobs ?? cores, hangNanoseconds: hangAfter?.nanoseconds ?? 10_000_000_000)
        plan.exploration = explored?.0
        return plan
      }
    }
  }
}
