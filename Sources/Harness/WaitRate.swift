// How fast waits go through the proactor when nothing is done to bring a race out: for tools/bench.
internal import Latewrite
public import Proactor

/// Measures `cancel-wait` in this process: no delays, no trace, no stacks, findings counted only.
public enum WaitRate {
  /// Waits a second of executions with `waits` in flight, run for `seconds`.
  public static func measure(_ revision: ProactorRevision, waits: Int = 64, seconds: Double) throws -> Double {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let scope = try Scope(quiet)
    // What is found about handles belongs to no arena; all measurements of a process leave it to the first one's scope.
    _ = scope.takeRest()
    var options = ExecutionOptions(waits: waits)
    options.noise = false
    options.trace = false
    var stage = try Stage(scenario: .cancelWait, revision: revision, options: options, scope: scope)
    let start = Clock.now
    let end = start.advanced(by: .seconds(seconds))
    var executions: UInt64 = 0
    while Clock.now < end {
      _ = try stage.run(seed: executions, number: executions)
      executions += 1
    }
    let elapsed = Double(Clock.now.nanoseconds - start.nanoseconds) / 1e9
    return Double(executions) * Double(waits * CancelWaitPlan.rounds) / elapsed
  }
}
