// DIR/findings.jsonl: one line a bug, so that lists and merges need not open every report.
internal import FoundationEssentials

/// A bug as the store keeps it.
public struct StoredFinding: Sendable, Hashable {
  /// 12 hexadecimal digits.
  public let signature: String
  /// 1 ... 18
  public let rule: Int
  /// One line that names the bug.
  public let title: String
  /// Of its report.json.
  public let path: String
  /// How often it was found, all runs together.
  public let occurrences: Int
  /// Scenario that it was first found in; nil for a plain program.
  public let scenario: String?
  /// Revision that it was first found in.
  public let revision: String?
  /// Seed that it was first found with.
  public let firstSeed: UInt64?
  /// Replay token of the run that it was first found in; nil when that was free running.
  public let schedule: String?

  /// "LW002"
  public var ruleID: String { RuleText.of(rule).id }
}

/// A line of findings.jsonl; `path` is relative to the file.
struct EncodedFinding: Codable, Sendable, Hashable {
  var signature: String
  var title: String
  var rule: String
  @ExplicitNull var scenario: String?
  @ExplicitNull var revision: String?
  @ExplicitNull var seed: UInt64?
  @ExplicitNull var schedule: String?
  var occurrences: Int
  var path: String

  init(_ report: CrashReport, occurrences: Int) {
    signature = report.signature
    title = report.title
    rule = report.ruleID
    scenario = report.run.scenario
    revision = report.run.revision
    seed = report.run.seed
    schedule = report.run.schedule
    self.occurrences = occurrences
    path = "\(Self.folder(of: report))/report.json"
  }

  /// The line of a finding that is listed, with the path as it was given.
  init(_ finding: StoredFinding) {
    signature = finding.signature
    title = finding.title
    rule = finding.ruleID
    scenario = finding.scenario
    revision = finding.revision
    seed = finding.firstSeed
    schedule = finding.schedule
    occurrences = finding.occurrences
    path = finding.path
  }

  /// "lw002-3fa91c77b2d0"
  static func folder(of report: CrashReport) -> String { "\(report.ruleID.lowercased())-\(report.signature)" }

  func stored(in directory: String) -> StoredFinding {
    StoredFinding(
      signature: signature, rule: Int(rule.drop { !$0.isNumber }) ?? 0, title: title, path: "\(directory)/\(path)",
      occurrences: occurrences, scenario: scenario, revision: revision, firstSeed: seed, schedule: schedule)
  }
}

/// The lines of a findings.jsonl, in the order in which the bugs were first found.
struct FindingsIndex: Sendable {
  static let fileName = "findings.jsonl"
  private(set) var lines: [EncodedFinding] = []

  /// Reads DIR/findings.jsonl; a directory without one has no findings.
  init(directory: String) throws(CrashReportError) {
    let path = "\(directory)/\(Self.fileName)"
    guard FileContents.exists(path) else { return }
    let bytes = try FileContents.read(path)
    let decoder = JSONDecoder()
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let finding = try? decoder.decode(EncodedFinding.self, from: Data(line)),
        (1...RuleText.all.count).contains(Int(finding.rule.drop { !$0.isNumber }) ?? 0)
      else {
        throw CrashReportError(
          .notAReport, "\(path) is damaged in line \(number + 1): move it away or name another directory")
      }
      lines.append(finding)
    }
  }

  /// Adds a line, or puts it where the same bug has one.
  mutating func put(_ finding: EncodedFinding) {
    if let at = lines.firstIndex(where: { $0.signature == finding.signature }) {
      lines[at] = finding
    } else {
      lines.append(finding)
    }
  }

  func write(to directory: String) throws(CrashReportError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes: [UInt8] = []
    for line in lines {
      do {
        bytes += try encoder.encode(line)
      } catch {
        throw CrashReportError(.notWritable, "the finding \(line.signature) cannot be written as JSON: \(error)")
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    try FileContents.replace("\(directory)/\(Self.fileName)", with: bytes)
  }
}
