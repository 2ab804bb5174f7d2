// What a free finds out: LW001, LW007, LW010 and LW013.
import CArena
import Glibc
import Testing

@Suite struct `Frees` {
  @Test(arguments: [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE, .LW_REUSE_RANDOM, .LW_REUSE_NEVER])
  func `every free of a lent block is a finding and no other free is`(reuse: lw_reuse) {
    let arena = TestArena(reuse: reuse)
    for round in 0..<200 {
      let block = arena.allocate()
      let loan = arena.lend(block)
      if round % 2 == 0 { #expect(lw_settle(loan) == .LW_OK) }
      arena.free(block)
      if round % 2 != 0 { #expect(lw_settle(loan) == .LW_OK) }
    }
    #expect(arena.counts == [1: 100])
  }

  @Test func `a free of a lent block names the block, the loan, the cancel and the free`() throws {
    let arena = TestArena()
    let block = arena.allocate(32, overlapped)
    let loan = arena.lend(block, operation: 4711)
    let other = arena.lend(block)
    lw_loan_cancelled(loan)
    #expect(lw_settle(other) == .LW_OK)
    let freed = block
    arena.free(freed)
    let record = try arena.record(1)
    #expect(record.address == UInt64(UInt(bitPattern: block)))
    #expect(text(record.name) == "freed-while-lent")
    #expect(text(record.layout) == "REQUEST")
    #expect(text(record.api) == "RegisterWaitWithQueue")
    #expect(record.operation == 4711)
    #expect(record.open_loans == 1)
    #expect(record.requested == 32)
    #expect(record.slot_bytes == 64)
    #expect(record.generation == 1)
    #expect(record.field_count == 3)
    #expect(text(record.fields.1.name) == "InternalHigh")
    for moment in [lw_moment.LW_MOMENT_ALLOCATED, .LW_MOMENT_LENT, .LW_MOMENT_CANCELLED, .LW_MOMENT_FREED] {
      #expect(record.moment(moment).thread == lw_thread_self())
      #expect(record.moment(moment).frame_count > 2)
    }
    #expect(record.moment(.LW_MOMENT_LENT).stamp <= record.moment(.LW_MOMENT_CANCELLED).stamp)
    #expect(record.moment(.LW_MOMENT_CANCELLED).stamp <= record.moment(.LW_MOMENT_FREED).stamp)
    #expect(!record.happened(.LW_MOMENT_WRITTEN))
    #expect(lw_settle(loan) == .LW_OK)
  }

  @Test func `a second free and addresses that are no block are refused with their reasons`() throws {
    let arena = TestArena()
    let elsewhere = TestArena()
    let block = arena.allocate(100)
    let foreign = elsewhere.allocate()
    var local = 0
    arena.free(block)
    #expect(lw_free(arena.arena, nil) == .LW_OK)
    #expect(lw_free(arena.arena, block) == .LW_DOUBLE_FREE)
    #expect(lw_free(arena.arena, block + 8) == .LW_NOT_A_BLOCK)
    #expect(lw_free(arena.arena, block + 128) == .LW_NOT_A_BLOCK)
    #expect(lw_free(arena.arena, foreign) == .LW_NOT_A_BLOCK)
    #expect(lw_free(arena.arena, &local) == .LW_NOT_A_BLOCK)
    #expect(arena.counts == [7: 5])
    #expect(arena.records(7).map { text($0.name) } == ["double-free"] + Array(repeating: "invalid-free", count: 4))
    let double = try arena.record(7)
    #expect(double.happened(.LW_MOMENT_ALLOCATED) && double.happened(.LW_MOMENT_FREED))
    #expect(double.happened(.LW_MOMENT_DETECTED))
    #expect(elsewhere.counts.isEmpty)
    elsewhere.free(foreign)
  }

  @Test func `the start of a slot that was never handed out is no block`() {
    let arena = TestArena()
    let block = arena.allocate(1)
    #expect(lw_free(arena.arena, block + 64 * 1000) == .LW_NOT_A_BLOCK)
    // 65,536 bytes hold 102 slots of 640; what is left at the end of the span is none.
    let long = arena.allocate(600)
    #expect(lw_free(arena.arena, long + 640 * 102) == .LW_NOT_A_BLOCK)
    arena.free(block)
    arena.free(long)
  }

  @Test func `a byte changed behind the requested ones is found at the free, with its offset`() throws {
    for requested in 1...130 {
      let arena = TestArena()
      let block = arena.allocate(requested)
      memset(block, 0xAA, requested)
      block.storeBytes(of: 0, toByteOffset: requested, as: UInt8.self)
      arena.free(block)
      #expect(arena.counts == [10: 1], "\(requested) bytes")
      let record = try arena.record(10)
      #expect(record.access_offset == UInt64(requested))
      #expect(record.access_bytes == 1)
      #expect(record.writer_known == 0)
      let at = requested - Int(record.window_offset)
      #expect(record.damageAfter[at] == 0 && record.damageBefore[at] != 0)
    }
  }

  @Test func `bytes up to the requested ones belong to the owner`() {
    let arena = TestArena(reuse: .LW_REUSE_QUARANTINE, quarantine: 16)
    for requested in 1...1500 {
      let block = arena.allocate(requested, zeroed: requested % 2 == 0)
      memset(block, 0x5A, requested)
      arena.free(block)
    }
    #expect(arena.counts.isEmpty)
  }

  @Test func `a free between the begin and the end of a write is a finding of its own with the writer`() throws {
    let arena = TestArena()
    let block = arena.allocate(32, overlapped)
    let loan = arena.lend(block)
    var write = lw_write_begin(loan, 8, 16)
    #expect(write.landing == .LW_LANDING_LIVE)
    arena.free(block)
    // The rest of the write lands in the poison; its bytes are known to be this writer's.
    memset(write.address!, 0, 16)
    lw_write_end(&write)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(arena.counts == [1: 1, 13: 1])
    let record = try arena.record(13)
    #expect(record.writers == 1)
    #expect(record.access_offset == 8 && record.access_bytes == 16)
    #expect(record.writer_known == 1)
    #expect(record.happened(.LW_MOMENT_WRITTEN) && record.happened(.LW_MOMENT_FREED))
    #expect(lw_arena_check(arena.arena) == 0)
  }
}
