// The report for people: first and last line are single and greppable, the stacks follow each other from the effect to
// the cause, and the one to look at first is marked. At most a screen unless everything is asked for.

extension CrashReport {
  /// The report as text, ending in a newline. `path` is where its report.json is stored, when it is.
  public func text(_ style: TextStyle = TextStyle(), path: String? = nil) -> String {
    TextReport(report: self, style: style, path: path).lines.joined(separator: "\n") + "\n"
  }

  /// "SUMMARY: Latewrite: LW002 stale-write File.swift:58 in Type.method [sig 3fa91c77b2d0]"
  public var summary: String {
    let point = pointOfInterest
    var words = ["SUMMARY: Latewrite: \(ruleID) \(name)"]
    if let location = point?.frame.location {
      let file = location.file.split(separator: "/").last.map(String.init) ?? location.file
      words.append(file + (location.line.map { ":\($0)" } ?? ""))
      if let function = point?.frame.name { words.append("in \(BaseName.of(function))") }
    } else if let top = Signature.top(moments[.freed] ?? moments[.lent] ?? moments[.detected]) {
      words.append("in \(top)")
    }
    words.append("[sig \(signature)]")
    return words.joined(separator: " ")
  }
}

struct TextReport {
  let report: CrashReport
  let style: TextStyle
  let path: String?

  var lines: [String] {
    let narrative = Narrative(report: report)
    let head = "==\(report.process.id)==ERROR: Latewrite \(report.ruleID) \(report.name): \(narrative.headline)"
    var lines = [style.ink(.alarm, head), wrapped(narrative.story, indent: "  ")]
    if report.occurrences > 1 { lines.append("  Found \(report.occurrences) times; this is the first.") }
    lines += StackSections(report: report, style: style).lines
    if let window = report.window {
      lines += ByteTable(window: window, layout: report.block?.layout, access: report.access, style: style).lines
    }
    lines += order
    lines += report.notes.map { labelled("NOTE", $0) }
    lines.append(labelled("FIX", "\(RuleText.of(report.rule).fix)  docs: latewrite report explain \(report.ruleID)"))
    lines.append(labelled("REPLAY", replay))
    if let path { lines.append(labelled("REPORT", path)) }
    lines.append(style.ink(.heading, report.summary))
    return lines
  }

  /// What to type to see it again, and for a schedule how long it is.
  private var replay: String {
    guard let command = report.run.command else { return "run \(report.process.program) again: a program has no seed" }
    guard let deviations = report.run.scheduleSteps, let before = report.run.shrunkFrom else { return command }
    let count = "\(deviations) deviation\(deviations == 1 ? "" : "s") from the default order"
    return command + "  (\(count)\(before > deviations ? ", shrunk from \(before)" : ""))"
  }

  private func labelled(_ label: String, _ text: String) -> String {
    style.ink(.heading, label.padded(to: 7)) + text
  }

  /// The block's last events, or, without a trace, its moments by time.
  private var order: [String] {
    let steps: [String]
    if report.history.isEmpty {
      let timed = report.moments.compactMap { moment, stack in stack.timeNs.map { ($0, moment) } }
      steps = timed.sorted { ($0.0, $0.1.rawValue) < ($1.0, $1.1.rawValue) }.map { ns, moment in
        "+\(DurationText.milliseconds(ns)) ms \(StackSections.label(moment, rule: report.rule).lowercased())"
      }
    } else {
      steps = report.history.map { event in
        let when = event.step.map { "\($0)" } ?? "+\(DurationText.milliseconds(event.timeNs)) ms"
        return "\(when) \(event.event)(\(event.generation)) by \(event.thread)"
      }
    }
    guard steps.count > 1 else { return [] }
    var lines = [""]
    for step in steps {
      if !lines[lines.count - 1].isEmpty && lines[lines.count - 1].count + step.count > 100 {
        lines[lines.count - 1] += " |"
        lines.append("")
      }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " | ") + step
    }
    let legend = report.history.isEmpty ? "" : "  (generation) by thread"
    return lines.enumerated().map { index, line in
      labelled(index == 0 ? "ORDER" : "", line) + (index == lines.count - 1 ? style.ink(.faint, legend) : "")
    }
  }
}

extension String {
  /// Filled up with spaces to `width` columns.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
