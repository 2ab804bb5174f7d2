// One execution in this process: set up, run, settle, and let the trace say what happened.
internal import Exploration
internal import Latewrite
internal import Proactor

/// What one execution came to.
struct ExecutionResult {
  var facts = ExecutionFacts()
  /// What the checker replayed; nil without a trace.
  var checked: CheckedTrace?
  /// What control saw of it; nil when it ran free.
  var controlled: ControlledRun?
  /// Where each thread stands, one sentence each, when a controlled execution did not end: the process is spent.
  var standing: [String] = []
}

/// Who decides about the order of an execution: the schedule where it says something, the strategy otherwise.
struct ExecutionOrder {
  var schedule = Schedule()
  var strategy = Strategy.none
  /// Of the strategy.
  var seed: UInt64 = 0
  /// The strategy's guess at the length of the execution.
  var steps: UInt32 = 64
  /// Whether all decisions are wanted.
  var logging = false
  /// How long what the schedule prescribes of the world outside is waited for; zero for ever.
  var patience = Duration.zero
  /// The step before which a debugger shall find the program; .max for none.
  var stopBefore: UInt32 = .max
}

/// The place where a worker's executions run, one after the other: one arena, reset in between (or another one, where
/// loans stay open), one trace, one scope.
struct Stage {
  /// How long loans may stay open after all threads have ended before that counts as a leak.
  private static let patience = Duration.seconds(5)

  private let scenario: Scenario
  private let revision: ProactorRevision
  private let options: ExecutionOptions
  private let scope: Scope
  private var ground: SharedArena
  /// The arena of the last execution, where loans have stayed open: closing it tells of them, behind what the execution
  /// itself has come to.
  private var left: SharedArena?
  /// Whether no other execution can follow in this process: too many of its arenas have been left with open loans.
  private(set) var isSpent = false
  private let freedWhileLent: Shared<FreedWhileLent>
  /// Who runs the executions under control; nil: they run free.
  private let controller: Controller?
  private(set) var trace = ExecutionTrace()
  private var join = FactJoin()
  private var checker = TraceChecker()

  /// What was freed while it was lent, in the arena that counts now.
  private struct FreedWhileLent {
    var arena: UInt32
    var found: [Incarnation] = []
  }

  /// A stage whose findings go to `scope`, and whose executions run under `controller` if there is one.
  init(
    scenario: Scenario, revision: ProactorRevision, options: ExecutionOptions, scope: Scope,
    controller: Controller? = nil
  ) throws {
    self.controller = controller
    self.scenario = scenario
    self.revision = revision
    self.options = options
    self.scope = scope
    ground = try Self.newGround(for: scenario, options, scope)
    let freed = Shared(FreedWhileLent(arena: ground.arena.number))
    scope.observe { rule, arena, incarnation in
      guard rule == .freedWhileLent, let incarnation else { return }
      freed.withLock { if arena == $0.arena { $0.found.append(incarnation) } }
    }
    freedWhileLent = freed
    if options.trace {
      try Trace.start(eventsPerThread: scenario.eventsPerThread(options))
    } else if controller != nil {
      Trace.startUnrecorded()
    }
  }

  private static func newGround(
    for scenario: Scenario, _ options: ExecutionOptions, _ scope: Scope
  ) throws -> SharedArena {
    var configuration = Arena.Configuration(reuse: options.reuse)
    configuration.name = scenario.name
    configuration.lateWrite = options.lateWrite
    if !options.trace { configuration.stacks = .off }
    return SharedArena(try Arena(configuration, scope: scope))
  }

  /// Runs execution `number` with `seed`, telling `progress` whenever an operation has ended. `order` matters under
  /// control only.
  mutating func run(
    seed: UInt64, number: UInt64, order: ExecutionOrder = ExecutionOrder(),
    progress: @escaping @Sendable () -> Void = {}
  ) throws -> ExecutionResult {
    left = nil
    scope.setExecution(seed: seed, number: number)
    if options.trace {
      freedWhileLent.withLock { $0.found.removeAll() }
      trace.drain()
    }
    if options.noise && controller == nil { scenario.noise(seed).start() } else { Choices.seed(seed) }
    let setting = ExecutionSetting(
      seed: seed, revision: revision, options: options, isControlled: controller != nil, progress: progress)
    let cast = try scenario.setUp(ground, setting)
    let controlled = try play(cast, order)
    if let controlled, controlled.end != .ended {
      trace.drain()
      return ExecutionResult(controlled: controlled, standing: controller?.standing ?? [])
    }
    // Under control nothing moves any more: what is not settled by now never will be.
    let deadline = controlled == nil ? Clock.now.advanced(by: Self.patience) : .past
    let settled = ground.arena.waitSettled(until: deadline)
    Noise.stop()
    for invariant in cast.invariants where !invariant.holds() {
      throw HarnessError.internalError("\(scenario.name), seed \(seed): it is not so that \(invariant.sentence)")
    }
    ground.arena.check()
    return try conclude(settled: settled, controlled)
  }

  /// All members begin, and all have ended - or, under control, can go on no more.
  private func play(_ cast: ExecutionCast, _ order: ExecutionOrder) throws -> ControlledRun? {
    guard let controller else {
      let errors = Shared<[String]>([])
      try Self.begin(cast.members[...], errors)
      try Self.check(errors.read())
      return nil
    }
    let controlled = controller.run(
      cast.members, following: order.schedule, strategy: order.strategy, seed: order.seed, steps: order.steps,
      logging: order.logging, stopBefore: order.stopBefore, patience: order.patience)
    try Self.check(controlled.errors)
    return controlled
  }

  /// No thread of the scenario has thrown anything.
  private static func check(_ errors: [String]) throws {
    if let error = errors.first { throw HarnessError.internalError("a thread of the scenario failed: \(error)") }
  }

  /// Threads are values that are joined when they go: each waits here for those begun after it.
  private static func begin(_ members: ArraySlice<Part>, _ errors: Shared<[String]>) throws {
    guard let member = members.first else { return }
    let thread = try LatewriteThread(named: member.name) {
      do { try member.body() } catch { errors.withLock { $0.append("\(member.name) threw: \(error)") } }
    }
    try begin(members.dropFirst(), errors)
    thread.join()
  }

  private mutating func conclude(settled: Bool, _ controlled: ControlledRun?) throws -> ExecutionResult {
    guard options.trace else {
      try clear(settled)
      return ExecutionResult(controlled: controlled)
    }
    trace.drain()
    let checked = try checker.check(trace, arena: ground.arena.number, findings: freedWhileLent.read().found)
    try compare(checked, with: ground.arena.counts())
    let facts = join.facts(from: trace, arena: ground.arena.number)
    try clear(settled)
    return ExecutionResult(facts: facts, checked: checked, controlled: controlled)
  }

  /// For the next execution. An arena with open loans cannot be used again: it is closed, which abandons its memory.
  private mutating func clear(_ isSettled: Bool) throws {
    if isSettled { return try ground.arena.reset() }
    guard let next = try? Self.newGround(for: scenario, options, scope) else { return isSpent = true }
    left = ground
    ground = next
    freedWhileLent.withLock { $0 = FreedWhileLent(arena: next.arena.number) }
  }

  /// The arena's own books and the replayed ones.
  private func compare(_ checked: CheckedTrace, with counts: Arena.Counts) throws {
    guard counts.liveBlocks == UInt64(checked.liveBlocks) else {
      throw TraceDisagreement(
        slot: nil, sentence: "\(checked.liveBlocks) blocks are live by their events, \(counts.liveBlocks) by the arena")
    }
    guard counts.openLoans == UInt64(checked.openLoans) else {
      throw TraceDisagreement(
        slot: nil, sentence: "\(checked.openLoans) loans are open by their events, \(counts.openLoans) by the arena")
    }
  }
}
