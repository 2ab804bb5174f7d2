// How fast executions under control are, for tools/bench. Measured in time of the processor, which other programs on
// the machine take nothing of.
internal import CSchedule
public import Exploration
internal import Glibc
internal import Latewrite
internal import Proactor

/// Executions of `cancel-wait` before the fix in a second of one processor. One a process.
public struct ExploreRate {
  /// What was measured.
  public struct Measurement: Sendable {
    /// Executions in a second of the processor.
    public var executions: Double
    /// Hand-overs of the processor in an execution, on average.
    public var switches: Double

    /// A measurement as given.
    public init(executions: Double, switches: Double) {
      self.executions = executions
      self.switches = switches
    }
  }

  /// How soon an outcome came for the first time, over many seeds.
  public struct FirstFinding: Sendable {
    /// Executions up to it: median and 95th percentile.
    public var executions: (median: UInt64, p95: UInt64)
    /// Milliseconds up to it.
    public var milliseconds: (median: Double, p95: Double)
    /// Seeds that showed none within the executions that they had.
    public var missed: Int
  }

  private let controller: Controller
  private let scope: Scope

  /// Begins the session of this process.
  public init() throws {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    // What is found about handles and waits belongs to no arena.
    _ = scope.takeRest()
    lw_stay_on_processor(0)
    controller = Controller()
  }

  /// Runs executions for `seconds`, and `limit` at most, with stacks and events or without both.
  public func measure(
    _ portfolio: Portfolio, watched: Bool, seconds: Double, limit: UInt64 = .max
  ) throws -> Measurement {
    var stage = try Stage(
      scenario: .cancelWait, revision: .beforeD0a28dee,
      options: ExecutionOptions(waits: Scenario.cancelWait.exploredWaits, noise: false, trace: watched), scope: scope,
      controller: controller)
    var steps: UInt32 = 64
    for _ in 0..<100 { steps = try stage.run(seed: 1, number: 0).controlled?.steps ?? steps }
    var (executions, switches, elapsed) = (UInt64(0), UInt64(0), UInt64(0))
    var failure: (any Error)?
    let start = Self.processorNanoseconds
    let hung = controller.drive {
      do {
        while executions < limit && Double(elapsed) < seconds * 1e9 {
          let result = try stage.run(
            seed: 1, number: executions,
            order: ExecutionOrder(
              strategy: portfolio.strategy(of: executions, lends: true), seed: SplitMix64.mixed(executions),
              steps: steps))
          executions += 1
          switches += UInt64(result.controlled?.switches ?? 0)
          // To ask for this time is a call of the system.
          if executions % 32 == 0 || executions == limit { elapsed = Self.processorNanoseconds - start }
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    guard hung == nil else { throw HarnessError.internalError("an execution of cancel-wait did not end") }
    return Measurement(
      executions: Double(executions) * 1e9 / Double(elapsed), switches: Double(switches) / Double(executions))
  }

  // -------------------------------------------------------------------------------------------------- first findings

  /// Executions under control until a wait has ended in `outcome`, from each of `seeds`.
  public func first(_ outcome: Outcome, seeds: ClosedRange<UInt64>, limit: UInt64) throws -> FirstFinding {
    try Self.first(outcome, seeds, limit, waits: Scenario.cancelWait.exploredWaits, scope, controller) {
      seed, number in
      ExecutionOrder(
        strategy: Portfolio.standard.strategy(of: number, lends: true),
        seed: SplitMix64.mixed(seed &* 1_000_003 &+ number),
        steps: 70)
    }
  }

  /// The same for free-running executions of `waits` waits with delays on. Before any session.
  public static func firstFree(
    _ outcome: Outcome, waits: Int, seeds: ClosedRange<UInt64>, limit: UInt64
  ) throws -> FirstFinding {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let scope = try Scope(quiet)
    // As above; all calls of a process leave it to the first one's scope.
    _ = scope.takeRest()
    return try first(outcome, seeds, limit, waits: waits, scope, nil) { _, _ in ExecutionOrder() }
  }

  private static func first(
    _ outcome: Outcome, _ seeds: ClosedRange<UInt64>, _ limit: UInt64, waits: Int, _ scope: Scope,
    _ controller: Controller?, order: (UInt64, UInt64) -> ExecutionOrder
  ) throws -> FirstFinding {
    var executions: [UInt64] = []
    var milliseconds: [Double] = []
    var missed = 0
    for seed in seeds {
      var stage = try Stage(
        scenario: .cancelWait, revision: .beforeD0a28dee,
        options: ExecutionOptions(waits: waits, noise: controller == nil), scope: scope, controller: controller)
      let start = Clock.now.nanoseconds
      var number: UInt64 = 0
      var isFound = false
      while !isFound && number < limit {
        let result = try stage.run(
          seed: seed &* 1_000_003 &+ number, number: number, order: order(seed, number))
        number += 1
        isFound = result.facts.operations.contains { Outcome($0) == outcome }
      }
      executions.append(number)
      milliseconds.append(Double(Clock.now.nanoseconds - start) / 1e6)
      if !isFound { missed += 1 }
    }
    executions.sort()
    milliseconds.sort()
    let (middle, high) = (executions.count / 2, (executions.count * 95 - 1) / 100)
    return FirstFinding(
      executions: (executions[middle], executions[high]), milliseconds: (milliseconds[middle], milliseconds[high]),
      missed: missed)
  }

  /// Of all threads of this process.
  static var processorNanoseconds: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
