// The run-twice check of an explorer: what does not repeat itself could not be replayed either, so it is refused, with
// the first step that differs where both executions were logged.

extension Explorer {
  /// An execution that has ended depends on nothing but its schedule.
  func checkRepetition(of execution: ExploredExecution) throws {
    guard execution.run.end == .ended else { return }
    let again = try execute(execution.run.schedule, logging: true)
    let isSame =
      again.endings == execution.endings && again.run.steps == execution.run.steps
      && again.run.schedule == execution.run.schedule && again.run.end == .ended
    guard !isSame || execution.run.stray > 0 else { return }
    // What differs once may be the same for a while.
    var pair = (execution.run.decisions, again.run.decisions)
    for _ in 0..<50 where pair.0.isEmpty || Divergence.sentence(pair.0, pair.1) == nil && !isSame {
      pair = (pair.1, try execute(execution.run.schedule, logging: true).run.decisions)
    }
    let difference = Divergence.sentence(pair.0, pair.1) ?? Self.difference(of: execution, and: again)
    let strangers = Set(Controller.strangers).sorted().map { "; \($0), which is not under control" }.joined()
    throw ExplorationError(
      "an execution of \(scenario.name) does not repeat itself, so something in it is not under control: "
        + difference + strangers)
  }

  /// How it ended; of one that did not, where its threads stand and what to do.
  static func describe(_ execution: ExploredExecution) -> String {
    switch execution.run.end {
    case .ended: execution.endings.sorted().joined(separator: ", ")
    case .stuck, .endless: execution.standing.joined(separator: "; ")
    case .stalled:
      execution.standing.joined(separator: "; ")
        + " - wait by Lock, Shared or Parker, or put the call into outsideControl { }"
    }
  }

  /// Of two executions whose decisions are the same, or not known, what is not.
  private static func difference(of execution: ExploredExecution, and again: ExploredExecution) -> String {
    let (one, two) = (execution.run, again.run)
    if execution.endings != again.endings || two.end != .ended {
      return "it ended in '\(describe(execution))', and the second time in '\(describe(again))'"
    }
    if one.steps != two.steps {
      return "it took \(one.steps) steps, and the second time \(two.steps): what is done once in a process, as the "
        + "value of a global is made, belongs into the set-up"
    }
    return "what could be decided when it ran first could not be decided when it ran again"
  }
}
