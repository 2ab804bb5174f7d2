// Faults that are really committed, through the C layers, on two threads: what the report says of them.
import CArena
import Foundation
import Testing

@testable import CrashReports

/// An arena whose findings go to a scope of its own.
private final class FaultyArena {
  private let scope: OpaquePointer
  private(set) var arena: OpaquePointer?
  private let layout: lw_layout

  init(reuse: lw_reuse) throws {
    var scopeConfig = lw_scope_config()
    scopeConfig.quiet = true
    scope = try #require(lw_scope_create(&scopeConfig))
    var config = lw_arena_config_default()
    config.scope = scope
    config.reuse = reuse
    config.report_leaks = false
    config.reserve_bytes = 1 << 20
    var status = lw_status.LW_OK
    arena = lw_arena_open(&config, &status)
    var fields = [lw_field(), lw_field()]
    setBytes(of: &fields[0].name, to: Array("Internal".utf8))
    fields[0].bytes = 8
    setBytes(of: &fields[1].name, to: Array("InternalHigh".utf8))
    fields[1].offset = 8
    fields[1].bytes = 8
    layout = lw_layout_register("CrashReportsTests.OVERLAPPED", fields, 2)
    _ = try #require(arena)
  }

  deinit {
    if let arena { lw_arena_close(arena) }
    lw_scope_destroy(scope)
  }

  func allocate() throws -> UnsafeMutableRawPointer { try #require(lw_alloc(arena!, 32, layout, true)) }

  /// The reports of what was found so far, from a copy of the scope's memory.
  func reports() async throws -> [CrashReport] {
    let file = lw_scope_file(scope)
    let bytes = [UInt8](
      UnsafeRawBufferPointer(start: file, count: lw_record_file_bytes(file.pointee.record_capacity)))
    return await CrashReport.reports(of: try RawRecordFile(bytes: bytes, origin: "scope"), symbolizer: Symbolizer())
  }
}

/// In static storage: the arena keeps the pointer for reports.
nonisolated(unsafe) private let api = UnsafeRawPointer(("RegisterWaitWithQueue" as StaticString).utf8Start)
  .assumingMemoryBound(to: CChar.self)

@inline(never)
private func lendsTheBlock(_ block: UnsafeMutableRawPointer, operation: UInt64) -> lw_loan {
  lw_lend(block, api, operation, .LW_HOLDER_REGISTRATION, nil)
}

/// Returns the line of the free.
@inline(never)
private func cancelsAndFrees(_ arena: FaultyArena, _ block: UnsafeMutableRawPointer, _ loan: lw_loan?) -> Int {
  if let loan { lw_loan_cancelled(loan) }
  _ = lw_free(arena.arena!, block); let line = #line
  return line
}

/// Writes two words through the loan, on a thread of its own, and returns when that is done.
private func completesLate(_ loan: lw_loan) {
  let thread = lw_thread_create(
    "wait-1",
    { context in
      let loan = context!.load(as: lw_loan.self)
      let words: [UInt64] = [0x103, 7]
      _ = lw_write_bytes(loan, 0, words, 16)
      _ = lw_settle(loan)
    },
    withUnsafePointer(to: loan) { copy in
      let context = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
      context.copyMemory(from: copy, byteCount: 8)
      return context
    })
  lw_thread_join(thread!)
}

@Suite struct RealFindingTests {
  @Test func lateWriteNamesTheFreeingAndTheWritingThread() async throws {
    let arena = try FaultyArena(reuse: .LW_REUSE_QUARANTINE)
    let block = try arena.allocate()
    let loan = lendsTheBlock(block, operation: 104)
    let line = cancelsAndFrees(arena, block, loan)
    completesLate(loan)
    let reports = try await arena.reports()
    #expect(reports.map(\.ruleID) == ["LW001", "LW002"])
    for report in reports {
      #expect(report.location?.line == line)
      #expect(report.location?.file.hasSuffix("RealFindingTests.swift") == true)
      #expect(Signature.top(report.moments[.freed]) == "cancelsAndFrees")
      #expect(Signature.top(report.moments[.lent]) == "lendsTheBlock")
      #expect(report.moments[.written]?.threadName == "wait-1")
      #expect(report.moments[.cancelled] != nil)
    }
    let text = reports[1].text()
    #expect(text.hasPrefix("==\(getpid())==ERROR: Latewrite LW002 stale-write: 16 bytes written to freed "))
    #expect(text.contains("\nWRITE  by thread ") && text.contains("\"wait-1\""))
    #expect(
      text.contains("SUMMARY: Latewrite: LW002 stale-write RealFindingTests.swift:\(line) in cancelsAndFrees [sig "))
    #expect(reports[0].title == "freed-while-lent: CrashReportsTests.OVERLAPPED freed in cancelsAndFrees")
  }

  @Test func writeIntoAReusedBlockNamesTheOwnerNow() async throws {
    let arena = try FaultyArena(reuse: .LW_REUSE_IMMEDIATE)
    let block = try arena.allocate()
    let loan = lendsTheBlock(block, operation: 104)
    _ = cancelsAndFrees(arena, block, loan)
    let victim = try arena.allocate()
    #expect(victim == block)
    let victimLoan = lendsTheBlock(victim, operation: 118)
    completesLate(loan)
    lw_settle(victimLoan)
    let report = try #require(try await arena.reports().first { $0.rule == 3 })
    #expect(report.victim?.operation == 118)
    #expect(report.text().contains("\nOWNER NOW  op 118, generation 2, lent by thread "))
    #expect(report.text().replacing("\n  ", with: " ").contains("The address already belongs to operation 118, whose "))
  }

  @Test func rawStoreIsFoundByVerifyAndItsBytesHaveFieldNames() async throws {
    let arena = try FaultyArena(reuse: .LW_REUSE_QUARANTINE)
    let block = try arena.allocate()
    let line = cancelsAndFrees(arena, block, nil)
    lw_store64(block + 8, 0)
    #expect(lw_arena_check(arena.arena!) == 1)
    let report = try #require(try await arena.reports().first)
    #expect(report.ruleID == "LW002" && report.location?.line == line)
    let text = report.text()
    #expect(text.contains("\nWRITE  by unknown (raw store), found by verify\n"))
    #expect(text.contains(/\+8      ([0-9a-f]{2} ){8}  00 00 00 00 00 00 00 00   InternalHigh = 0x0\n/))
    let json = try #require(try JSONSerialization.jsonObject(with: Data(report.json())) as? [String: Any])
    #expect((json["access"] as? [String: Any])?["by"] as? String == "unknown")
    #expect((json["access"] as? [String: Any])?["detectedBy"] as? String == "poisonScan")
    #expect(try SchemaValidator(CrashReport.jsonSchema).errors(json) == [])
  }

  @Test func secondFreeShowsBoth() async throws {
    let arena = try FaultyArena(reuse: .LW_REUSE_QUARANTINE)
    let block = try arena.allocate()
    let line = cancelsAndFrees(arena, block, nil)
    _ = cancelsAndFrees(arena, block, nil)
    let report = try #require(try await arena.reports().first)
    #expect(report.ruleID == "LW007" && report.name == "double-free")
    #expect(report.location?.line == line)
    #expect(report.moments[.freed] != nil && report.moments[.detected] != nil)
  }

  @Test func sameBugInManyOperationsIsOneReport() async throws {
    let arena = try FaultyArena(reuse: .LW_REUSE_IMMEDIATE)
    for operation in 1...5 as ClosedRange<UInt64> {
      let block = try arena.allocate()
      let loan = lendsTheBlock(block, operation: operation)
      _ = cancelsAndFrees(arena, block, loan)
      completesLate(loan)
    }
    let reports = try await arena.reports()
    #expect(Dictionary(uniqueKeysWithValues: reports.map { ($0.rule, $0.occurrences) }) == [1: 5, 2: 5])
    #expect(Set(reports.map(\.signature)).count == 2)
  }
}
