// Loans: freeing under one is the cause, writing through it afterwards the effect, and both are told.
import Latewrite
import LatewriteTesting
import Testing

@Suite("Loan")
struct LoanTests {
  @Test("a loan that is settled before the free leaves nothing to tell", .latewrite)
  func settledInTime() throws {
    let block = try LatewriteTest.arena.allocate(64, zeroed: true)
    let loan = try LatewriteTest.arena.lend(block, to: "read", operation: 7)
    #expect(loan.incarnation == block.incarnation && loan.operation == 7 && block.openLoans == 1)
    let landing = loan.store(UInt64(42), at: 8)
    loan.settle()
    let stored = LatewriteTest.arena.withBytes(of: block) { $0.unsafeLoad(fromByteOffset: 8, as: UInt64.self) }
    #expect(landing == .live && stored == 42 && block.openLoans == 0)
    LatewriteTest.arena.free(block)
  }

  @Test("letting a loan go settles it", .latewrite)
  func dropSettles() throws {
    let block = try LatewriteTest.arena.allocate(64)
    do { _ = try LatewriteTest.arena.lend(block, to: "read") }
    #expect(block.openLoans == 0)
    LatewriteTest.arena.free(block)
  }

  @Test(
    "a free under a loan and the write after it are one story", .latewrite(expecting: [.freedWhileLent, .staleWrite]))
  func lateWrite() throws {
    let block = try LatewriteTest.arena.allocate(64)
    let loan = try LatewriteTest.arena.lend(block, to: "read", operation: 9)
    loan.noteCancelled()
    LatewriteTest.arena.free(block)
    let landing = loan.store(UInt64(1))
    loan.settle()
    #expect(landing == .freed)
    let findings = LatewriteTest.scope.findings
    #expect(findings.map(\.rule) == [.freedWhileLent, .staleWrite])
    #expect(findings[1].cause == findings[0].serial)
    #expect(findings[0].operation == 9 && findings[0].api == "read")
    for moment in [Finding.Moment.allocated, .lent, .cancelled, .freed, .written] {
      #expect(findings[1][moment]?.stack.programCounters.isEmpty == false, "\(moment)")
    }
  }

  @Test(
    "a late write lands in the new owner's block under immediate reuse",
    .latewrite(
      expecting: [.freedWhileLent, .writeIntoReusedBlock], arena: Arena.Configuration(reuse: .immediate)))
  func lateWriteIntoReused() throws {
    let block = try LatewriteTest.arena.allocate(64)
    let loan = try LatewriteTest.arena.lend(block, to: "read")
    LatewriteTest.arena.free(block)
    let owner = try LatewriteTest.arena.allocate(64, zeroed: true)
    try #require(owner.address == block.address)
    let landing = loan.store(UInt64(0xBAD))
    loan.settle()
    let seen = LatewriteTest.arena.withBytes(of: owner) { $0.unsafeLoad(fromByteOffset: 0, as: UInt64.self) }
    LatewriteTest.arena.free(owner)
    #expect(landing == .reused && seen == 0xBAD)
  }

  @Test(
    "an arena that refuses late writes keeps the store away", .latewrite(expecting: [.freedWhileLent, .staleWrite]))
  func refused() throws {
    var configuration = Arena.Configuration()
    configuration.lateWrite = .refused
    let arena = try Arena(configuration, scope: LatewriteTest.scope)
    let block = try arena.allocate(64)
    let loan = try arena.lend(block, to: "read")
    arena.free(block)
    let landing = loan.store(UInt64(1))
    loan.settle()
    let damaged = arena.check()
    #expect(landing == .refused && damaged == 0)
  }

  @Test("a write beyond the requested size is LW010", .latewrite(expecting: [.outOfBoundsWrite]))
  func outOfBounds() throws {
    let block = try LatewriteTest.arena.allocate(40)
    let loan = try LatewriteTest.arena.lend(block, to: "read")
    let bytes: [UInt8] = Array(repeating: 1, count: 16)
    loan.write(bytes.span.bytes, at: 32)
    loan.settle()
    LatewriteTest.arena.free(block)
    #expect(LatewriteTest.scope.count(.outOfBoundsWrite) > 0)
  }

  @Test("a freed block cannot be lent", .latewrite)
  func freedBlockIsNotLent() throws {
    let block = try LatewriteTest.arena.allocate(64)
    LatewriteTest.arena.free(block)
    let error = #expect(throws: LatewriteError.self) { _ = try LatewriteTest.arena.lend(block, to: "read") }
    #expect(error?.code == .notABlock)
  }

  @Test(
    "a loan that outlives its arena is a leak, and what is written through it is late",
    .latewrite(expecting: [.leak, .staleWrite]))
  func outlivesArena() throws {
    let arena = try Arena(scope: LatewriteTest.scope)
    let block = try arena.allocate(64)
    let loan = try arena.lend(block, to: "read")
    arena.close()
    #expect(LatewriteTest.scope.count(.leak) > 0 && LatewriteTest.scope.count(.staleWrite) == 0)
    let landing = loan.store(UInt64(5))
    loan.settle()
    #expect(landing == .freed)
  }
}
