// The run-twice check of a worker: an execution of its own, followed again.
internal import Exploration

enum Repetition {
  /// Runs an execution of a strategy's own and follows its schedule again; throws a sentence that names the first step
  /// that differs.
  static func check(trial: inout ShrinkingStage, seed: UInt64, number: UInt64, steps: UInt32) throws {
    let order = ExecutionOrder(strategy: .random, seed: SplitMix64.mixed(seed &+ number), steps: steps, logging: true)
    guard let run = try trial.run(seed: seed, order: order),
      let again = try trial.run(seed: seed, order: ExecutionOrder(schedule: run.schedule, logging: true))
    else { return }
    if let sentence = Divergence.sentence(run.decisions, again.decisions) {
      throw HarnessError.internalError(
        "an execution does not repeat itself, so something in it is not under control: "
          + sentence)
    }
  }
}
