// `latewrite explore`: the same scenarios with the order of their threads' acts under control. Without options each
// revision gets what tells most about it: where bugs are declared, the strategies that find them; where none is, all
// schedules up to two deviations.
internal import ArgumentParser
internal import Exploration
internal import FoundationEssentials
internal import Glibc
internal import Harness
internal import Latewrite
internal import Proactor

struct ExploreCommand: AsyncParsableCommand {
  /// The bound of a search that is not told otherwise.
  private static let usualBound = 2
  /// How long the strategies try that are not told otherwise.
  private static let usualNanoseconds: UInt64 = 2_000_000_000
  /// An execution of a program is a process.
  private static let usualProgramBound = ProgramExplorer.Bound(
    executions: nil, nanoseconds: 5_000_000_000, leastExecutions: 600)

  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Runs scenarios with the order of their acts under control.",
    discussion: """
      One thread runs at a time; every departure from the default order is a deviation, and a schedule is its list of \
      deviations: what is found can be replayed and is shrunk at once.
      Exit codes: as 'stress'; 1 also when a declared bug did not show.
      """)

  @OptionGroup var options: RunOptions

  @Option(
    help: ArgumentHelp(
      "Who departs from the default order: \(Portfolio.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var strategy: String?

  @Option(help: ArgumentHelp("Run all schedules with at most this many deviations.", valueName: "k"))
  var bound: Int?

  @Flag(inversion: .prefixedNo, help: "Leave out schedules that differ only in the order of independent acts.")
  var reduction = true

  @Option(
    help: ArgumentHelp(
      "Go on where the search of this file stopped, and keep it there; needs --scenario, --revision and --bound.",
      valueName: "file"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Explore a C program that was built with tools/cc, instead of a scenario.", valueName: "file"))
  var program: String?

  @Argument(parsing: .postTerminator, help: ArgumentHelp("What that program is called with.", valueName: "argument"))
  var programArguments: [String] = []

  func validate() throws {
    if program == nil && !programArguments.isEmpty {
      throw ValidationError("What stands behind -- is for a program: name it with --program.")
    }
    if program != nil && (options.scenario != nil || options.revision != nil || resume != nil) {
      throw ValidationError("--program has no scenario, no revision and nothing to resume.")
    }
    if let strategy {
      _ = try NameChoice.find(strategy, in: Portfolio.all, kind: "strategy") { $0.name }
      if bound != nil {
        throw ValidationError("--strategy and --bound: a search through all schedules has no strategy.")
      }
    }
    if let bound, !(0...8).contains(bound) {
      throw ValidationError("--bound \(bound): from 0 to 8 deviations can be searched.")
    }
    if resume != nil && (options.scenario == nil || options.revision == nil || bound == nil) {
      throw ValidationError("--resume needs --scenario, --revision and --bound: a search belongs to them.")
    }
  }

  func run() async throws {
    try await endingWithSentence {
      if let program { return try await explore(ControlledProgram(path: program, arguments: programArguments)) }
      let saved = try resume.map { try SavedSearch(path: $0, options: options, bound: bound ?? 0) }
      let runs = Runs(options)
      try await runs.perform {
        try options.plans(exploring: true) { scenario, revision in plan(scenario, revision, saved) }
      } meanwhile: { progress in
        saved?.keep(progress)
      } settle: { runs in
        if let saved, let run = runs.first { try saved.keep(run) }
        try complainAboutWhatDidNotShow(runs)
      }
    }
  }

  private func explore(_ program: ControlledProgram) async throws {
    let isUnbounded = options.executions == nil && options.duration == nil
    try await ProgramRuns.explore(
      program, portfolio: Portfolio.all.first { $0.name == strategy }, bound: bound, reduces: reduction,
      seed: options.seed ?? 1,
      limit: isUnbounded
        ? Self.usualProgramBound
        : ProgramExplorer.Bound(executions: options.executions, nanoseconds: options.duration?.nanoseconds))
  }

  private func plan(
    _ scenario: Scenario, _ revision: ProactorRevision, _ saved: SavedSearch?
  ) -> (ExplorationPlan, RunBound) {
    let isSound = scenario.declaration(of: revision).rules.isEmpty && scenario.isSearchable
    if strategy == nil && (bound != nil || isSound) {
      return (
        ExplorationPlan(bound: bound ?? Self.usualBound, reduces: reduction, positions: saved?.positions ?? []),
        options.bound ?? RunBound()
      )
    }
    let portfolio = Portfolio.all.first { $0.name == strategy } ?? .standard
    return (ExplorationPlan(portfolio: portfolio), options.bound ?? RunBound(nanoseconds: Self.usualNanoseconds))
  }

  /// A declared bug that exploring cannot show is a wrong declaration, or an exploration that is too short.
  private func complainAboutWhatDidNotShow(_ runs: [RunSummary]) throws {
    var missed = false
    for run in runs where run.plan.exploration?.bound == nil {
      let shown = Set(run.findings.keys)
      for rule in run.plan.declaration.essentialRules.subtracting(shown).sorted() {
        missed = true
        complain(
          "\(run.plan.scenario.name) on \(run.plan.revision.name) declares \(rule.id), which did not show in "
            + "\(Figures.count(run.executions, "execution")): ask for more with --executions or --duration")
      }
    }
    if missed { throw ExitStatus.forbidden }
  }
}
