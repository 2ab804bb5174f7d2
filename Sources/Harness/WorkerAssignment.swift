// What a worker is told: everything that decides what it does, in one JSON argument of the command's hidden `worker`.
internal import Exploration
public import Latewrite

extension Arena.Reuse: Codable {}
extension Arena.LateWrite: Codable {}

/// What decides an execution beside its seed and its scenario.
public struct ExecutionOptions: Codable, Sendable, Equatable {
  /// Waits in flight.
  public var waits: Int
  /// How freed blocks are reused.
  public var reuse: Arena.Reuse
  /// What a late write does.
  public var lateWrite: Arena.LateWrite
  /// Whether seeded delays are made at points.
  public var noise: Bool
  /// Whether events and stacks are recorded; without them findings are counted, but there are no facts and no outcomes.
  public var trace: Bool

  /// The options of a plain run: 64 waits, immediate reuse, late writes land, delays on.
  public init(
    waits: Int = 64, reuse: Arena.Reuse = .immediate, lateWrite: Arena.LateWrite = .lands, noise: Bool = true,
    trace: Bool = true
  ) {
    self.waits = waits
    self.reuse = reuse
    self.lateWrite = lateWrite
    self.noise = noise
    self.trace = trace
  }
}

/// One worker's share of a run. Execution number `n` has the seed `seed + n`, whoever does it: how many workers there
/// are changes nothing about an execution.
public struct WorkerAssignment: Codable, Sendable, Equatable {
  var mapping: String
  var parent: Int32
  var scenario: String
  var revision: String
  var options: ExecutionOptions
  var seed: UInt64
  /// The first execution of this worker; the next ones follow at a distance of `stride`.
  var first: UInt64
  var stride: UInt64
  /// Executions from this number on are not this run's; nil for no bound.
  var end: UInt64?
  /// Nanoseconds after which no execution is begun; nil for no bound.
  var nanoseconds: UInt64?
  /// How the order of acts is explored; nil for free-running executions.
  var exploration: ExplorationOrder?
  /// Whether it goes on where another worker has stopped, which has looked at what need not be looked at twice.
  var isSuccessor = false
}

/// What a worker explores.
public struct ExplorationOrder: Codable, Sendable, Equatable {
  /// The portfolio of strategies, by name.
  var portfolio: String
  /// All schedules with at most this many deviations instead; nil for the portfolio.
  var bound: Int?
  /// Whether equivalent schedules are left out of a search through all of them.
  var reduces: Bool
  /// Where that search goes on.
  var position: BoundedSearch.Position?
  /// The worker's part of it.
  var shareIndex: Int
  var shareCount: Int
}
