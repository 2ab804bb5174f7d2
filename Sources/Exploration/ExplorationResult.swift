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
    /// Where each thread of the first one stands, when it did not end.
    public var standing: [String] = []
  }

  /// What executions ended in: "LW002", "broken: every wait has ended", "hang", or the scenario's own word.
  public var endings: [String: Ending] = [:]
  /// Executions of schedules that were not run before.
  public private(set) var executions: UInt64 = 0
  /// Whether all schedules up to the bound were run.
  public var isComplete = false
  /// What else has to be known to judge the rest, a sentence each: threads that took part and are not under control,
  /// and that nothing but the beginnings of threads was ordered.
  public var warnings: [String] = []
  /// Classes that are told apart; the count stops there.
  private static let classesMax = 1 << 20
  private var seen: Set<UInt64> = []

  /// Nothing yet.
  public init() {}

  /// Executions that differ in more than the order of independent acts.
  public var classes: Int { seen.count }

  /// Takes note of one more execution; returns whether it ended in something new.
  @discardableResult
  public mutating func note(
    _ found: Set<String>, token: @autoclosure () -> String, deviations: Int, equivalenceClass: UInt64?,
    standing: [String] = []
  ) -> Bool {
    var isNew = false
    for ending in found {
      if endings[ending] == nil {
        isNew = true
        endings[ending] = Ending(
          count: 0, firstExecution: executions, token: token(), deviations: deviations, shrunkFrom: deviations,
          standing: standing)
      }
      endings[ending]?.count += 1
    }
    executions += 1
    if let equivalenceClass, seen.count < Self.classesMax { seen.insert(equivalenceClass) }
    return isNew
  }
}

extension ExplorationResult: CustomStringConvertible {
  /// A line for each ending, in the order in which they were found, with its token and, for a hang, who waits for what.
  public var description: String {
    var lines = ["\(executions) executions, \(classes) of them differ in more than the order of independent acts"]
    if isComplete { lines[0] += "; they stand for all schedules up to the bound" }
    for (ending, found) in endings.sorted(by: { ($0.value.firstExecution, $0.key) < ($1.value.firstExecution, $1.key) })
    {
      lines.append(
        "  \(ending): \(found.count), first in execution \(found.firstExecution): \(found.token)"
          + " (\(found.deviations) \(found.deviations == 1 ? "deviation" : "deviations"))")
      lines += found.standing.map { "    \($0)" }
    }
    return (lines + warnings.map { "  \($0)" }).joined(separator: "\n")
  }
}
