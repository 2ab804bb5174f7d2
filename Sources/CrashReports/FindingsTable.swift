// The list of findings, for people and for programs.
internal import FoundationEssentials

/// Findings as a table.
public enum FindingsTable {
  /// Columns signature, rule, count, first seed, title; ends in a newline.
  public static func text(_ findings: [StoredFinding]) -> String {
    guard !findings.isEmpty else { return "no findings\n" }
    let head = ["signature", "rule", "count", "first seed", "title"]
    let rows = findings.map { finding in
      [
        finding.signature, finding.ruleID, "\(finding.occurrences)", finding.firstSeed.map { "\($0)" } ?? "-",
        finding.title,
      ]
    }
    let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    return ([head] + rows).map { row in
      row.indices.map { column in
        let isNumber = column == 2 || column == 3
        let filling = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumber ? filling + row[column] : row[column] + filling
      }.joined(separator: "  ").trimmingTrailingSpaces() + "\n"
    }.joined()
  }

  /// The same as JSON: an object with `schemaVersion` and `findings`, whose members have the keys of findings.jsonl.
  public static func json(_ findings: [StoredFinding]) throws(CrashReportError) -> [UInt8] {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let rows = findings.map { EncodedFinding($0) }
      return Array(try encoder.encode(EncodedFindings(schemaVersion: EncodedReport.version, findings: rows)))
        + [UInt8(ascii: "\n")]
    } catch {
      throw CrashReportError(.notAReport, "the list of findings cannot be written as JSON: \(error)")
    }
  }

  private struct EncodedFindings: Encodable {
    let schemaVersion: Int
    let findings: [EncodedFinding]
  }
}
