// Follows a schedule in this process: the same execution, the same findings, step by step.
internal import CSchedule
public import Exploration
internal import Latewrite

/// What one execution of a schedule showed.
public struct ReplayedExecution: Sendable {
  /// The acts, canonical.
  public let acts: [CanonicalAct]
  /// The decisions.
  public let decisions: [Decision]
  /// What operations ended in.
  public let outcomes: [Outcome]
  /// How it ended.
  public let end: ControlledRun.End
  /// Deviations that found no place.
  public let stray: UInt32
  /// The names of the members.
  public let names: [String]
  /// Where members stand, when it did not end.
  public let standing: [String]
}

extension ReplayedExecution {
  /// Every act, and every decision after which another thread runs, ending in a newline. Lines that begin with "*" are
  /// deviations.
  public var stepTable: String { StepTable(acts: acts, decisions: decisions, names: names).whole }

  /// The acts that lead to the first harm, and the deviations among them; nil when there is none.
  public var story: String? { StepTable(acts: acts, decisions: decisions, names: names).story }
}

/// Follows a token. One a process, because the session that it begins ends with the process.
public struct Replay {
  private let execution: TokenedExecution
  private let scope: Scope
  private var stage: Stage
  private var trial: ShrinkingStage
  /// An execution that should only settle the background threads, and did not end: it is what the token tells of.
  private var unended: ExecutionResult?

  /// Sets up what the token names and settles the background threads.
  public init(_ execution: TokenedExecution) throws {
    self.execution = execution
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    _ = scope.takeRest()
    lw_stay_on_processor(0)
    let controller = Controller()
    stage = try Stage(
      scenario: execution.scenario, revision: execution.revision, options: execution.options, scope: scope,
      controller: controller)
    trial = try ShrinkingStage(execution.scenario, execution.revision, execution.options, controller, beside: scope)
    for _ in 0..<2 where unended == nil {
      let result = try trial.attempt(seed: execution.seed, order: ExecutionOrder(logging: true))
      if result.controlled?.end != .ended { unended = result }
    }
  }

  /// One execution of the schedule. A debugger may find the program before the step `stopBefore`.
  public mutating func run(stopBefore: UInt32 = .max) throws -> ReplayedExecution {
    let events: [TraceEvent]
    let result: ExecutionResult
    if let unended {
      (result, events) = (unended, trial.events)
    } else {
      result = try stage.run(
        seed: execution.seed, number: 0,
        order: ExecutionOrder(schedule: execution.schedule, logging: true, stopBefore: stopBefore))
      events = stage.trace.events
    }
    guard let run = result.controlled else { throw HarnessError.internalError("an execution ran without control") }
    var outcomes = result.facts.operations.map { Outcome($0) }
    if run.end != .ended { outcomes.append(.hang) }
    let members = UInt16(truncatingIfNeeded: lw_control_member_count())
    return ReplayedExecution(
      acts: CanonicalTrace.acts(of: events), decisions: run.decisions, outcomes: outcomes, end: run.end,
      stray: run.stray, names: (0..<members).map { Controller.name(of: $0) }, standing: result.standing)
  }

  /// The raw record of what `run` found.
  public var rawRecords: [UInt8] { scope.rawRecords }

  /// The fewest deviations that still show the worst outcome of `replayed`; nil when it has none worth a schedule.
  public mutating func shrink(
    _ replayed: ReplayedExecution
  ) throws -> (outcome: Outcome, schedule: Schedule, executions: Int)? {
    guard let worst = replayed.outcomes.min(by: { $0.rawValue < $1.rawValue }), worst != .completedBeforeFree,
      worst != .hang
    else { return nil }
    let result = try trial.shrink(execution.schedule, to: .outcome(worst), seed: execution.seed)
    return (worst, result.schedule, result.executions)
  }
}
