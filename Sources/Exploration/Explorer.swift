// Explores a scenario in this process: by strategies, and through all schedules up to a bound. What is found repeats by
// its token and gets shorter: Explorer+Replay.swift.
public import Latewrite

/// One execution, as it was repeated.
public struct ExploredExecution: Sendable {
  /// What it ended in; several when several rules were broken. "hang" when nothing can go on or there is no end to it,
  /// "stalled" when a thread blocks or loops outside of control.
  public let endings: Set<String>
  /// What control saw.
  public let run: ControlledRun
  /// Where each thread stands, when it did not end.
  public let standing: [String]
  /// Of a replay its steps as a table: every act on what threads share, and every change of hands. Lines beginning with
  /// "*" are the deviations, where they were taken. Empty otherwise.
  public internal(set) var stepTable = ""
}

/// Explores one scenario. All explorers of a process share its one session and take turns, call by call; each is used
/// by one thread at a time.
public final class Explorer {
  /// Hangs after which an exploration ends early: each leaves its threads behind in the process, which has room for a
  /// thousand, and others want to hang there too.
  public static let hangsMax: UInt64 = 100

  private static let session = Shared<Session?>(nil)
  /// Explorers of a process, in tests that run side by side, take turns.
  private static let turn = Turn()

  let scenario: ExploredScenario
  private let configuration: Arena.Configuration
  private var stage: ExploredScenario.Stage
  private let scope: Scope
  private let session: Session
  var controller: Controller { session.controller }
  private var steps: UInt32 = 32
  private var lends = false
  private var endingsByDefault: Set<String> = []
  private var isStanding = false
  /// By any execution.
  private var pointsReached: UInt64 = 0

  /// Sets the scenario up and runs it twice, so that its background threads are there and at rest. Throws when the
  /// default order does not end and its threads cannot be left behind.
  public init(_ scenario: ExploredScenario, configuration: Arena.Configuration = .init(reuse: .immediate)) throws {
    self.scenario = scenario
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    self.configuration = configuration
    stage = ExploredScenario.Stage(try Arena(configuration, scope: scope))
    session = Self.turn.take { _ in
      Self.session.withLock { known in
        let session = known ?? Session()
        known = session
        return session
      }
    }
    try inTurn {
      for _ in 0..<2 {
        let execution = try execute(Schedule())
        guard try execution.run.end == .ended || leaveBehind() else {
          throw ExplorationError("the default order of \(scenario.name) does not end: \(Self.describe(execution))")
        }
        steps = max(8, execution.run.steps)
        lends = execution.run.lends
        endingsByDefault = execution.endings
      }
    }
  }

  /// Runs `body` while no other explorer of the process runs anything.
  func inTurn<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.turn.take { isOutermost in
      if isOutermost { Controller.forgetStrangers() }
      return try body()
    }
  }

  // ------------------------------------------------------------------------------------------------------ exploring

  /// Runs `executions` executions, each in an order that a strategy of `portfolio` picks; fewer when `until` says that
  /// what was seen is enough, behind `hangsMax` hangs, or when one does not end and the process cannot go on behind it.
  /// Throws the first step that differs when an execution does not repeat itself: the first of each ending is run
  /// again, and others now and then.
  public func explore(
    executions: UInt64, portfolio: Portfolio = .standard, seed: UInt64,
    until isEnough: (ExplorationResult) -> Bool = { _ in false }
  ) throws -> ExplorationResult {
    try inTurn {
      var result = ExplorationResult()
      for number in 0..<executions where !isEnough(result) {
        let isRepeated = number < 8 || number.isMultiple(of: 256)
        let execution = try execute(
          Schedule(), strategy: portfolio.strategy(of: number, lends: lends), seed: Self.mix(Self.mix(seed) &+ number),
          logging: isRepeated)
        let isNew = add(execution, to: &result)
        if try !isGoingOn(after: execution) || Self.hasHungEnough(result) { break }
        if isNew || isRepeated { try checkRepetition(of: execution) }
      }
      warn(in: &result)
      return result
    }
  }

  /// Runs all schedules with at most `bound` deviations; without `reducing` also those that differ only in the order of
  /// independent acts. Ends early, and is not complete, behind an execution that takes more decisions than it may,
  /// behind `hangsMax` hangs, and behind a hang where the process cannot go on.
  /// Throws as `explore` does, and for a bound below 0. `Int.max` is every schedule, where there is an end of them.
  public func exhaust(bound: Int, reducing: Bool = true) throws -> ExplorationResult {
    if bound < 0 { throw ExplorationError("no schedule has \(bound) deviations: name a bound from 0 on") }
    return try inTurn {
      var result = ExplorationResult()
      var search = BoundedSearch(bound: bound, reduces: reducing)
      result.isComplete = true
      while let next = search.next() {
        let execution = try execute(next.schedule, logging: true)
        let isNew = next.isNew && add(execution, to: &result)
        if try execution.run.end == .endless || !isGoingOn(after: execution) || Self.hasHungEnough(result) {
          result.isComplete = false
          break
        }
        if isNew || execution.run.stray > 0 { try checkRepetition(of: execution) }
        search.observe(execution.run.decisions)
      }
      warn(in: &result)
      return result
    }
  }

  private static func hasHungEnough(_ result: ExplorationResult) -> Bool {
    result.endings["hang"].map { $0.count >= hangsMax } ?? false
  }

  private func add(_ execution: ExploredExecution, to result: inout ExplorationResult) -> Bool {
    pointsReached |= execution.run.pointsReached
    return result.note(
      execution.endings, token: token(of: execution.run.schedule), deviations: execution.run.schedule.count,
      equivalenceClass: execution.run.equivalenceClass, standing: execution.standing)
  }

  /// What is not under control is not silently taken for explored.
  private func warn(in result: inout ExplorationResult) {
    result.warnings = Set(Controller.strangers).sorted().map { "not under control, so in no schedule: \($0)" }
    guard ControlledRun.isBlind(pointsReached) else { return }
    result.warnings.append(
      "no thread passed a point but where it begins and waits: Lock, Shared, NSLock, pthread_mutex_t and "
        + "schedulingPoint(_:on:) make some, plain memory, Atomic, Mutex and queues of Dispatch do not")
  }

  // ------------------------------------------------------------------------------------------------------ executing

  /// Whether another execution is possible in this process.
  func isGoingOn(after execution: ExploredExecution) throws -> Bool {
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

  func execute(
    _ schedule: Schedule, strategy: Strategy = .none, seed: UInt64 = 0, logging: Bool = false
  ) throws -> ExploredExecution {
    guard try leaveBehind() else {
      throw ExplorationError(
        "an execution of \(scenario.name) hung and its threads cannot be left behind: go on in another process "
          + "(\(session.hung))")
    }
    let before = scope.counts
    var cast = try scenario.setUp(stage)
    guard (1...Controller.threadsMax).contains(cast.threads.count) else {
      throw ExplorationError(
        "\(scenario.name) has \(cast.threads.count) threads: between 1 and \(Controller.threadsMax) can be ordered")
    }
    let (run, breaches, word) = Controller.tellingOfCrash(in: scenario.name, digest: digest) {
      () -> (ControlledRun, [String], String) in
      let run = controller.run(
        cast.threads, following: schedule, strategy: strategy, seed: seed, steps: steps, logging: logging)
      guard run.end == .ended else { return (run, [], "") }
      stage.arena.check()
      return (run, cast.invariants.compactMap(\.breach), cast.classify())
    }
    guard run.end == .ended else {
      isStanding = true
      let execution = ExploredExecution(
        endings: [run.end == .stalled ? "stalled" : "hang"], run: run, standing: controller.standing)
      session.hung = Self.describe(execution)
      return execution
    }
    var endings = Set(breaches).union(run.errors)
    // What only the scenario's values hold, as a port holds a packet, goes with them.
    cast = ExploredScenario.Cast(threads: [])
    try clear()
    for (rule, count) in scope.counts where count > before[rule, default: 0] { endings.insert(rule.id) }
    if endings.isEmpty { endings = [word] }
    return ExploredExecution(endings: endings, run: run, standing: [])
  }

  /// Makes the arena as new. What somebody may still write into, or did not give back, is not used again: it is closed,
  /// and tells (LW011).
  private func clear() throws {
    let counts = stage.arena.counts()
    if counts.openLoans == 0 && counts.liveBlocks == 0 {
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

/// What explorers share. @unchecked: they use it in turn.
private final class Session: @unchecked Sendable {
  let controller = Controller()
  /// What the last execution that did not end stands at.
  var hung = ""
}
