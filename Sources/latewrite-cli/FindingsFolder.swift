// Where a command's findings go, and which of them to show. Storing is tried before the run begins, where that can be
// known; when it fails later the results are printed all the same.
internal import CrashReports
internal import Exploration
internal import FoundationEssentials
internal import Glibc
internal import Harness
internal import Latewrite
internal import Proactor

actor FindingsFolder {
  private let path: String
  private let isExplicit: Bool
  private let store: ReportStore
  private var telling: (report: CrashReport, path: String?)?
  /// Why findings could not be stored, one sentence; nil when all is well.
  private(set) var trouble: String?

  /// `explicit` is what the user asked for; it must be writable. Otherwise the usual place is taken if it can be.
  init(explicit: String?) throws {
    path = explicit ?? ReportReader.defaultDirectory
    isExplicit = explicit != nil
    store = ReportStore(directory: path)
    if let sentence = Self.whyNotWritable(path, keepDirectory: isExplicit) {
      guard !isExplicit else { throw HarnessError.environment(sentence) }
      trouble = sentence
    }
  }

  /// Symbolizes and stores the findings of a run, and counts their signatures. Returns an id to show for each rule. A
  /// finding that `schedules` knows by its signature gets that schedule.
  func store(_ summary: inout RunSummary, schedules: [String: RecordedSchedule] = [:]) async -> [UInt32: String] {
    let reports = await Self.reports(of: summary).map { found in
      schedules[found.signature].map { found.replayable(by: $0) } ?? found
    }
    let paths = await paths { store throws(CrashReportError) in try await store.add(reports) }
    var examples: [UInt32: String] = [:]
    for report in reports {
      examples[UInt32(report.rule)] = examples[UInt32(report.rule)] ?? Self.id(of: report)
      consider(report, paths[report.signature])
    }
    summary.signatures = Set(reports.map(\.signature)).count
    return examples
  }

  /// Stores what a run has found that goes on, so that ending this program by force loses none of it.
  func storeSoFar(_ summary: RunSummary) async {
    let reports = await Self.reports(of: summary)
    _ = await paths { store throws(CrashReportError) in try await store.addSoFar(reports) }
  }

  /// The schedules of an exploration by the signature of what they show.
  static func schedules(of summary: RunSummary) async -> [String: RecordedSchedule] {
    var schedules: [String: RecordedSchedule] = [:]
    for report in await reports(of: summary) {
      guard let token = report.run.schedule, let deviations = report.run.scheduleSteps else { continue }
      if let known = schedules[report.signature], known.deviations <= deviations { continue }
      schedules[report.signature] = RecordedSchedule(
        token: token, deviations: deviations, shrunkFrom: report.run.shrunkFrom ?? deviations)
    }
    return schedules
  }

  private static func reports(of summary: RunSummary) async -> [CrashReport] {
    var reports: [CrashReport] = []
    for records in summary.rawRecords {
      var context = RunContext(
        scenario: summary.plan.scenario.name, revision: summary.plan.revision.name,
        verdict: summary.verdict == .forbidden ? .finding : .expected, environment: .current())
      context.schedules = records.schedules
      guard let file = try? RawRecordFile(bytes: records.bytes, origin: "the record of a worker") else { continue }
      reports += await CrashReport.reports(of: file, run: context)
    }
    return reports
  }

  /// Where `storing` put the findings, by their signatures; nowhere when that fails, which is said in the end.
  private func paths(
    _ storing: (ReportStore) async throws(CrashReportError) -> [StoredFinding]
  ) async -> [String: String] {
    guard trouble == nil else { return [:] }
    do {
      return Dictionary(try await storing(store).map { ($0.signature, $0.path) }) { first, _ in first }
    } catch {
      trouble = "\(error)"
      return [:]
    }
  }

  private static func id(of report: CrashReport) -> String {
    "\(report.ruleID.lowercased())-\(report.signature)"
  }

  // ------------------------------------------------------------------------------------------------ what to show

  /// The report that tells most, as text: a late write, with the free beside it.
  var mostTelling: String? {
    telling.map { $0.report.text(TextStyle(isColored: TextStyle.standardOutputTakesColor), path: $0.path) }
  }

  /// How the harm of that report comes about, step by step, when it has a schedule: followed here and now.
  var story: String? {
    guard let schedule = telling?.report.run.schedule, let token = try? ReplayToken(schedule),
      let execution = try? TokenedExecution(token), var replay = try? Replay(execution),
      let story = try? replay.run().story
    else { return nil }
    return "How it comes about, in the shortest order that shows it (* departs from the default order):\n\n\(story)"
  }

  private func consider(_ report: CrashReport, _ path: String?) {
    let order: [Rule] = [.writeIntoReusedBlock, .staleWrite, .falseCompletion, .unexpectedEvent, .freedWhileLent]
    func rank(_ report: CrashReport) -> Int { order.firstIndex { $0.rawValue == report.rule } ?? order.count }
    if let best = telling, rank(best.report) <= rank(report) { return }
    telling = (report, path)
  }

  /// How to see the rest, and how to see it again.
  func farewell(_ runs: [RunSummary]) -> String {
    var lines: [String] = []
    if telling != nil && trouble == nil {
      lines.append("all findings   latewrite report list \(path)")
    }
    for run in runs {
      guard let worst = run.outcomes.first(where: { $0.verdict != .ok }) else { continue }
      if let schedule = worst.schedule {
        lines.append("\(worst.outcome.name) again   latewrite replay --step \(schedule.token)")
        continue
      }
      lines.append(
        "\(worst.outcome.name) again   latewrite stress --scenario \(run.plan.scenario.name) "
          + "--revision '\(run.plan.revision.name)' --seed \(worst.firstSeed)")
    }
    return lines.joined(separator: "\n")
  }

  // ------------------------------------------------------------------------------------------------- writability

  /// Makes the directory and a file in it, as large as some reports, and takes away again what it made. Returns why
  /// that did not work, one sentence; nil when it did.
  static func whyNotWritable(_ path: String, keepDirectory: Bool) -> String? {
    let existed = FileManager.default.fileExists(atPath: path)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      return "\(path) cannot be made: name a directory that you may write to"
    }
    defer { if !existed && !keepDirectory { unsafe rmdir(path) } }
    let trial = "\(path)/.latewrite-\(getpid())"
    let descriptor = unsafe open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return "\(path) is not writable (\(reason())): name another directory" }
    defer {
      close(descriptor)
      unsafe unlink(trial)
    }
    let bytes = [UInt8](repeating: 0, count: 1 << 18)
    let written = unsafe write(descriptor, bytes, bytes.count)
    // A short write is what a full place answers first.
    if written >= 0 && written < bytes.count { errno = ENOSPC }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      return "\(path) has no room for reports (\(reason())): make room or name another directory"
    }
    return nil
  }

  private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
