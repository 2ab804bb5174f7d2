// Runs cells in this process, each in its prescribed order, and reads from the trace what came of it.
internal import CSchedule
internal import Exploration
internal import Latewrite
internal import OverlappedIO
internal import Proactor

/// One a process, because the session that it begins ends with the process.
struct CellRunner {
  private let scope: Scope
  private let controller: Controller

  /// Begins the session and settles the background threads.
  init() throws {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    quiet.recordCapacity = 4096
    scope = try Scope(quiet)
    // What is found about handles and waits belongs to no arena.
    guard scope.takeRest() else { throw HarnessError.internalError("cells need a process of their own") }
    lw_stay_on_processor(0)
    controller = Controller()
    for _ in 0..<2 { _ = try cell(.completes, .today) }
  }

  /// What `revision` makes of `situation`, and whether this process can run no other cell afterwards.
  func cell(_ situation: Situation, _ revision: ProactorRevision) throws -> (cell: MatrixCell, isSpent: Bool) {
    var order = PrescribedOrder()
    while true {
      let acted = try act(situation, revision, order)
      let isOver = acted.run.end != .ended
      if try isOver || order.isComplete(after: acted.execution) {
        // A registration that an old revision has left would be met by the next cell.
        return (cell(situation, revision, acted), isOver || RegisteredWait.openCount > 0)
      }
    }
  }

  /// What one execution left.
  private struct Acted {
    let run: ControlledRun
    let execution: PrescribedOrder.Execution
    let notes: SituationNotes
    let findings: [Rule: UInt64]
  }

  private func act(_ situation: Situation, _ revision: ProactorRevision, _ order: PrescribedOrder) throws -> Acted {
    let notes = Shared(SituationNotes())
    let before = scope.counts
    // A stage of its own: a situation may leave loans open for good.
    var stage = try Stage(
      scenario: Scenario(situation, notes: notes, directed: order.followed), revision: revision,
      options: ExecutionOptions(waits: 1, noise: false),
      scope: scope, controller: controller)
    let result = try stage.run(seed: 1, number: 0, order: ExecutionOrder(schedule: order.schedule, logging: true))
    guard let run = result.controlled else { throw HarnessError.internalError("a cell ran without control") }
    let told = notes.read()
    let findings = scope.counts.filter { $0.value > before[$0.key, default: 0] }
      .map { ($0.key, $0.value - before[$0.key, default: 0]) }
    return Acted(
      run: run,
      execution: .init(decisions: run.decisions, trace: stage.trace, directions: told.directions), notes: told,
      findings: Dictionary(uniqueKeysWithValues: findings))
  }

  // --------------------------------------------------------------------------------------------------------- reading

  private func cell(_ situation: Situation, _ revision: ProactorRevision, _ acted: Acted) -> MatrixCell {
    let declared = situation.declaration(of: revision)
    var options = ExecutionOptions(waits: 1, noise: false)
    options.trace = true
    return MatrixCell(
      situation: situation.name, revision: revision.name, observed: words(acted, situation).sorted(),
      declared: declared.words,
      findings: Dictionary(uniqueKeysWithValues: acted.findings.map { ($0.key.id, $0.value) }),
      declaredFindings: declared.rules.map(\.id).sorted(), calls: CallSequence.lines(of: acted.execution.trace),
      log: acted.notes.log, cost: cost(acted),
      schedule: TokenedExecution(
        scenario: Scenario(situation), revision: revision, options: options, seed: 1, schedule: acted.run.schedule
      ).token.text)
  }

  private func words(_ acted: Acted, _ situation: Situation) -> Set<CellWord> {
    var words = acted.notes.words
    if acted.run.end != .ended { words.insert(.hang) }
    let events = acted.execution.trace.events
    if events.contains(where: { $0.kind == .unexpected }) { words.insert(.unexpected) }
    let closed = events.count { $0.kind == .signal && $0.result != 0 }
    if closed > 0 { words.insert(.setsClosed) }
    if acted.notes.log.contains(where: { $0.contains("still has pending operation") }) { words.insert(.freedPending) }
    if acted.notes.log.contains(where: { $0.contains("Exception in callback") }) { words.insert(.invalidState) }
    let cancels = events.contains { $0.kind == .call && $0.operation == TracedCall.cancelIoEx.rawValue }
    if words.contains(.incomplete) && cancels { words.insert(.incompleteCancelled) }
    let refused = events.count { $0.kind == .call && $0.operation == TracedCall.cancelIoEx.rawValue && $0.result == 6 }
    if acted.findings[.staleHandle, default: 0] > closed + refused { words.insert(.setsRecycled) }
    return situation.asks.map { words.intersection($0) } ?? words
  }

  private func cost(_ acted: Acted) -> MatrixCell.Cost {
    func count(_ kind: TraceEvent.Kind) -> Int {
      acted.execution.trace.events.count { $0.kind == kind && Controller.member(ofThread: $0.thread) != nil }
    }
    let events = acted.execution.trace.events.count {
      $0.kind == .call && $0.operation == TracedCall.createEvent.rawValue
    }
    return .init(
      registrations: count(.registerWait), handles: events - acted.notes.ownHandles, overlappeds: count(.alloc),
      packets: count(.post), turns: acted.notes.turns)
  }
}
