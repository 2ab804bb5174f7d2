// A stage beside the one that counts: for warming up, for repeating, for shrinking. Its findings go to a scope of its
// own that nobody reads.
internal import Exploration
internal import Latewrite
internal import Proactor

/// What a shrunk schedule must still show.
enum ShrinkingGoal: Sendable, Equatable {
  /// An operation that ends so.
  case outcome(Outcome)
  /// A finding of this rule.
  case rule(Rule)
}

struct ShrinkingStage {
  var stage: Stage
  private let scope: Scope

  init(
    _ scenario: Scenario, _ revision: ProactorRevision, _ options: ExecutionOptions, _ controller: Controller
  ) throws {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    stage = try Stage(
      scenario: scenario, revision: revision, options: options, scope: scope, controller: controller)
  }

  /// Whether one execution of `schedule` shows `goal`, and the deviations that it took.
  mutating func shows(_ goal: ShrinkingGoal, _ schedule: Schedule, seed: UInt64) throws -> Schedule? {
    let before = scope.counts
    let result = try stage.run(seed: seed, number: 0, order: ExecutionOrder(schedule: schedule))
    guard let run = result.controlled else { return nil }
    let shows =
      switch goal {
      case .outcome(.hang): run.end != .ended
      case .outcome(let outcome): result.facts.operations.contains { Outcome($0) == outcome }
      case .rule(let rule): scope.counts[rule, default: 0] > before[rule, default: 0]
      }
    return shows ? run.schedule : nil
  }

  /// The fewest deviations of `schedule` that still show `goal`.
  mutating func shrink(
    _ schedule: Schedule, to goal: ShrinkingGoal, seed: UInt64
  ) throws -> Shrinking.Result {
    var failure: (any Error)?
    let result = Shrinking.shrink(schedule) { candidate in
      do { return failure == nil ? try shows(goal, candidate, seed: seed) : nil } catch {
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    return result
  }
}
