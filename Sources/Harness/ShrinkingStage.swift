// A stage beside the one that counts: for warming up, for repeating, for shrinking. Its findings go to a scope of its
// own that nobody reads, those that belong to no arena as well.
internal import Exploration
internal import Latewrite
internal import Proactor

/// What a shrunk schedule must still show.
enum ShrinkingGoal: Sendable, Hashable {
  /// An operation that ends so.
  case outcome(Outcome)
  /// A finding of this rule.
  case rule(Rule)
}

struct ShrinkingStage {
  /// What shrinking came to.
  struct Result {
    /// The shortest schedule that was found.
    var schedule: Schedule
    /// Executions that it took.
    var executions: Int
  }

  private var stage: Stage
  private let scope: Scope
  /// The scope that counts.
  private let counted: Scope
  /// The first schedules that show something, of all those with few deviations: made once, when it is needed, and good
  /// for every goal.
  private var catalogue: [ShrinkingGoal: Schedule]?
  private let isSearchable: Bool
  /// Called after each execution: whoever takes a process that does not move for a hang must see that this one does.
  private let moved: @Sendable () -> Void
  /// An execution here that did not end: the process can do no other.
  private(set) var unended: ControlledRun?
  var isSpent: Bool { unended != nil || stage.isSpent }

  init(
    _ scenario: Scenario, _ revision: ProactorRevision, _ options: ExecutionOptions, _ controller: Controller,
    beside counted: Scope, moved: @escaping @Sendable () -> Void = {}
  ) throws {
    self.moved = moved
    self.counted = counted
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    isSearchable = scenario.isSearchable
    stage = try Stage(
      scenario: scenario, revision: revision, options: options, scope: scope, controller: controller)
  }

  /// The events of the last execution.
  var events: [TraceEvent] { stage.trace.events }

  /// One execution that nobody counts, whether it ends or not.
  mutating func attempt(
    seed: UInt64, number: UInt64 = 0, order: ExecutionOrder = ExecutionOrder()
  ) throws -> ExecutionResult {
    try counted.lendRest(to: scope) { try stage.run(seed: seed, number: number, order: order) }
  }

  /// The same; nil when it did not end, or when the process was spent before.
  mutating func run(seed: UInt64, order: ExecutionOrder = ExecutionOrder()) throws -> ControlledRun? {
    stage.isSpent ? nil : try ended(try attempt(seed: seed, order: order))
  }

  /// The fewest deviations of `schedule`, or of any other schedule that was tried, that still show `goal`.
  mutating func shrink(
    _ schedule: Schedule, to goal: ShrinkingGoal, seed: UInt64
  ) throws -> Result {
    var result = try reduce(swapping: false, schedule, goal, seed: seed)
    guard result.schedule.count > 1, isSearchable, !isSpent else { return result }
    if catalogue == nil { result.executions += try makeCatalogue(seed: seed) }
    if let shorter = catalogue?[goal], shorter.count < result.schedule.count { result.schedule = shorter }
    guard result.schedule.count > Shrinking.boundMax, !isSpent else { return result }
    let swapped = try reduce(swapping: true, result.schedule, goal, seed: seed)
    return Result(schedule: swapped.schedule, executions: result.executions + swapped.executions)
  }

  /// The fewest deviations that are left when others go, or when some come in the place of more.
  private mutating func reduce(
    swapping: Bool, _ schedule: Schedule, _ goal: ShrinkingGoal, seed: UInt64
  ) throws -> Result {
    let smaller = try Shrinking.shrink(schedule, searching: false, swapping: swapping) { candidate in
      guard let shown = try perform(candidate.schedule, seed: seed, logging: candidate.isLogged) else { return nil }
      return Shrinking.Trial(
        shows: shown.goals.contains(goal), schedule: shown.run.schedule, decisions: shown.run.decisions)
    }
    return Result(schedule: smaller.schedule, executions: smaller.executions)
  }

  private mutating func makeCatalogue(seed: UInt64) throws -> Int {
    var found: [ShrinkingGoal: Schedule] = [:]
    var search = BoundedSearch(bound: Shrinking.boundMax)
    var executions = 0
    while executions < Shrinking.searchMax, let next = search.next(),
      let shown = try perform(next.schedule, seed: seed, logging: true)
    {
      executions += 1
      for goal in shown.goals where found[goal] == nil { found[goal] = shown.run.schedule }
      search.observe(shown.run.decisions)
    }
    catalogue = found
    return executions
  }

  /// One execution of `schedule` and all that it shows; nil when it did not end, which spends the process,
  /// or when that was spent before.
  private mutating func perform(
    _ schedule: Schedule, seed: UInt64, logging: Bool
  ) throws -> (goals: Set<ShrinkingGoal>, run: ControlledRun)? {
    guard !stage.isSpent else { return nil }
    let before = scope.counts
    // Deleting a deviation may take away the cause of a readiness that another one waits for.
    let order = ExecutionOrder(schedule: schedule, logging: logging, patience: .milliseconds(50))
    let result = try attempt(seed: seed, order: order)
    moved()
    guard let run = try ended(result) else { return nil }
    var goals = Set(result.facts.operations.map { ShrinkingGoal.outcome(Outcome($0)) })
    for (rule, count) in scope.counts where count > before[rule, default: 0] { goals.insert(.rule(rule)) }
    return (goals, run)
  }

  /// What control saw of an execution that ended.
  private mutating func ended(_ result: ExecutionResult) throws -> ControlledRun? {
    guard let run = result.controlled else { throw HarnessError.internalError("an execution ran without control") }
    if run.end == .ended { return run }
    unended = run
    return nil
  }
}
