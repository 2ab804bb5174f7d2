// What runs leave behind: merged, listed, found again, and never half-written.
import CArena
import Foundation
import Testing

@testable import CrashReports

@Suite struct ReportStoreTests {
  private let folder: ScratchFolder
  private var out: String { folder.path + "/out" }

  init() throws {
    folder = try ScratchFolder()
  }

  private func files(_ path: String) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted()
  }

  private func lines(_ name: String) throws -> [[String: Any]] {
    try String(contentsOfFile: out + "/" + name, encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func storeHasAnIndexAndAFolderForEachBug() async throws {
    let report = MadeReport.report()
    let stored = try await ReportStore(directory: out).add([report])
    #expect(stored.map(\.signature) == [report.signature] && stored[0].rule == 3 && stored[0].firstSeed == 17)
    #expect(
      files(out) == ["findings.jsonl", "lw003-\(report.signature)", "lw003-\(report.signature)/report.json"].sorted())
    #expect(stored[0].path == "\(out)/lw003-\(report.signature)/report.json")
    let line = try #require(try lines("findings.jsonl").first)
    #expect(
      Set(line.keys) == [
        "signature", "title", "rule", "scenario", "revision", "seed", "schedule", "occurrences", "path",
      ])
    #expect(line["rule"] as? String == "LW003" && line["seed"] as? Int == 17 && line["schedule"] is NSNull)
    #expect(line["path"] as? String == "lw003-\(report.signature)/report.json")
  }

  @Test func sameBugFoundAgainCountsUpAndKeepsTheFirst() async throws {
    let first = MadeReport.report(occurrences: 2)
    let again = MadeReport.report(run: RunContext(scenario: "other", revision: "today", seed: 99), occurrences: 5)
    let other = MadeReport.report(api: "ReadFile")
    try await ReportStore(directory: out).add([first])
    // Another store, as another run has.
    let stored = try await ReportStore(directory: out).add([again, other])
    #expect(stored.map(\.occurrences) == [7, 1])
    #expect(stored[0].firstSeed == 17 && stored[0].scenario == "cancel-wait")
    #expect(try await ReportStore(directory: out).findings().map(\.signature) == [first.signature, other.signature])
    let report = try CrashReport(json: FileContents.read(stored[0].path), origin: "stored")
    #expect(report.occurrences == 7 && report.run.seed == 17)
  }

  @Test func whatARunAddsSoFarCountsOnce() async throws {
    let early = MadeReport.report(occurrences: 2)
    let late = MadeReport.report(run: RunContext(scenario: "cancel-wait", revision: "today", seed: 18), occurrences: 9)
    let other = MadeReport.report(api: "ReadFile")
    try await ReportStore(directory: out).add([other])
    // The run sees one bug twice, then more often, then another worker sees it too; the other bug is an old one.
    let run = ReportStore(directory: out)
    #expect(try await run.addSoFar([early]).map(\.occurrences) == [2])
    #expect(try await run.addSoFar([late, other]).map(\.occurrences) == [9, 2])
    #expect(try await run.add([late, early, other]).map(\.occurrences) == [11, 2])
    let stored = try await run.findings()
    #expect(stored.map(\.occurrences) == [2, 11])
    #expect(stored[1].firstSeed == 18, "The last word of a run on a bug that was new is what is kept.")
    #expect(try await run.add([early]).map(\.occurrences) == [13], "The next run counts on top.")
  }

  @Test func recordsOfOneSignatureAreOneFinding() async throws {
    let subject = try CompiledSubject(in: folder)
    var maker = subject.recorded()
    maker.records[0].seed = 5
    for seed in 6...8 as ClosedRange<UInt64> {
      var record = maker.records[0]
      record.seed = seed
      record.occurrences = 10
      record.generation_now = 3 + seed
      maker.add(record)
    }
    let context = RunContext(scenario: "cancel-wait", revision: "d0a28dee^", environment: .current())
    let stored = try await ReportStore(directory: out).add(records: maker.bytes, context: context)
    #expect(stored.count == 1)
    #expect(stored[0].occurrences == 31 && stored[0].firstSeed == 5)
    #expect(stored[0].title == "freed-while-lent: OVERLAPPED freed in release_overlapped")
  }

  @Test func recordWithoutFindingsLeavesNoDirectory() async throws {
    #expect(try await ReportStore(directory: out).add(records: RecordMaker().bytes).isEmpty)
    #expect(!FileContents.exists(out))
  }

  @Test func placeThatIsAFileIsOneSentence() async throws {
    try Data("x".utf8).write(to: URL(fileURLWithPath: out))
    let store = ReportStore(directory: out)
    let error = await #expect(throws: CrashReportError.self) { try await store.add([MadeReport.report()]) }
    #expect(error?.code == .notWritable)
    #expect(error?.description == "\(out) cannot be written (Not a directory): name a directory with --out")
  }

  @Test func placeThatTakesNothingIsOneSentence() async throws {
    // /proc takes no directory, whoever asks.
    let store = ReportStore(directory: "/proc/latewrite-out")
    let error = await #expect(throws: CrashReportError.self) { try await store.add([MadeReport.report()]) }
    #expect(
      error?.description
        == "/proc/latewrite-out cannot be written (No such file or directory): name a directory with --out")
  }

  @Test func fullPlaceIsOneSentenceAndLeavesNothingHalfWritten() async {
    await #expect(processExitsWith: .success) {
      let folder = try ScratchFolder()
      let out = folder.path + "/out"
      try await ReportStore(directory: out).add([MadeReport.report()])
      let before = try FileManager.default.subpathsOfDirectory(atPath: out).sorted()
      var limit = rlimit(rlim_cur: 512, rlim_max: 512)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      do {
        try await ReportStore(directory: out).add([MadeReport.report(api: "ReadFile")])
        exit(2)
      } catch let error as CrashReportError {
        guard error.code == .notWritable, error.description.contains("(File too large): make room") else { exit(3) }
      }
      guard try FileManager.default.subpathsOfDirectory(atPath: out).sorted() == before else { exit(4) }
    }
  }

  @Test(.enabled(if: FileContents.exists("/dev/full")))
  func writeThatFailsHalfwayIsReported() {
    let device = open("/dev/full", O_WRONLY)
    defer { close(device) }
    #expect(FileContents.write([1, 2, 3], to: device) == ENOSPC)
  }

  @Test func damagedIndexIsOneSentence() async throws {
    let store = ReportStore(directory: out)
    try await store.add([MadeReport.report()])
    let index = out + "/findings.jsonl"
    try (FileContents.read(index) + Array("{\"sig".utf8)).withUnsafeBytes { Data($0) }
      .write(to: URL(fileURLWithPath: index))
    let error = await #expect(throws: CrashReportError.self) { try await store.add([MadeReport.report()]) }
    #expect(error?.description == "\(index) is damaged in line 2: move it away or name another directory")
  }

  // -------------------------------------------------------------------------------------------------- finding again

  @Test func findingIsShownByDigitsFolderAndFile() async throws {
    let report = MadeReport.report()
    try await ReportStore(directory: out).add([report, MadeReport.report(api: "ReadFile")])
    let folder = "\(out)/lw003-\(report.signature)"
    for target in [
      report.signature, String(report.signature.prefix(8)), "LW003-" + report.signature.prefix(6), folder,
      folder + "/report.json",
    ] {
      let items = try await ReportReader.show(target, in: out)
      #expect(items.map(\.report.signature) == [report.signature])
      #expect(items.map(\.path) == [folder + "/report.json"])
    }
    #expect(try await ReportReader.show(out).count == 2)
  }

  @Test func digitsThatNameNoneOrSeveralAreOneSentence() async throws {
    try await ReportStore(directory: out).add((0..<17).map { MadeReport.report(api: "Call\($0)") })
    let none = await #expect(throws: CrashReportError.self) { try await ReportReader.show("ffffffffffff", in: out) }
    #expect(none?.code == .noSuchFinding)
    // Of 17 signatures two begin with the same of 16 digits.
    let counts = try await ReportReader.list(out).reduce(into: [:]) { $0[$1.signature.prefix(1), default: 0] += 1 }
    let digit = try #require(counts.first { $0.value > 1 }?.key)
    let several = await #expect(throws: CrashReportError.self) { try await ReportReader.show(String(digit), in: out) }
    #expect(several?.code == .ambiguous)
  }

  @Test func rawRecordIsListedAndShown() async throws {
    let subject = try CompiledSubject(in: folder)
    let path = folder.path + "/latewrite.4711.raw"
    try FileContents.replace(path, with: subject.recorded().bytes)
    let items = try await ReportReader.show(path)
    #expect(items.count == 1 && items[0].path == nil)
    let listed = try await ReportReader.list(path)
    #expect(listed.map(\.signature) == items.map(\.report.signature))
    #expect(FindingsTable.text(listed).contains("LW001      1           -  freed-while-lent: OVERLAPPED freed in"))
  }

  @Test(arguments: ["/nowhere/at/all", "/dev/null", "/usr", "xyz"])
  func wrongTargetIsOneSentence(target: String) async {
    let shown = await #expect(throws: CrashReportError.self) { try await ReportReader.show(target, in: out) }
    #expect(shown.map { !$0.description.contains("\n") && $0.description.contains(target) } == true)
    await #expect(throws: CrashReportError.self) { try await ReportReader.list(target) }
  }

  @Test func listIsATableAndAnObject() async throws {
    let stored = try await ReportStore(directory: out).add([MadeReport.report(occurrences: 1234)])
    #expect(
      FindingsTable.text(stored) == """
        signature     rule   count  first seed  title
        \(stored[0].signature)  LW003   1234          17  write-into-reused-block: 16 bytes at +0 of OVERLAPPED \
        freed in WaitHandleFuture.cancel

        """)
    #expect(FindingsTable.text([]) == "no findings\n")
    let object = try JSONSerialization.jsonObject(with: Data(FindingsTable.json(stored))) as? [String: Any]
    #expect((object?["findings"] as? [[String: Any]])?.first?["occurrences"] as? Int == 1234)
  }
}
