// Explores a scenario in this process: by strategies, through all schedules up to a bound, by a token again; and makes
// schedules shorter.
public import Latewrite

/// One execution, as it was repeated.
public struct ExploredExecution: Sendable {
  /// What it ended in; several when several rules were broken.
  public let endings: Set<String>
  /// What control saw.
  public let run: ControlledRun
  /// Where each thread stands, when it did not end; then no other execution is possible in this process.
  public let standing: [String]
}

/// Explores one scenario. All explorers of a process share its one session; use one at a time, on one thread.
public final class Explorer {
  /// Hangs after which an exploration ends early: each leaves its threads behind in the process, which has room for a
  /// thousand, and others want to hang there too.
  public static let hangsMax: UInt64 = 100

  private static let controller = Shared<SendableController?>(nil)

  private let scenario: ExploredScenario
  private let configuration: Arena.Configuration
  private var stage: ExploredScenario.Stage
  private let scope: Scope
  private let controller: Controller
  private var steps: UInt32 = 32
  private var endingsByDefault: Set<String> = []
  private var isStanding = false

  /// Sets the scenario up and runs it twice, so that its background threads are there and at rest. Throws when the
  /// default order does not end and its threads cannot be left behind.
  public init(_ scenario: ExploredScenario, configuration: Arena.Configuration = .init(reuse: .immediate)) throws {
    self.scenario = scenario
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    self.configuration = configuration
    stage = ExploredScenario.Stage(try Arena(configuration, scope: scope))
    controller = Self.controller.withLock { known in
      let controller = known ?? SendableController()
      known = controller
      return controller.controller
    }
    for _ in 0..<2 {
      let execution = try execute(Schedule())
      guard try execution.run.end == .ended || leaveBehind() else {
        throw ExplorationError(
          "the default order of \(scenario.name) does not end: " + execution.standing.joined(separator: "; "))
      }
      steps = max(8, execution.run.steps)
      endingsByDefault = execution.endings
    }
  }

  // ------------------------------------------------------------------------------------------------------ exploring

  /// Runs `executions` executions, each in an order that a strategy of `portfolio` picks; fewer when `until` says that
  /// what was seen is enough, behind `hangsMax` hangs, or when one does not end and the process cannot go on behind it.
  public func explore(
    executions: UInt64, portfolio: Portfolio = .standard, seed: UInt64,
    until isEnough: (ExplorationResult) -> Bool = { _ in false }
  ) throws -> ExplorationResult {
    var result = ExplorationResult()
    for number in 0..<executions where !isEnough(result) {
      let execution = try execute(
        Schedule(), strategy: portfolio.strategy(of: number), seed: Self.mix(Self.mix(seed) &+ number))
      add(execution, to: &result)
      if try !isGoingOn(after: execution) || Self.hasHungEnough(result) { break }
    }
    return result
  }

  /// Runs all schedules with at most `bound` deviations; without `reducing` also those that differ only in the order of
  /// independent acts. Ends early, and is not complete, behind an execution that takes more decisions than it may,
  /// behind `hangsMax` hangs, and behind a hang where the process cannot go on.
  public func exhaust(bound: Int, reducing: Bool = true) throws -> ExplorationResult {
    var result = ExplorationResult()
    var search = BoundedSearch(bound: bound, reduces: reducing)
    while let next = search.next() {
      let execution = try execute(next.schedule, logging: true)
      if next.isNew { add(execution, to: &result) }
      if try execution.run.end == .endless || !isGoingOn(after: execution) || Self.hasHungEnough(result) {
        return result
      }
      search.observe(execution.run.decisions)
    }
    result.isComplete = true
    return result
  }

  private static func hasHungEnough(_ result: ExplorationResult) -> Bool {
    result.endings["hang"].map { $0.count >= hangsMax } ?? false
  }

  private func add(_ execution: ExploredExecution, to result: inout ExplorationResult) {
    result.note(
      execution.endings, token: token(of: execution.run.schedule), deviations: execution.run.schedule.count,
      equivalenceClass: execution.run.equivalenceClass)
  }

  // ------------------------------------------------------------------------------------------- repeating, shrinking

  /// The token of a schedule of this scenario.
  public func token(of schedule: Schedule) -> String {
    ReplayToken(digest: ReplayToken.digest(of: [scenario.name]), settings: [], schedule: schedule).text
  }

  /// Repeats the execution of a token. Throws a sentence for what is none, or is another scenario's.
  public func replay(_ token: String) throws -> ExploredExecution {
    try execute(try schedule(of: token), logging: true)
  }

  /// The fewest deviations of a token's schedule that still end in `ending`, as a token.
  public func shrink(_ token: String, to ending: String) throws -> String {
    let result = try Shrinking.shrink(try schedule(of: token)) { candidate in
      let execution = try execute(candidate.schedule, logging: candidate.isLogged)
      return Shrinking.Trial(
        shows: execution.endings.contains(ending), schedule: execution.run.schedule,
        decisions: execution.run.decisions, isLast: try !isGoingOn(after: execution))
    }
    return self.token(of: result.schedule)
  }

  private func schedule(of token: String) throws -> Schedule {
    let read = try ReplayToken(token)
    guard read.digest == ReplayToken.digest(of: [scenario.name]) else {
      throw ExplorationError("the token is not for \(scenario.name): it belongs to another scenario")
    }
    return read.schedule
  }

  // ------------------------------------------------------------------------------------------------------ executing

  /// Whether another execution is possible in this process.
  private func isGoingOn(after execution: ExploredExecution) throws -> Bool {
    try execution.run.end == .ended || leaveBehind() && isAsItWas()
  }

  /// Leaves what hangs, if anything does, where it stands, with its arena. False where that cannot be.
  private func leaveBehind() throws -> Bool {
    guard controller.leaveBehind() else { return false }
    if isStanding { stage = ExploredScenario.Stage(try Arena(configuration, scope: scope)) }
    isStanding = false
    return true
  }

  /// What was left behind may have been in the midst of something that later executions need: the default order tells.
  private func isAsItWas() throws -> Bool {
    let execution = try execute(Schedule())
    return try execution.endings == endingsByDefault && (execution.run.end == .ended || leaveBehind())
  }

  private func execute(
    _ schedule: Schedule, strategy: Strategy = .none, seed: UInt64 = 0, logging: Bool = false
  ) throws -> ExploredExecution {
    guard try leaveBehind() else {
      throw ExplorationError(
        "an execution of \(scenario.name) hung and its threads cannot be left behind: go on in another process")
    }
    let before = scope.counts
    var cast = try scenario.setUp(stage)
    let run = controller.run(
      cast.threads, following: schedule, strategy: strategy, seed: seed, steps: steps, logging: logging)
    guard run.end == .ended else {
      isStanding = true
      return ExploredExecution(endings: ["hang"], run: run, standing: controller.standing)
    }
    stage.arena.check()
    var endings = Set(cast.invariants.filter { !$0.holds() }.map { "broken: \($0.sentence)" })
    let word = cast.classify()
    // What only the scenario's values hold, as a port holds a packet, goes with them.
    cast = ExploredScenario.Cast(threads: [])
    try clear()
    for (rule, count) in scope.counts where count > before[rule, default: 0] { endings.insert(rule.id) }
    if endings.isEmpty { endings = [word] }
    return ExploredExecution(endings: endings, run: run, standing: [])
  }

  /// Makes the arena as new. What somebody may still write into is not used again: it is closed, and tells (LW011).
  private func clear() throws {
    if stage.arena.counts().openLoans == 0 {
      try stage.arena.reset()
    } else {
      stage = ExploredScenario.Stage(try Arena(configuration, scope: scope))
    }
  }

  private static func mix(_ seed: UInt64) -> UInt64 {
    var mixed = seed &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Why exploring could not go on, one sentence.
public struct ExplorationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// @unchecked: the controller is used by one explorer at a time, as `Explorer` demands.
private final class SendableController: @unchecked Sendable {
  let controller = Controller()
}
