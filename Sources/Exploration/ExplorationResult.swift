// How executions ended, and what they covered: for whoever explores, a scenario in this process or a whole program.

/// How executions ended, and what they covered.
public struct ExplorationResult: Sendable {
  /// One kind of end.
  public struct Ending: Sendable, Hashable {
    /// Executions that ended so.
    public var count: UInt64
    /// The number of the first one, from 0.
    public var firstExecution: UInt64
    /// The token of the first one, or a shorter one that was found since.
    public var token: String
    /// Deviations of that token.
    public var deviations: Int
    /// Deviations of the first one.
    public var shrunkFrom: Int
  }

  /// What executions ended in: "LW002", "broken: every wait has ended", "hang", or the scenario's own word.
  public var endings: [String: Ending] = [:]
  /// Executions of schedules that were not run before.
  public private(set) var executions: UInt64 = 0
  /// Whether all schedules up to the bound were run.
  public var isComplete = false
  /// Classes that are told apart; the count stops there.
  private static let classesMax = 1 << 20
  private var seen: Set<UInt64> = []

  /// Nothing yet.
  public init() {}

  /// Executions that differ in more than the order of independent acts.
  public var classes: Int { seen.count }

  /// Takes note of one more execution.
  public mutating func note(_ found: Set<String>, token: String, deviations: Int, equivalenceClass: UInt64?) {
    for ending in found {
      if endings[ending] == nil {
        endings[ending] = Ending(
          count: 0, firstExecution: executions, token: token, deviations: deviations, shrunkFrom: deviations)
      }
      endings[ending]?.count += 1
    }
    executions += 1
    if let equivalenceClass, seen.count < Self.classesMax { seen.insert(equivalenceClass) }
  }
}
