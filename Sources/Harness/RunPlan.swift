// What is to be run: scenarios times revisions, each a run of its own with the same seeds.
public import Proactor

/// When a run ends.
public struct RunBound: Sendable, Equatable {
  /// After this many executions.
  public var executions: UInt64?
  /// After this many nanoseconds.
  public var nanoseconds: UInt64?

  /// Whichever comes first; at least one must be given.
  public init(executions: UInt64? = nil, nanoseconds: UInt64? = nil) {
    guard executions != nil || nanoseconds != nil else { fatalError("a run needs a bound") }
    self.executions = executions
    self.nanoseconds = nanoseconds
  }
}

/// Part `index` of `count` of a campaign that is spread over machines.
public struct Shard: Sendable, Equatable {
  /// From 0.
  public var index: UInt64
  /// At least 1.
  public var count: UInt64

  /// The whole campaign.
  public static let whole = Shard(index: 0, count: 1)

  /// Part `index`, counted from 0, of `count`.
  public init(index: UInt64, count: UInt64) {
    guard index < count else { fatalError("a shard's index is below its count") }
    self.index = index
    self.count = count
  }
}

/// One run: one scenario on one revision.
public struct RunPlan: Sendable {
  /// What is run.
  public var scenario: Scenario
  /// On which behaviours.
  public var revision: ProactorRevision
  /// How.
  public var options: ExecutionOptions
  /// Execution number n has the seed `seed + n`.
  public var seed: UInt64
  /// When it ends.
  public var bound: RunBound
  /// Which part of it is done here.
  public var shard: Shard
  /// Worker processes.
  public var jobs: Int
  /// A worker in which nothing comes to an end for this long is ended and counted as a hang.
  public var hangNanoseconds: UInt64

  /// A run of `scenario` on `revision`.
  public init(
    scenario: Scenario, revision: ProactorRevision, options: ExecutionOptions, seed: UInt64, bound: RunBound,
    shard: Shard = .whole, jobs: Int, hangNanoseconds: UInt64 = 10_000_000_000
  ) {
    self.scenario = scenario
    self.revision = revision
    self.options = options
    self.seed = seed
    self.bound = bound
    self.shard = shard
    self.jobs = jobs
    self.hangNanoseconds = hangNanoseconds
  }

  /// What this revision is known to break in this scenario.
  public var declaration: Declaration { scenario.declaration(of: revision) }

  /// The shares of the workers: shard i of n takes every n-th execution from i on, its workers take turns within it.
  func assignments(parent: Int32) -> [WorkerAssignment] {
    (0..<UInt64(jobs)).map { worker in
      WorkerAssignment(
        mapping: "", parent: parent, scenario: scenario.name, revision: revision.name, options: options, seed: seed,
        first: shard.index + shard.count * worker, stride: shard.count * UInt64(jobs), end: bound.executions,
        nanoseconds: bound.nanoseconds)
    }
  }
}
