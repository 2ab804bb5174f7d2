// What Latewrite says about each rule: one table, from which a report takes its FIX line and `latewrite report explain`
// its page. Numbers and names are those of the library.
internal import Latewrite

/// A rule in words.
public struct RuleText: Sendable {
  /// "LW002"
  public let id: String
  /// "stale-write"
  public let name: String
  /// "error", or "warning" where nothing was harmed yet.
  public let severity: String
  /// One sentence: what breaks the rule.
  public let breach: String
  /// One sentence: what to do.
  public let fix: String
  /// A paragraph: why it matters and how to see it again.
  public let explanation: String

  /// All rules in order of their numbers.
  public static let all: [RuleText] = zip(Rule.allCases, rows).map { rule, row in
    RuleText(
      id: rule.id, name: rule.name, severity: row.severity, breach: row.breach, fix: row.fix,
      explanation: row.explanation)
  }

  /// The rule called `id`: "LW002", "lw2" and "2" are the same.
  public static func find(_ id: String) throws(CrashReportError) -> RuleText {
    let digits = id.lowercased().hasPrefix("lw") ? id.dropFirst(2) : Substring(id)
    guard digits.allSatisfy(\.isNumber), let number = Int(digits), (1...all.count).contains(number) else {
      throw CrashReportError(
        .noSuchFinding, "there is no rule \(id): rules are \(all[0].id) ... \(all[all.count - 1].id)")
    }
    return all[number - 1]
  }

  /// The page that `latewrite report explain` prints.
  public var page: String {
    """
    \(id) \(name) (\(severity))
    \(wrapped(breach, indent: "  "))

    \(wrapped(explanation, indent: "  "))

    FIX
    \(wrapped(fix, indent: "  "))

    """
  }

  /// The text of a rule that a record or report was found to name; those know no others.
  static func of(_ rule: Int) -> RuleText { all[rule - 1] }
}

/// `text` in lines of at most 100 columns, each after `indent`.
func wrapped(_ text: String, indent: String) -> String {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty && indent.count + line.count + word.count >= 100 {
      lines.append(indent + line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
  }
  return (lines + [indent + line]).joined(separator: "\n")
}
