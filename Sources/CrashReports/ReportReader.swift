// What `latewrite report` is given: a directory of findings, the folder of one, a report.json, a raw record, or the
// first digits of a signature. All of them end in the same reports.

/// Finds and reads reports.
public enum ReportReader {
  /// Where runs put their findings unless told otherwise.
  public static let defaultDirectory = "latewrite-out"

  /// A report, and where it is stored; nil for one that was just made from a raw record.
  public struct Item: Sendable {
    /// The report.
    public let report: CrashReport
    /// Path of its report.json.
    public let path: String?
  }

  /// The findings of a directory that runs wrote to, or of a raw record.
  public static func list(_ place: String, symbolizer: Symbolizer = .shared) async throws(CrashReportError)
    -> [StoredFinding]
  {
    guard FileContents.exists(place) else { throw missing(place) }
    if FileContents.isDirectory(place) && FileContents.exists("\(place)/\(FindingsIndex.fileName)") {
      return try FindingsIndex(directory: place).lines.map { $0.stored(in: place) }
    }
    return try await read(place, symbolizer).map { item in
      StoredFinding(
        signature: item.report.signature, rule: item.report.rule, title: item.report.title, path: item.path ?? place,
        occurrences: item.report.occurrences, scenario: item.report.run.scenario, revision: item.report.run.revision,
        firstSeed: item.report.run.seed, schedule: item.report.run.schedule)
    }
  }

  /// The reports that `target` names: a path, or the beginning of a signature (with or without "lw002-") among the
  /// findings in `directory`.
  public static func show(
    _ target: String, in directory: String = defaultDirectory, symbolizer: Symbolizer = .shared
  ) async throws(CrashReportError) -> [Item] {
    if FileContents.exists(target) { return try await read(target, symbolizer) }
    let digits = target.lowercased().split(separator: "-").last.map(String.init) ?? ""
    guard !target.contains("/"), !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { throw missing(target) }
    guard FileContents.exists(directory) else {
      throw CrashReportError(
        .noSuchFinding,
        "\(target) is no file, and there are no findings in \(directory): name their directory with --out")
    }
    let matches = try FindingsIndex(directory: directory).lines.filter { $0.signature.hasPrefix(digits) }
    guard let match = matches.first else {
      throw CrashReportError(
        .noSuchFinding,
        "no finding in \(directory) has a signature that begins with \(digits): see latewrite report list")
    }
    guard matches.count == 1 else {
      throw CrashReportError(
        .ambiguous,
        "\(matches.count) findings in \(directory) have signatures that begin with \(digits): give more digits")
    }
    return [try stored("\(directory)/\(match.path)")]
  }

  private static func read(_ path: String, _ symbolizer: Symbolizer) async throws(CrashReportError) -> [Item] {
    guard FileContents.isDirectory(path) else { return try await readFile(path, symbolizer) }
    if FileContents.exists("\(path)/report.json") { return [try stored("\(path)/report.json")] }
    guard FileContents.exists("\(path)/\(FindingsIndex.fileName)") else {
      throw CrashReportError(
        .notAReport, "\(path) holds no findings: neither \(FindingsIndex.fileName) nor report.json is in it")
    }
    var items: [Item] = []
    for line in try FindingsIndex(directory: path).lines { items.append(try stored("\(path)/\(line.path)")) }
    return items
  }

  private static func readFile(_ path: String, _ symbolizer: Symbolizer) async throws(CrashReportError) -> [Item] {
    let bytes = try FileContents.read(path)
    if bytes.first == UInt8(ascii: "{") {
      return [Item(report: try CrashReport(json: bytes, origin: path), path: path)]
    }
    let file = try RawRecordFile(bytes: bytes, origin: path)
    return await CrashReport.reports(of: file, symbolizer: symbolizer).map { Item(report: $0, path: nil) }
  }

  private static func stored(_ path: String) throws(CrashReportError) -> Item {
    Item(report: try CrashReport(json: try FileContents.read(path), origin: path), path: path)
  }

  private static func missing(_ target: String) -> CrashReportError {
    CrashReportError(
      .unreadable, "\(target) does not exist: name a directory of findings, a report.json, a raw record or a signature")
  }
}
