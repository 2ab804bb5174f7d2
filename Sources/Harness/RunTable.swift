// A run as a table for people: the outcomes with their verdicts, and the facts behind them.
internal import Latewrite
internal import Proactor

extension RunSummary {
  /// The table, ending in a newline. `examples` names a stored finding for a rule, as an id that `latewrite report
  /// show` understands; a rule without one shows "-".
  public func table(examples: [UInt32: String] = [:]) -> String {
    var lines = [exploration.map { explorationHeading($0) } ?? heading]
    let position = exploration == nil ? "first seed" : "first execution"
    let rows = [["outcome", "count", "%", "verdict", position, "example"]] + outcomes.map { row($0, examples) }
    lines += Self.aligned(rows)
    lines += facts
    if let exploration { lines += coverage(exploration) }
    lines += remarks.map { "  note: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: String {
    let rate = seconds > 0 ? UInt64(Double(tally.operations) / seconds) : 0
    let options = plan.options
    return "\(plan.scenario.name) on \(plan.revision.name): \(Figures.count(executions, "execution")), "
      + "\(Figures.grouped(tally.operations)) waits in \(Figures.decimal(seconds, digits: 1)) s "
      + "(\(Figures.grouped(rate))/s), seeds \(plan.seed)...\(lastSeed ?? plan.seed), \(options.waits) in flight, "
      + "reuse \(options.reuse), delays \(options.noise ? "on" : "off")"
  }

  private func row(_ row: OutcomeCount, _ examples: [UInt32: String]) -> [String] {
    let rules = (row.outcome.rulesBehind ?? []).sorted()
    let example = rules.lazy.compactMap { examples[$0.rawValue] }.first
    let verdict = row.verdict == .forbidden ? "FORBIDDEN" : row.verdict.name
    return [
      row.outcome.name, Figures.grouped(row.count),
      Figures.percent(row.count, of: outcomes.reduce(0) { $0 + $1.count }),
      verdict, "\(exploration == nil ? row.firstSeed : row.firstExecution)", example ?? "-",
    ]
  }

  /// The first and the last two columns are words and lean left, the others are numbers and lean right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return [0, 3, 5].contains(column) ? row[column] + padding : padding + row[column]
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private var facts: [String] {
    func figures(_ pairs: [(String, UInt64)]) -> String {
      pairs.map { "\($0.0) \(Figures.grouped($0.1))" }.joined(separator: ", ")
    }
    var lines = [
      "  facts    freed while lent \(Figures.grouped(tally.freedWhileLent)) | writes landed: "
        + figures([("live", tally.writesLive), ("freed", tally.writesFreed), ("reused", tally.writesReused)])
        + (tally.writesRefused > 0 ? ", refused \(Figures.grouped(tally.writesRefused))" : ""),
      "           packets: "
        + figures([
          ("own", tally.packetsOwn), ("unexpected", tally.packetsUnexpected),
          ("completed another", tally.packetsCompletedAnother), ("still queued", tally.packetsStillQueued),
        ]) + " | results: " + figures([("right", tally.resultsRight), ("wrong", tally.resultsWrong)]),
    ]
    if !findings.isEmpty {
      // A finding need not be behind any outcome, so it says for itself that nothing declares it.
      let counts = findings.sorted { $0.key < $1.key }.map { rule, count in
        "\(rule.id) \(Figures.grouped(count))" + (plan.declaration.verdict(of: rule) == .forbidden ? " FORBIDDEN" : "")
      }
      lines.append("  findings \(counts.joined(separator: ", "))")
    }
    if let delays, exploration == nil {
      lines.append(
        "  delay    from the free to the late write: p50 \(Figures.time(nanoseconds: delays.p50)), "
          + "p99 \(Figures.time(nanoseconds: delays.p99)), max \(Figures.time(nanoseconds: delays.max))")
    }
    lines.append(
      "  checked  \(Figures.grouped(edgesChecked)) acts on blocks replayed in \(Figures.grouped(executionsChecked)) of "
        + "\(Figures.count(executions, "execution")): frees with loans open and LW001 findings are the same")
    return lines
  }
}
