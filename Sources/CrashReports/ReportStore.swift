// A directory of findings: one report a bug, and an index. Each file is replaced whole or not at all; what earlier runs
// left there is kept, and the same bug found again only counts up.

/// Keeps the findings of runs in a directory: `findings.jsonl` and a folder with a `report.json` for each bug. One
/// store a directory at a time: two that write at once may lose each other's newest lines.
public actor ReportStore {
  /// Where it keeps them.
  public let directory: String
  private let symbolizer: Symbolizer
  /// What the directory had of the bugs of a run that goes on, before that run; nil for a bug that was new. By folder.
  private var before: [String: CrashReport?] = [:]

  /// Names the directory, which is made with the first finding.
  public init(directory: String, symbolizer: Symbolizer = .shared) {
    self.directory = directory
    self.symbolizer = symbolizer
  }

  /// Adds the findings of a raw record: bytes copied from a file or from the mapping of a scope. Each record counts, so
  /// bytes of the same run are added once, at its end. Returns the bugs found in it, as they are stored now.
  @discardableResult
  public func add(records: [UInt8], context: RunContext = RunContext()) async throws(CrashReportError)
    -> [StoredFinding]
  {
    let file = try RawRecordFile(bytes: records, origin: "the record of the run")
    return try add(await CrashReport.reports(of: file, run: context, symbolizer: symbolizer))
  }

  /// Adds the finished reports of a run, in place of what was added of it so far.
  @discardableResult
  public func add(_ reports: [CrashReport]) throws(CrashReportError) -> [StoredFinding] {
    defer { before = [:] }
    return try addSoFar(reports)
  }

  /// Adds what a run has found that goes on: should it be cut off, that is what stays. Takes all its reports each
  /// time, in place of those added before, so nothing counts twice.
  @discardableResult
  public func addSoFar(_ reports: [CrashReport]) throws(CrashReportError) -> [StoredFinding] {
    guard !reports.isEmpty else { return [] }
    _ = try FileContents.makeDirectory(directory)
    var index = try FindingsIndex(directory: directory)
    var stored: [StoredFinding] = []
    var failure: CrashReportError?
    for report in Self.merged(reports) {
      do {
        let finding = try store(report)
        index.put(finding)
        stored.append(finding.stored(in: directory))
      } catch {
        failure = error
        break
      }
    }
    // What was stored before the failure is whole: it is listed if there is still room for that.
    if let failure {
      if !stored.isEmpty { try? index.write(to: directory) }
      throw failure
    }
    try index.write(to: directory)
    return stored
  }

  /// One report a bug, the first of it, with the occurrences of all.
  private static func merged(_ reports: [CrashReport]) -> [CrashReport] {
    var merged: [CrashReport] = []
    var places: [String: Int] = [:]
    for report in reports {
      let folder = EncodedFinding.folder(of: report)
      if let place = places[folder] {
        merged[place].occurrences += report.occurrences
      } else {
        places[folder] = merged.count
        merged.append(report)
      }
    }
    return merged
  }

  /// All that is stored, in the order in which the bugs were first found.
  public func findings() throws(CrashReportError) -> [StoredFinding] {
    try FindingsIndex(directory: directory).lines.map { $0.stored(in: directory) }
  }

  /// Writes one report, or counts up the one that was there before its run, which stays the first.
  private func store(_ report: CrashReport) throws(CrashReportError) -> EncodedFinding {
    let name = EncodedFinding.folder(of: report)
    let folder = "\(directory)/\(name)"
    let path = "\(folder)/report.json"
    var known: CrashReport?
    if let before = before[name] {
      known = before
    } else if FileContents.exists(path) {
      known = try CrashReport(json: try FileContents.read(path), origin: path)
    }
    before[name] = .some(known)
    var first = known ?? report
    if known != nil { first.occurrences += report.occurrences }
    let isNew = try FileContents.makeDirectory(folder)
    do {
      try FileContents.replace(path, with: try first.json())
    } catch {
      if isNew { FileContents.removeEmptyDirectory(folder) }
      throw error
    }
    return EncodedFinding(first, occurrences: first.occurrences)
  }
}
