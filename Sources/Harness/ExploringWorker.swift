// The worker's side of an exploration: execution after execution under control, each in an order of its own, run by the
// thread of the first part as long as nothing new is found. What is found is shrunk at once, by the worker's own thread
// and on a stage of its own, so that its occurrences do not count.
internal import CSchedule
internal import Exploration
internal import Glibc
internal import Latewrite
internal import Proactor

/// Executions of one scenario on one revision, in all the orders that a portfolio or a search asks for.
///
/// A class, because executions are run by another thread than asked for them: while the one works, the other waits.
final class ExploringWorker {
  /// Executions before the first that counts: afterwards every background thread is there and at rest.
  private static let warmUps: UInt64 = 2
  /// Executions that are repeated, decision by decision, before the rest is trusted.
  private static let repeated = 3
  /// Schedules that are shrunk; of further causes the schedule is kept as it was found.
  private static let shrunkMax = 64

  private let assignment: WorkerAssignment
  private let order: ExplorationOrder
  private let mapping: WorkerMapping
  private let controller: Controller
  private var stage: Stage
  private var trial: ShrinkingStage
  private var classes: Set<UInt64> = []
  private var steps: UInt32 = 64
  private var lends = false
  private var shrunk = 0
  /// What the last execution showed for the first time and has to be shrunk.
  private var found: Found?
  /// The execution that is under way, or was last.
  private var latest: UInt64

  private struct Found {
    /// Outcomes without a schedule so far.
    var outcomes: Set<Outcome>
    /// Records that were there before.
    var recordsBefore: Int
    var schedule: Schedule
  }

  init(
    _ assignment: WorkerAssignment, _ order: ExplorationOrder, _ mapping: WorkerMapping, _ scenario: Scenario,
    _ revision: ProactorRevision, _ scope: Scope
  ) throws {
    self.assignment = assignment
    self.order = order
    latest = assignment.first
    self.mapping = mapping
    // Handing the processor over costs 1 us on one core and 40 us across cores.
    lw_stay_on_processor(UInt32(truncatingIfNeeded: assignment.first))
    controller = unsafe Controller(writingTo: mapping.scheduleMemory)
    stage = try Stage(
      scenario: scenario, revision: revision, options: assignment.options, scope: scope, controller: controller)
    trial = try ShrinkingStage(scenario, revision, assignment.options, controller, beside: scope) {
      mapping[.progress] += 1
    }
  }

  func work(until deadline: Clock.Instant) throws {
    guard try prepare() else { return }
    if let bound = order.bound {
      try search(bound, until: deadline)
    } else {
      try walk(until: deadline)
    }
  }

  /// Settles the background threads and makes sure that a schedule repeats its execution. False: the process is spent.
  private func prepare() throws -> Bool {
    for _ in 0..<Self.warmUps {
      let result = try trial.attempt(seed: assignment.seed)
      guard let run = result.controlled else { throw HarnessError.internalError("an execution ran without control") }
      guard run.end == .ended else {
        hang(run)
        mapping.phase = .finished  // whoever came next would do no better
        return false
      }
      steps = max(run.steps, 8)
      lends = run.lends
    }
    guard !assignment.isSuccessor else { return true }
    for number in 0..<Self.repeated where !trial.isSpent {
      try Repetition.check(trial: &trial, seed: assignment.seed, number: UInt64(number), steps: steps)
    }
    guard let unended = trial.unended else { return true }
    hang(unended)
    // It stands for the first one that was asked for: the next process would come to the same.
    mapping[.nextExecution] = latest + assignment.stride + 1
    return false
  }

  private var isSpent: Bool { stage.isSpent || trial.isSpent }

  /// An execution beside the counted ones did not end, or there can be no other: another process goes on.
  private func giveUpIfSpent() -> Bool {
    if isSpent { mapping.phase = .spent }
    return isSpent
  }

  // --------------------------------------------------------------------------------------------------- the portfolio

  private func walk(until deadline: Clock.Instant) throws {
    let portfolio = Portfolio.all.first { $0.name == order.portfolio } ?? .standard
    var number = assignment.first
    try goOn { [self] in
      guard isWanted(number, until: deadline) else { return false }
      _ = try execute(
        number,
        ExecutionOrder(
          strategy: portfolio.strategy(of: number, lends: lends),
          seed: SplitMix64.mixed(assignment.seed, number: number),
          steps: steps))
      number += assignment.stride
      mapping[.nextExecution] = number + 1
      return true
    }
  }

  // ------------------------------------------------------------------------------------------------------ the search

  private func search(_ bound: Int, until deadline: Clock.Instant) throws {
    var search = BoundedSearch(
      bound: bound, reduces: order.reduces, share: (order.shareIndex, order.shareCount), from: order.position)
    var number = assignment.first
    try goOn { [self] in
      guard isWanted(number, until: deadline) else { return false }
      guard let next = search.next() else {
        mapping[.searchDone] = 1
        return false
      }
      mapping.noteSearch(at: search.position, hasRun: false)
      let order = ExecutionOrder(schedule: next.schedule, logging: true)
      if next.isNew {
        search.observe(try execute(number, order))
        mapping.noteSearch(at: search.position, hasRun: true)
        number += assignment.stride
        mapping[.nextExecution] = number + 1
      } else {
        mapping[.progress] += 1
        latest = number
        mapping[.runningExecution] = number + 1
        let result = try trial.attempt(seed: assignment.seed, number: number, order: order)
        mapping[.runningExecution] = 0
        search.observe(result.controlled?.decisions ?? [])
      }
      return true
    }
  }

  // ------------------------------------------------------------------------------------------------------- executing

  private func isWanted(_ number: UInt64, until deadline: Clock.Instant) -> Bool {
    mapping[.stopWanted] == 0 && number < assignment.end ?? .max && Clock.now < deadline
  }

  /// Takes `step` after step, each of them an execution at most, until one returns false, the process is spent, or an
  /// error is thrown. What was found is shrunk in between.
  private func goOn(_ step: @escaping () throws -> Bool) throws {
    var isGoingOn = true
    var failure: (any Error)?
    while isGoingOn && !giveUpIfSpent() {
      let unended = controller.drive { [self] in
        do {
          while isGoingOn && found == nil && !isSpent { isGoingOn = try step() }
        } catch { failure = error }
      }
      if let failure { throw failure }
      if let unended { return hang(unended) }
      if let found { try shrink(found) }
      mapping[.runningExecution] = 0
    }
  }

  /// One execution that counts, and that ends. Returns its decisions, if the order asks for them.
  private func execute(_ number: UInt64, _ order: ExecutionOrder) throws -> [Decision] {
    let records = mapping.recordCount
    mapping[.runningExecution] = number + 1
    latest = number
    let result = try stage.run(seed: assignment.seed, number: number, order: order)
    guard let run = result.controlled else { throw HarnessError.internalError("an execution ran without control") }
    if run.stray > 0 && !order.schedule.deviations.isEmpty {
      throw HarnessError.internalError(
        "\(run.stray) of \(order.schedule.count) deviations of a schedule found no place: something here is not "
          + "under control")
    }
    book(result, run, execution: number)
    note(result, run, recordsBefore: records)
    if found == nil { mapping[.runningExecution] = 0 }
    return run.decisions
  }

  private func book(_ result: ExecutionResult, _ run: ControlledRun, execution: UInt64) {
    mapping.book(result, execution: execution)
    mapping[.schedulesDone] += 1
    mapping[.progress] += 1
    mapping[.stepSum] += UInt64(run.steps)
    mapping[.stepMax] = max(mapping[.stepMax], UInt64(run.steps))
    mapping[.deviationSum] += UInt64(run.schedule.count)
    mapping[.deviationMax] = max(mapping[.deviationMax], UInt64(run.schedule.count))
    mapping[.pointsReached] |= run.pointsReached
    mapping[.marksMet] |= lw_marks_met()
    guard classes.count < WorkerMapping.classCapacity else {
      if !classes.contains(run.equivalenceClass) { mapping[.classesCut] = 1 }
      return
    }
    if classes.insert(run.equivalenceClass).inserted { mapping.add(equivalenceClass: run.equivalenceClass) }
  }

  private func note(_ result: ExecutionResult, _ run: ControlledRun, recordsBefore: Int) {
    let outcomes = Set(result.facts.operations.map { Outcome($0) })
      .filter { $0 != .completedBeforeFree && mapping.schedule(of: $0) == nil }
    guard !outcomes.isEmpty || mapping.recordCount > recordsBefore else { return }
    found = Found(outcomes: outcomes, recordsBefore: recordsBefore, schedule: run.schedule)
  }

  /// The first schedule of each outcome and of each new record, shrunk.
  private func shrink(_ found: Found) throws {
    self.found = nil
    let count = found.schedule.count
    for outcome in found.outcomes {
      mapping.keep(try shrink(found.schedule, to: .outcome(outcome)), shrunkFrom: count, for: outcome)
    }
    for index in found.recordsBefore..<mapping.recordCount {
      let small = try shrink(found.schedule, to: .rule(mapping.rule(ofRecord: index)))
      mapping.keep(small, shrunkFrom: count, forRecord: index)
    }
  }

  private func shrink(_ schedule: Schedule, to goal: ShrinkingGoal) throws -> Schedule {
    guard shrunk < Self.shrunkMax, !trial.isSpent else { return schedule }
    shrunk += 1
    return try trial.shrink(schedule, to: goal, seed: assignment.seed).schedule
  }

  /// An execution that did not end is an outcome of its own, and the last one of this process.
  private func hang(_ run: ControlledRun) {
    mapping.add(1, of: .hang, execution: latest)
    if mapping.schedule(of: .hang) == nil {
      mapping.keep(run.schedule, shrunkFrom: run.schedule.count, for: .hang)
    }
    mapping[.executionsDone] += 1
    mapping[.lastExecution] = latest
    // Another process goes on behind one that counts.
    if mapping[.runningExecution] != 0 { mapping[.nextExecution] = latest + assignment.stride + 1 }
    mapping.failure = controller.standing.joined(separator: "\n")
    mapping.phase = .spent
  }
}
