// What the table of an exploration says beside outcomes and facts: what was covered, whether that was all there is up
// to a bound, and the shortest schedule of each outcome.
internal import CrashReports
internal import Exploration
internal import Proactor

extension RunSummary {
  func explorationHeading(_ exploration: ExplorationSummary) -> String {
    let rate = seconds > 0 ? UInt64(Double(executions) / seconds) : 0
    let strategy = plan.exploration?.name ?? ""
    return "\(plan.scenario.name) on \(plan.revision.name), explored by \(strategy): "
      + "\(Figures.count(executions, "execution")) of \(plan.options.waits) waits in "
      + "\(Figures.decimal(seconds, digits: 1)) s (\(Figures.grouped(rate))/s), seed \(plan.seed), "
      + "reuse \(plan.options.reuse)"
  }

  func coverage(_ exploration: ExplorationSummary) -> [String] {
    let classes = (exploration.isClassCountCut ? "more than " : "") + Figures.grouped(UInt64(exploration.classes))
    let met = exploration.marksMet.isEmpty ? "none" : exploration.marksMet.joined(separator: ", ")
    var lines = [
      "  covered  \(classes) classes of executions that differ in more than the order of independent acts",
      "           decisions: \(Figures.decimal(exploration.stepAverage, digits: 1)) on average, at most "
        + "\(exploration.stepMax) | deviations: \(Figures.decimal(exploration.deviationAverage, digits: 1)), at most "
        + "\(exploration.deviationMax)",
    ]
    if !exploration.pointsNeverReached.isEmpty {
      lines.append("           points never reached: \(exploration.pointsNeverReached.joined(separator: ", "))")
    }
    lines.append("           situations met: \(met)")
    if !exploration.marksMissed.isEmpty {
      lines.append("           and not met: \(exploration.marksMissed.joined(separator: ", "))")
    }
    lines += outcomes.compactMap { outcome in
      outcome.schedule.map { schedule in
        "  replay   \(outcome.outcome.name): latewrite replay --step \(schedule.token)  "
          + "(\(Figures.count(UInt64(schedule.deviations), "deviation")), shrunk from \(schedule.shrunkFrom))"
      }
    }
    lines += exploration.standing.map { "  hang     \($0)" }
    if let proof = proof(exploration) { lines.append("  proof    \(proof)") }
    return lines
  }

  /// Said only when every schedule up to the bound was run and each outcome looked at.
  private func proof(_ exploration: ExplorationSummary) -> String? {
    guard let bound = exploration.completeBound else { return nil }
    let upTo = "with at most \(Figures.count(UInt64(bound), "deviation"))"
    let all =
      plan.exploration?.reduces == true
      ? "All schedules \(upTo), by \(Figures.representatives(exploration.schedules))"
      : "All \(Figures.grouped(exploration.schedules)) schedules \(upTo)"
    return verdict == .forbidden ? "\(all): run, and something forbidden was found." : "\(all): nothing forbidden."
  }
}
