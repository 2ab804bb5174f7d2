// From "the wait thread goes on until it has posted" to deviations of a schedule. A situation says in its acts where
// the wait thread goes on, or the world outside is let in; which decision of which thread that is, the execution so far
// tells. So an order is prescribed by acts, and stays the same when the code between them changes.
internal import Exploration
internal import Latewrite

/// The schedule that follows the directions of a situation, found direction by direction.
struct PrescribedOrder {
  /// What an execution showed.
  struct Execution {
    let decisions: [Decision]
    let trace: ExecutionTrace
    let directions: [Direction]
  }

  private static let loop = "loop"
  private static let waitThread = "wait-thread"

  private(set) var schedule = Schedule()
  /// How many directions it follows, the last one perhaps only half.
  private var directed = 0
  /// The act after which the wait thread, sent off by the last deviation, is to be called back.
  private var awaited: TraceEvent.Kind?
  private var step: UInt64 = 0

  /// How many directions it follows to their end: an execution is cut behind the next one.
  var followed: Int { awaited == nil ? directed : directed - 1 }

  /// Whether `execution`, which followed `schedule` and was cut behind its next direction, did all that was directed;
  /// otherwise it goes on.
  mutating func isComplete(after execution: Execution) throws(HarnessError) -> Bool {
    if let act = awaited.take() {
      // Called back or not, this execution was cut before the loop went on.
      try callBack(after: act, execution)
      return false
    }
    guard directed < execution.directions.count else { return true }
    if try send(execution) { awaited = execution.directions[directed].until }
    directed += 1
    return false
  }

  /// Sends the other one off at the point behind the direction; false when it has nothing to do there.
  private mutating func send(_ execution: Execution) throws(HarnessError) -> Bool {
    let directions = execution.trace.events.filter {
      $0.kind == .call && $0.operation == TracedCall.direction.rawValue
    }
    guard directed < directions.count else { throw .internalError("a direction of a situation left no trace") }
    step = directions[directed].step
    let point = execution.decisions.first {
      UInt64($0.step) >= step && Controller.name(of: $0.member) == Self.loop
    }
    guard let point else { throw .internalError("a direction of a situation has no point in its execution") }
    switch execution.directions[directed].who {
    case .waitThread:
      return deviate(at: point) { $0.turn == .run && Controller.name(of: $0.value).hasPrefix(Self.waitThread) }
    case .world: return deviate(at: point) { $0.turn == .ready }
    }
  }

  /// Has the loop go on behind the first `act` of the wait thread since it was sent off. On some revisions it has
  /// nothing to do there, and the loop goes on by itself.
  private mutating func callBack(after act: TraceEvent.Kind, _ execution: Execution) throws(HarnessError) {
    let done = execution.trace.events.filter { $0.kind == act && $0.step > step }
      .compactMap { event in Controller.member(ofThread: event.thread).map { (member: $0, step: event.step) } }
      .filter { Controller.name(of: $0.member).hasPrefix(Self.waitThread) }.min { $0.step < $1.step }
    guard let done else { return }
    guard let decision = execution.decisions.first(where: { $0.member == done.member && $0.step >= done.step })
    else { throw .internalError("the wait thread has no point behind '\(act)'") }
    deviate(at: decision) { $0.turn == .run && Controller.name(of: $0.value) == Self.loop }
  }

  @discardableResult
  private mutating func deviate(at decision: Decision, to isMeant: (Deviation) -> Bool) -> Bool {
    let meant = decision.alternatives.first(where: isMeant)
    guard let meant else { return false }
    schedule.deviations.append(meant)
    return true
  }
}
