// Makes a schedule shorter while it shows the same: deviations are deleted, large pieces first, until no single one can
// go. What remains is what the bug needs. Deterministic: no chance, no time.

/// Shrinks a schedule. `shows` runs one and returns the deviations that it really took when it shows the same as the
/// first, nil when it does not.
public struct Shrinking: Sendable {
  /// What it came to.
  public struct Result: Sendable {
    /// The shortest schedule that was found.
    public var schedule: Schedule
    /// Executions that it took.
    public var executions: Int
  }

  /// Deletes deviations of `schedule` while `shows` holds.
  public static func shrink(_ schedule: Schedule, shows: (Schedule) -> Schedule?) -> Result {
    var result = Result(schedule: schedule, executions: 0)
    func attempt(_ candidate: [Deviation]) -> Bool {
      result.executions += 1
      guard let taken = shows(Schedule(candidate)), taken.count <= candidate.count,
        taken.count < result.schedule.count
      else { return false }
      result.schedule = taken
      return true
    }
    // Fewest first: a pair or less of the deviations is often enough.
    if attempt([]) { return result }
    for one in schedule.deviations where attempt([one]) { return result }
    var piece = max(1, result.schedule.count / 2)
    while true {
      var start = 0
      var shortened = false
      while start < result.schedule.count {
        var candidate = result.schedule.deviations
        candidate.removeSubrange(start..<min(start + piece, candidate.count))
        if attempt(candidate) { shortened = true } else { start += piece }
      }
      if piece > 1 { piece /= 2 } else if !shortened { return result }
    }
  }
}
