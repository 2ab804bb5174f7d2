// Makes a schedule shorter while it shows the same. First deviations are deleted, large pieces first, until no single
// one can go; what remains may still be a long way round, so then all schedules with fewer deviations are tried, the
// fewest first, as far as a bounded number of executions reaches. Deterministic: no chance, no time.

/// Shrinks a schedule.
public struct Shrinking {
  /// Executions that the second stage may take.
  public static let searchMax = 4_000
  /// Schedules of more deviations are not searched: there are too many.
  public static let boundMax = 3

  /// One execution of a candidate.
  public struct Trial: Sendable {
    /// Whether it shows the same.
    public var shows: Bool
    /// What control saw of it, its decisions included when they were asked for.
    public var run: ControlledRun

    /// Whether no other can be run.
    public var isLast: Bool

    /// A trial.
    public init(shows: Bool, run: ControlledRun, isLast: Bool = false) {
      self.shows = shows
      self.run = run
      self.isLast = isLast
    }
  }

  /// What it came to.
  public struct Result: Sendable {
    /// The shortest schedule that was found.
    public var schedule: Schedule
    /// Executions that it took.
    public var executions = 0
  }

  private var result: Result
  private let perform: (Schedule, Bool) throws -> Trial?

  /// Shrinks `schedule`, without the second stage when it is not `searching`. `perform` runs a candidate, with its
  /// decisions logged or not, and says whether it shows the same; nil ends the shrinking, with what there is by then.
  public static func shrink(
    _ schedule: Schedule, searching: Bool = true, perform: (Schedule, Bool) throws -> Trial?
  ) rethrows -> Result {
    try withoutActuallyEscaping(perform) { perform in
      var shrinking = Shrinking(result: Result(schedule: schedule), perform: perform)
      if try shrinking.delete(), searching, shrinking.result.schedule.count > 1 { try shrinking.search() }
      return shrinking.result
    }
  }

  /// True when the candidate is shorter and shows the same; nil when there is an end to it.
  private mutating func attempt(_ candidate: [Deviation]) throws -> Bool? {
    result.executions += 1
    guard let trial = try perform(Schedule(candidate), false) else { return nil }
    let isShorter = trial.shows && trial.run.schedule.count < result.schedule.count
    if isShorter { result.schedule = trial.run.schedule }
    return trial.isLast ? nil : isShorter
  }

  /// False when there is an end to it.
  private mutating func delete() throws -> Bool {
    guard let empty = try attempt([]) else { return false }
    if empty { return true }
    for one in result.schedule.deviations {
      guard let shorter = try attempt([one]) else { return false }
      if shorter { return true }
    }
    var piece = max(1, result.schedule.count / 2)
    while true {
      var start = 0
      var isShorter = false
      while start < result.schedule.count {
        var candidate = result.schedule.deviations
        candidate.removeSubrange(start..<min(start + piece, candidate.count))
        guard let shorter = try attempt(candidate) else { return false }
        if shorter { isShorter = true } else { start += piece }
      }
      if piece > 1 { piece /= 2 } else if !isShorter { return true }
    }
  }

  private mutating func search() throws {
    let bound = min(result.schedule.count - 1, Self.boundMax)
    var search = BoundedSearch(bound: bound)
    for _ in 0..<Self.searchMax {
      guard let next = search.next() else { return }
      result.executions += 1
      guard let trial = try perform(next.schedule, true) else { return }
      if next.isNew && trial.shows {
        result.schedule = trial.run.schedule
        return
      }
      if trial.isLast { return }
      search.observe(trial.run.decisions)
    }
  }
}
