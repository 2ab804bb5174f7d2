// The matrix for people: revisions down, situations across, as the history is told; what each revision's wait costs;
// and every difference between what was declared and what was seen.
internal import Proactor

/// What a matrix came to.
public struct Matrix: Sendable {
  /// Row by row: situation after situation, each on every revision.
  public let cells: [MatrixCell]
  private let plan: MatrixPlan

  /// The matrix of these cells.
  public init(_ plan: MatrixPlan, cells: [MatrixCell]) {
    self.plan = plan
    self.cells = cells
  }

  /// The sentences that name what was declared and what was observed.
  public var differences: [String] { cells.compactMap(\.difference) }

  /// The situations, a line each: letter, name, what happens.
  public var legend: [String] { plan.situations.map { "\($0.letter)  \($0.name): \($0.summary)" } }

  func cell(_ situation: Situation, _ revision: ProactorRevision) -> MatrixCell? {
    cells.first { $0.situation == situation.name && $0.revision == revision.name }
  }

  var situations: [Situation] { plan.situations }
  var revisions: [ProactorRevision] { plan.revisions }

  /// All of it as text, ending in a newline.
  public var text: String {
    var lines = headLines
    for situation in situations {
      lines.append("\(situation.letter)  \(situation.name): \(situation.summary)")
      for (names, cell) in spans(of: situation) {
        let rules = cell.findings.keys.sorted().joined(separator: " ")
        let mark = cell.isAsDeclared ? " " : "!"
        lines.append("  \(mark) \(Self.padded(names, 26))\(Self.padded(cell.text, 44))\(rules)".trimmedAtEnd)
      }
    }
    lines += costLines + wordLines + ["", summary]
    return lines.joined(separator: "\n") + "\n"
  }

  /// How many cells there are, and how many are not as declared.
  public var summary: String {
    let count = differences.count
    return "\(cells.count) cells: \(count == 0 ? "all as declared" : "\(count) not as declared (!)")."
  }

  private var headLines: [String] {
    [
      "Each situation is acted on each revision, in one prescribed order. 'ok': the program sees nothing wrong, which",
      "may be so although a rule is broken. Rules: latewrite report explain LW001. Calls: --calls.",
      "",
      "    " + Self.padded("revisions", 26) + Self.padded("what the program sees", 44) + "broken rules",
    ]
  }

  /// What the words of this matrix mean.
  private var wordLines: [String] {
    let words = Set(cells.flatMap { $0.observed + $0.declared }).sorted()
    return words.isEmpty ? [] : ["", "the words:"] + words.map { "  \(Self.padded($0.rawValue, 29))\($0.meaning)" }
  }

  /// The calls of each cell in their order, and its log.
  public var callText: String {
    cells.map { cell in
      let log = cell.log.map { "    log: \($0)\n" }.joined()
      return "\n\(cell.situation) on \(cell.revision): \(cell.text)\n"
        + cell.calls.map { "    \($0)\n" }.joined() + log + "    replay: \(cell.schedule ?? "-")\n"
    }.joined()
  }

  /// Revisions one after the other that make the same of it, as "first ... last".
  private func spans(of situation: Situation) -> [(names: String, cell: MatrixCell)] {
    var spans: [(first: String, last: String, cell: MatrixCell)] = []
    for revision in revisions {
      guard let cell = cell(situation, revision) else { continue }
      if let last = spans.last, last.cell.text == cell.text, last.cell.findings.keys == cell.findings.keys,
        last.cell.isAsDeclared == cell.isAsDeclared
      {
        spans[spans.count - 1].last = revision.name
      } else {
        spans.append((revision.name, revision.name, cell))
      }
    }
    return spans.map { ($0.first == $0.last ? $0.first : "\($0.first) ... \($0.last)", $0.cell) }
  }

  /// What a wait that completes costs, from the first situation.
  private var costLines: [String] {
    guard let first = situations.first(where: { $0.letter == "A" }) else { return [] }
    var lines = ["", "what one completed wait costs, until its memory is free again:"]
    lines.append("  " + Self.row("revision", "registrations", "handles", "OVERLAPPEDs", "packets", "turns of the loop"))
    for revision in revisions {
      guard let cost = cell(first, revision)?.cost else { continue }
      lines.append(
        "  "
          + Self.row(
            revision.name, "\(cost.registrations)", "\(cost.handles)", "\(cost.overlappeds)", "\(cost.packets)",
            cost.turns == 0 ? "never" : "\(cost.turns)"))
    }
    return lines
  }

  private static func row(_ name: String, _ cells: String...) -> String {
    padded(name, 12) + cells.map { String(repeating: " ", count: max(1, 19 - $0.count)) + $0 }.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

extension String {
  fileprivate var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
