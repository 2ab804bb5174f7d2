// The worker's side of an exploration: execution after execution under control, each in an order of its own. What is
// found is shrunk at once, on a stage of its own, so that its occurrences do not count.
internal import CSchedule
internal import Exploration
internal import Glibc
internal import Latewrite
internal import Proactor

/// Executions of one scenario on one revision, in all the orders that a portfolio or a search asks for.
struct ExploringWorker {
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
  private var shrunk = 0

  init(
    _ assignment: WorkerAssignment, _ order: ExplorationOrder, _ mapping: WorkerMapping, _ scenario: Scenario,
    _ revision: ProactorRevision, _ scope: Scope
  ) throws {
    self.assignment = assignment
    self.order = order
    self.mapping = mapping
    // Handing the processor over costs 1 us on one core and 40 us across cores.
    lw_stay_on_processor(UInt32(truncatingIfNeeded: assignment.first))
    controller = unsafe Controller(writingTo: mapping.scheduleMemory)
    stage = try Stage(
      scenario: scenario, revision: revision, options: assignment.options, scope: scope, controller: controller)
    trial = try ShrinkingStage(scenario, revision, assignment.options, controller) { mapping[.progress] += 1 }
  }

  mutating func work(until deadline: Clock.Instant) throws {
    guard try prepare() else { return }
    if let bound = order.bound {
      try search(bound, until: deadline)
    } else {
      try walk(until: deadline)
    }
  }

  /// Settles the background threads and makes sure that a schedule repeats its execution. False: the process is spent.
  private mutating func prepare() throws -> Bool {
    for _ in 0..<Self.warmUps {
      let result = try trial.stage.run(seed: assignment.seed, number: 0)
      guard let run = result.controlled, run.end == .ended else {
        hang(result, schedule: Schedule(), execution: assignment.first)
        mapping.phase = .finished  // whoever came next would do no better
        return false
      }
      steps = max(run.steps, 8)
    }
    for number in 0..<Self.repeated where !trial.isSpent {
      try Repetition.check(trial: &trial, seed: assignment.seed, number: UInt64(number), steps: steps)
    }
    return !giveUpIfSpent()
  }

  /// An execution beside the counted ones did not end: another process goes on.
  private func giveUpIfSpent() -> Bool {
    if trial.isSpent { mapping.phase = .spent }
    return trial.isSpent
  }

  // --------------------------------------------------------------------------------------------------- the portfolio

  private mutating func walk(until deadline: Clock.Instant) throws {
    let portfolio = Portfolio.all.first { $0.name == order.portfolio } ?? .standard
    var number = assignment.first
    while mapping[.stopWanted] == 0 && number < assignment.end ?? .max && Clock.now < deadline {
      let isEnded = try execute(
        number,
        ExecutionOrder(
          strategy: portfolio.strategy(of: number), seed: SplitMix64.mixed(assignment.seed, number: number),
          steps: steps))
      number += assignment.stride
      mapping[.nextExecution] = number + 1
      if !isEnded || giveUpIfSpent() { return }
    }
  }

  // ------------------------------------------------------------------------------------------------------ the search

  private mutating func search(_ bound: Int, until deadline: Clock.Instant) throws {
    var search = BoundedSearch(
      bound: bound, reduces: order.reduces, share: (order.shareIndex, order.shareCount), from: order.position)
    var number = assignment.first
    while mapping[.stopWanted] == 0 && number < assignment.end ?? .max && Clock.now < deadline {
      guard let next = search.next() else {
        mapping[.searchDone] = 1
        return
      }
      mapping.searchPosition = search.position
      var decisions: [Decision] = []
      let isEnded: Bool
      if next.isNew {
        isEnded = try execute(number, ExecutionOrder(schedule: next.schedule, logging: true)) { decisions = $0 }
        number += assignment.stride
        mapping[.nextExecution] = number + 1
      } else {
        mapping[.progress] += 1
        let result = try trial.stage.run(
          seed: assignment.seed, number: number, order: ExecutionOrder(schedule: next.schedule, logging: true))
        decisions = result.controlled?.decisions ?? []
        isEnded = result.controlled?.end == .ended
        if !isEnded { hang(result, schedule: next.schedule, execution: number) }
      }
      search.observe(decisions)
      if !isEnded || giveUpIfSpent() { return }
    }
  }

  // ------------------------------------------------------------------------------------------------------- executing

  /// One execution that counts; false when it did not end.
  private mutating func execute(
    _ number: UInt64, _ order: ExecutionOrder, decisions: ([Decision]) -> Void = { _ in }
  ) throws -> Bool {
    let records = mapping.recordCount
    mapping[.runningExecution] = number + 1
    let result = try stage.run(seed: assignment.seed, number: number, order: order)
    guard let run = result.controlled else { throw HarnessError.internalError("an execution ran without control") }
    decisions(run.decisions)
    guard run.end == .ended else {
      hang(result, schedule: run.schedule, execution: number)
      return false
    }
    if run.stray > 0 && !order.schedule.deviations.isEmpty {
      throw HarnessError.internalError(
        "\(run.stray) of \(order.schedule.count) deviations of a schedule found no place: something here is not "
          + "under control")
    }
    book(result, run, execution: number)
    try keepSchedules(result, run, recordsBefore: records)
    mapping[.runningExecution] = 0
    return true
  }

  private mutating func book(_ result: ExecutionResult, _ run: ControlledRun, execution: UInt64) {
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

  /// The first schedule of each outcome and of each new record, shrunk.
  private mutating func keepSchedules(_ result: ExecutionResult, _ run: ControlledRun, recordsBefore: Int) throws {
    for outcome in Set(result.facts.operations.map { Outcome($0) })
    where outcome != .completedBeforeFree && mapping.schedule(of: outcome) == nil {
      let small = try shrink(run.schedule, to: .outcome(outcome))
      mapping.keep(small, shrunkFrom: run.schedule.count, for: outcome)
    }
    for index in recordsBefore..<max(recordsBefore, mapping.recordCount) {
      let small = try shrink(run.schedule, to: .rule(mapping.rule(ofRecord: index)))
      mapping.keep(small, shrunkFrom: run.schedule.count, forRecord: index)
    }
  }

  private mutating func shrink(_ schedule: Schedule, to goal: ShrinkingGoal) throws -> Schedule {
    guard shrunk < Self.shrunkMax, !trial.isSpent else { return schedule }
    shrunk += 1
    return try trial.shrink(schedule, to: goal, seed: assignment.seed).schedule
  }

  /// An execution that did not end is an outcome of its own, and the last one of this process.
  private func hang(_ result: ExecutionResult, schedule: Schedule, execution: UInt64) {
    mapping.add(1, of: .hang, execution: execution)
    if mapping.schedule(of: .hang) == nil { mapping.keep(schedule, shrunkFrom: schedule.count, for: .hang) }
    mapping[.executionsDone] += 1
    mapping[.lastExecution] = execution
    mapping.failure = result.standing.joined(separator: "\n")
    mapping.phase = .spent
  }
}
