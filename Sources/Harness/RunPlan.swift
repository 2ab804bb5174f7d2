// What is to be run: scenarios times revisions, each a run of its own with the same seeds.
public import Exploration
public import Proactor

/// When a run ends.
public struct RunBound: Sendable, Equatable {
  /// After this many executions.
  public var executions: UInt64?
  /// After this many nanoseconds.
  public var nanoseconds: UInt64?

  /// Whichever comes first; none for what ends by itself.
  public init(executions: UInt64? = nil, nanoseconds: UInt64? = nil) {
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

/// How the order of acts is explored.
public struct ExplorationPlan: Sendable {
  /// Who departs from the default rule.
  public var portfolio: Portfolio
  /// All schedules with at most this many deviations instead; nil for the portfolio.
  public var bound: Int?
  /// Whether equivalent schedules are left out of a search through all of them.
  public var reduces: Bool
  /// Where that search goes on, worker by worker; empty at its beginning.
  public var positions: [BoundedSearch.Position]

  /// A portfolio, or all schedules up to `bound`.
  public init(
    portfolio: Portfolio = .standard, bound: Int? = nil, reduces: Bool = true, positions: [BoundedSearch.Position] = []
  ) {
    self.portfolio = portfolio
    self.bound = bound
    self.reduces = reduces
    self.positions = positions
  }

  /// As results name it.
  public var name: String { bound.map { "exhaustive:\($0)" } ?? portfolio.name }

  func order(of share: Int, count: Int) -> ExplorationOrder {
    ExplorationOrder(
      portfolio: portfolio.name, bound: bound, reduces: reduces,
      position: positions.indices.contains(share) ? positions[share] : nil, shareIndex: share, shareCount: count)
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

  /// How the order of acts is explored; nil for free-running executions.
  public var exploration: ExplorationPlan?

  /// The short exploration in which findings of this free run are looked for again, for schedules that show them.
  public var searchForSchedules: RunPlan {
    var plan = self
    plan.options.waits = scenario.exploredWaits
    plan.options.noise = false
    plan.exploration = ExplorationPlan()
    plan.bound = RunBound(executions: Self.searchExecutions, nanoseconds: Self.searchNanoseconds)
    plan.shard = .whole
    return plan
  }

  /// Enough for bugs that show once in a thousand executions, and never longer than a second.
  private static let searchExecutions: UInt64 = 2_000
  private static let searchNanoseconds: UInt64 = 1_000_000_000

  /// What this revision is known to break in this scenario.
  public var declaration: Declaration { scenario.declaration(of: revision) }

  /// The shares of the workers: shard i of n takes every n-th execution from i on, its workers take turns within it.
  func assignments(parent: Int32) -> [WorkerAssignment] {
    (0..<UInt64(jobs)).map { worker in
      WorkerAssignment(
        mapping: "", parent: parent, scenario: scenario.name, revision: revision.name, options: options, seed: seed,
        first: shard.index + shard.count * worker, stride: shard.count * UInt64(jobs), end: bound.executions,
        nanoseconds: bound.nanoseconds,
        exploration: exploration.map {
          $0.order(of: Int(shard.index) * jobs + Int(worker), count: Int(shard.count) * jobs)
        }
      )
    }
  }
}
