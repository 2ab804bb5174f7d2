// The run-twice check. An execution under control depends on nothing but its schedule; what does not repeat is not
// under control - a thread that was made behind the controller's back, a clock that was read, an address that was
// hashed - and no result could be trusted.
internal import Exploration

enum Repetition {
  /// Runs an execution of a strategy's own and follows its schedule again; throws a sentence that names the first step
  /// that differs.
  static func check(trial: inout ShrinkingStage, seed: UInt64, number: UInt64, steps: UInt32) throws {
    let order = ExecutionOrder(strategy: .random, seed: SplitMix64.mixed(seed &+ number), steps: steps, logging: true)
    guard let run = try trial.run(seed: seed, order: order),
      let again = try trial.run(seed: seed, order: ExecutionOrder(schedule: run.schedule, logging: true))
    else { return }
    if let sentence = difference(run.decisions, again.decisions) {
      throw HarnessError.internalError(
        "an execution does not repeat itself, so something in it is not under control: "
          + sentence)
    }
  }

  /// Where two executions part; nil when they do not.
  static func difference(_ one: [Decision], _ other: [Decision]) -> String? {
    for (left, right) in zip(one, other) where !isSame(left, right) {
      return "at step \(left.step) \(describe(left)), and the second time \(describe(right))"
    }
    guard one.count != other.count else { return nil }
    return "it took \(one.count) steps, and the second time \(other.count)"
  }

  private static func isSame(_ left: Decision, _ right: Decision) -> Bool {
    left.member == right.member && left.point == right.point && left.alternatives == right.alternatives
      && left.alternatives[left.chosen] == right.alternatives[right.chosen]
  }

  private static func describe(_ decision: Decision) -> String {
    "\(Controller.name(of: decision.member)) is at '\(decision.point)' with "
      + "\(Figures.count(UInt64(decision.alternatives.count), "way")) to go on"
  }
}
