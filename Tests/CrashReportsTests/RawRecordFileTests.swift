// Whatever a raw file holds, reading it is one sentence or a counted loss, never a trap.
import CArena
import Glibc
import Testing

@testable import CrashReports

@Suite struct RawRecordFileTests {
  private func made(_ count: Int = 3) -> RecordMaker {
    var maker = RecordMaker()
    for index in 0..<count {
      var record = lw_record(rule: 2, seed: UInt64(index))
      record.set(.LW_MOMENT_FREED, frames: capturedFrames())
      maker.add(record)
    }
    return maker
  }

  @Test func wholeFileHasAllItsRecords() throws {
    let file = try made().file()
    #expect(file.count == 3)
    #expect(file.processID == 4711)
    #expect(file.program == "/opt/app/server")
    #expect(file.remarks.isEmpty)
  }

  @Test func fileCutAtAnyBoundaryIsASentenceOrTheRecordsThatAreWhole() async throws {
    let bytes = made().bytes
    let header = MemoryLayout<lw_record_file>.size
    let record = MemoryLayout<lw_record>.stride
    for length in stride(from: 0, to: bytes.count, by: 64) {
      do {
        let file = try RawRecordFile(bytes: Array(bytes.prefix(length)), origin: "cut.raw")
        #expect(length >= header)
        #expect(file.count == (length - header) / record)
        #expect(file.cutOff == 3 - file.count)
        #expect(file.remarks.contains { $0.contains("cut short") })
      } catch {
        #expect(length < header)
        #expect(error.code == .cutShort)
        #expect(error.description.hasPrefix("cut.raw is ") && !error.description.contains("\n"))
      }
    }
  }

  @Test func halfWrittenRecordIsLeftOutAndCounted() async throws {
    var maker = made(2)
    maker.records[0].state = 1
    let file = try maker.file()
    #expect(file.count == 1)
    #expect(file.unfinished == 1)
    #expect(file.remarks == ["1 record was not finished when this was read, left out"])
    let reports = try await maker.reports()
    #expect(reports.map(\.run.seed) == [1])
    #expect(reports[0].text().contains("NOTE   1 record was not finished"))
  }

  @Test(arguments: [
    (Array("\u{7F}ELF\u{2}\u{1}\u{1}\u{0}".utf8), CrashReportError.Code.notARecord),
    ([0x4C, 0x57, 0x52, 0x41, 0x57, 0, 0, 2], .otherVersion),
    ([0x4C, 0x57], .cutShort),
    ([], .cutShort),
  ])
  func foreignFileIsRefusedWithASentence(head: [UInt8], code: CrashReportError.Code) {
    let error = #expect(throws: CrashReportError.self) {
      try RawRecordFile(bytes: head, origin: "other.raw")
    }
    #expect(error?.code == code)
    #expect(error?.description.hasPrefix("other.raw ") == true)
  }

  @Test func recordsOfAnotherSizeAreAnotherVersion() {
    var maker = made(1)
    maker.header.record_bytes += 8
    let error = #expect(throws: CrashReportError.self) { try maker.file() }
    #expect(error?.code == .otherVersion)
  }

  @Test func countsOutOfBoundsMakeARecordDamaged() throws {
    let breakages: [(inout lw_record) -> Void] = [
      { $0.version = 2 }, { $0.rule = 0 }, { $0.rule = 19 }, { $0.state = 7 }, { $0.field_count = 13 },
      { $0.history_count = 25 }, { $0.window_bytes = 129 }, { $0.moments.3.frame_count = 25 },
    ]
    for damage in breakages {
      var maker = made(2)
      damage(&maker.records[1])
      let file = try maker.file()
      #expect(file.count == 1 && file.damaged == 1)
    }
  }

  @Test func countsThatNobodyCanReachDoNotOverflowInASum() async throws {
    var maker = made(3)
    for index in maker.records.indices { maker.records[index].occurrences = UInt64.max }
    #expect(try await maker.reports().map(\.occurrences) == [3 << 48])
  }

  @Test func imageThatIsNoRegularFileIsNotOpened() async throws {
    let folder = try ScratchFolder()
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    var maker = try CompiledSubject(in: folder).recorded()
    maker.header.images.0.build_id_bytes = 0
    setBytes(of: &maker.header.images.0.path, to: Array(pipe.utf8) + [0])
    let report = try #require(await maker.reports().first)
    #expect(report.notes == ["\(pipe) is not there any more: its frames are shown as image+offset"])
  }

  @Test func lostFindingsAndDegradationAreRemarked() throws {
    var maker = made(1)
    maker.header.records_lost = 7
    maker.header.degraded = 1
    setBytes(of: &maker.header.degradation, to: Array("libunwind is missing".utf8))
    #expect(
      try maker.file().remarks == [
        "7 findings were not recorded: the table of records was full", "libunwind is missing",
      ])
  }

  @Test func bytesThatATerminalObeysAreReplaced() throws {
    var maker = made(1)
    setBytes(of: &maker.header.program, to: Array("/bin/\u{1B}[2Jx\u{7}".utf8) + [0xFF, 0])
    #expect(try maker.file().program == "/bin/?[2Jx?\u{FFFD}")
  }

  @Test func randomBytesNeverTrapAnyPartOfTheModule() async throws {
    var random = SplitMix(state: 7)
    let whole = made(1).bytes
    let header = MemoryLayout<lw_record_file>.size
    let noTools = SymbolizerTools(symbolizer: nil, demangler: nil)
    for _ in 0..<200 {
      var bytes = whole
      for _ in 0..<400 {
        // The head stays readable, so that what follows is really read.
        let at = Int(random.next() % UInt64(bytes.count))
        if at >= 32 && !(header..<(header + 16)).contains(at) { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
      }
      guard let file = try? RawRecordFile(bytes: bytes, origin: "random.raw") else { continue }
      for report in await CrashReport.reports(of: file, symbolizer: Symbolizer(tools: noTools)) {
        let json = try report.json()
        let again = try CrashReport(json: json, origin: "random.json")
        #expect(!report.text(TextStyle(isFull: true)).isEmpty && again.signature == report.signature)
      }
    }
  }
}

/// Repeatable random numbers.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
