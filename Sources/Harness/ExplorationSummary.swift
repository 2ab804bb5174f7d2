// What an exploration covered: how many executions and how many different ones, how far they departed from the default
// order, which points none of them passed, and whether all schedules up to a bound were run.
internal import CSchedule
public import Exploration

/// The coverage of an exploration.
public struct ExplorationSummary: Sendable {
  /// Executions of schedules that were not run before; a search also runs some again that lead to them.
  public var schedules: UInt64 = 0
  /// Executions that differ in more than the order of independent acts.
  public var classes = 0
  /// Whether there were more classes than are kept.
  public var isClassCountCut = false
  /// Decisions of an execution, on average.
  public var stepAverage = 0.0
  /// The most decisions of an execution.
  public var stepMax: UInt64 = 0
  /// Deviations of an execution, on average.
  public var deviationAverage = 0.0
  /// The most deviations of an execution.
  public var deviationMax: UInt64 = 0
  /// Kinds of points that no execution passed.
  public var pointsNeverReached: [String] = []
  /// Named situations that were met.
  public var marksMet: [String] = []
  /// Those that were not.
  public var marksMissed: [String] = []
  /// The bound of a search through all schedules, when it reached its end.
  public var completeBound: Int?
  /// Where each worker's search stands, for going on later; none where it is over or there is none.
  public var positions: [BoundedSearch.Position] = []
  /// What threads of executions that did not end were waiting for.
  public var standing: [String] = []

  init(plan: RunPlan, _ places: [WorkerPlace]) {
    let mappings = places.flatMap(\.mappings)
    var classes: Set<UInt64> = []
    var points: UInt64 = 0
    var marks: UInt64 = 0
    var steps: UInt64 = 0
    var deviations: UInt64 = 0
    for mapping in mappings {
      schedules += mapping[.schedulesDone]
      classes.formUnion(mapping.classes)
      isClassCountCut = isClassCountCut || mapping[.classesCut] != 0
      steps += mapping[.stepSum]
      stepMax = max(stepMax, mapping[.stepMax])
      deviations += mapping[.deviationSum]
      deviationMax = max(deviationMax, mapping[.deviationMax])
      points |= mapping[.pointsReached]
      marks |= mapping[.marksMet]
      if mapping.count(of: .hang) > 0, let failure = mapping.failure, standing.isEmpty {
        standing = failure.split(separator: "\n").map(String.init)
      }
    }
    self.classes = classes.count
    let count = Double(max(1, schedules))
    stepAverage = Double(steps) / count
    deviationAverage = Double(deviations) / count
    pointsNeverReached = (0..<lw_point_kind.LW_POINT_COUNT.rawValue).filter { points >> $0 & 1 == 0 }.compactMap {
      kind in
      lw_point_kind(rawValue: kind).map { unsafe String(cString: lw_point_name($0)) }
    }
    for number in 0..<lw_mark_kind.LW_MARK_COUNT.rawValue {
      guard let mark = lw_mark_kind(rawValue: number) else { continue }
      let name = unsafe String(cString: lw_mark_name(mark))
      if marks >> number & 1 != 0 { marksMet.append(name) } else { marksMissed.append(name) }
    }
    guard let bound = plan.exploration?.bound else { return }
    // Each place is filled by one worker after the other; the last one says how far it came.
    let ends = mappings.filter { $0[.searchDone] != 0 }.count
    completeBound = ends >= plan.jobs && plan.shard.count == 1 ? bound : nil
    if completeBound == nil { positions = places.compactMap { $0.mappings.last?.searchGoesOn() } }
  }
}
