// Writes that come late, through the checked API: LW002 and LW003, joined to their cause.
import CArena
import Glibc
import Testing

@Suite struct `Late writes` {
  @Test func `a write into a freed block is told exactly and joins the free that caused it`() throws {
    let arena = TestArena()
    let block = arena.allocate(32, overlapped)
    let loan = arena.lend(block, operation: 12)
    arena.free(block)
    #expect(write(0, through: loan, at: 8) == .LW_LANDING_FREED)
    #expect(arena.counts == [1: 1, 2: 1])
    let cause = try arena.record(1)
    let effect = try arena.record(2)
    #expect(effect.cause == cause.serial)
    #expect(effect.access_offset == 8 && effect.access_bytes == 8)
    #expect(effect.landing == lw_landing.LW_LANDING_FREED.rawValue)
    #expect(effect.writer_known == 1)
    #expect(effect.operation == 12)
    #expect(effect.generation == 1 && effect.generation_now == 1)
    #expect(effect.state_now == lw_block_state.LW_BLOCK_QUARANTINED.rawValue)
    #expect(effect.moment(.LW_MOMENT_WRITTEN).frame_count > 2)
    #expect(effect.delay_ns > 0)
    #expect(cause.happened(.LW_MOMENT_WRITTEN))
    #expect(cause.access_offset == 8 && cause.access_bytes == 8 && cause.writer_known == 1)
    #expect(cause.delay_ns == effect.delay_ns)
    #expect(lw_settle(loan) == .LW_OK)
    // Its bytes are explained; verify says nothing more.
    #expect(lw_arena_check(arena.arena) == 0)
    #expect(arena.counts == [1: 1, 2: 1])
  }

  @Test func `only the first late write joins the cause`() throws {
    let arena = TestArena()
    let block = arena.allocate()
    let loan = arena.lend(block)
    arena.free(block)
    for offset in [16, 0] { write(1, through: loan, at: offset) }
    #expect(try arena.record(1).access_offset == 16)
    #expect(arena.count(2) == 2)
    #expect(lw_settle(loan) == .LW_OK)
  }

  @Test func `a write into a reused block names the old incarnation and its new owner`() throws {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let block = arena.allocate(32, overlapped)
    let loan = arena.lend(block, operation: 1)
    arena.free(block)
    let owner = arena.allocate(32, overlapped)
    #expect(owner == block)
    let ownerLoan = arena.lend(owner, operation: 2)
    #expect(arena.state.incarnations_retired == 1)
    owner.storeBytes(of: 42, as: UInt64.self)
    #expect(write(0, through: loan) == .LW_LANDING_REUSED)
    #expect(owner.load(as: UInt64.self) == 0, "the write damages the new owner: that is the harm")
    let record = try arena.record(3)
    #expect(record.generation == 1 && record.generation_now == 2)
    #expect(record.operation == 1 && record.operation_now == 2)
    #expect(record.cause == (try arena.record(1)).serial)
    #expect(text(record.layout) == "REQUEST")
    let moments: [lw_moment] = [
      .LW_MOMENT_ALLOCATED, .LW_MOMENT_LENT, .LW_MOMENT_FREED, .LW_MOMENT_WRITTEN, .LW_MOMENT_OWNER_ALLOCATED,
      .LW_MOMENT_OWNER_LENT,
    ]
    for moment in moments { #expect(record.moment(moment).frame_count > 2, "\(moment)") }
    // The write is counted in the old incarnation and never in the new one.
    #expect(lw_block_at(owner).open_loans == 1)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(lw_settle(ownerLoan) == .LW_OK)
    arena.free(owner)
    #expect(arena.counts == [1: 1, 3: 1])
    #expect(arena.state.incarnations_retired == 0 && arena.state.loans_open == 0)
  }

  @Test func `a late write over any byte of a block leaves the record whole`() throws {
    for offset in 0..<64 {
      let arena = TestArena()
      let block = arena.allocate(56, overlapped)
      let loan = arena.lend(block, operation: UInt64(offset))
      arena.free(block)
      var zero: UInt8 = 0
      #expect(lw_write_bytes(loan, offset, &zero, 1) == .LW_LANDING_FREED)
      memset(block, 0, 64)
      #expect(lw_settle(loan) == .LW_OK)
      let record = try arena.record(2)
      #expect(record.operation == UInt64(offset))
      #expect(text(record.api) == "RegisterWaitWithQueue" && text(record.layout) == "REQUEST")
      #expect(record.happened(.LW_MOMENT_ALLOCATED) && record.happened(.LW_MOMENT_FREED))
      // The other 63 bytes have another writer, and the settle that verified found them.
      #expect(arena.records(2).contains { $0.writer_known == 0 })
    }
  }

  @Test func `a refused late write is told and changes nothing`() throws {
    for reuse in [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE] {
      let arena = TestArena {
        $0.reuse = reuse
        $0.late_write = .LW_LATE_WRITE_REFUSED
      }
      let block = arena.allocate()
      let loan = arena.lend(block)
      #expect(write(1, through: loan) == .LW_LANDING_LIVE)
      arena.free(block)
      let poison = block.load(as: UInt64.self)
      let late = lw_write_begin(loan, 0, 8)
      #expect(late.landing == .LW_LANDING_REFUSED && late.address == nil)
      withUnsafePointer(to: late) { lw_write_end($0) }
      #expect(block.load(as: UInt64.self) == poison)
      let owner = arena.allocate(zeroed: true)
      #expect(write(1, through: loan) == .LW_LANDING_REFUSED)
      #expect(owner.load(as: UInt64.self) == 0)
      #expect(try arena.record(2).landing == lw_landing.LW_LANDING_REFUSED.rawValue)
      #expect(arena.counts == (reuse == .LW_REUSE_IMMEDIATE ? [1: 1, 2: 1, 3: 1] : [1: 1, 2: 2]))
      #expect(lw_settle(loan) == .LW_OK)
      arena.free(owner)
      #expect(arena.state.incarnations_retired == 0)
    }
  }

  @Test func `a late write stops the program when the arena says so`() async {
    let result = await #expect(processExitsWith: .signal(SIGABRT), observing: [\.standardErrorContent]) {
      var scopeConfig = lw_scope_config()
      scopeConfig.record_capacity = 4
      var config = lw_arena_config_default()
      config.scope = lw_scope_create(&scopeConfig)
      config.late_write = .LW_LATE_WRITE_STOPS
      var status = lw_status.LW_OK
      let arena = lw_arena_open(&config, &status)!
      let block = lw_alloc(arena, 32, 0, false)!
      let loan = lw_lend(block, registerWaitWithQueue, 1, .LW_HOLDER_USER, nil)
      _ = lw_free(arena, block)
      _ = lw_write_begin(loan, 0, 8)
      fatalError("the late write did not stop the program")
    }
    #expect(result?.errorText.contains("LW002 stale-write: 8 bytes written to freed block 0x") == true)
  }

  @Test func `a write beyond the requested bytes is told and clipped to the slot`() throws {
    let arena = TestArena()
    let block = arena.allocate(40)
    let loan = arena.lend(block)
    var write = lw_write_begin(loan, 32, 100)
    #expect(write.landing == .LW_LANDING_LIVE && write.bytes == 32)
    memset(write.address!, 0, Int(write.bytes))
    lw_write_end(&write)
    let record = try arena.record(10)
    #expect(record.writer_known == 1 && record.access_offset == 32 && record.access_bytes == 100)
    var outside = lw_write_begin(loan, 64, 8)
    #expect(outside.address == nil && outside.bytes == 0)
    lw_write_end(&outside)
    #expect(lw_settle(loan) == .LW_OK)
    arena.free(block)
    #expect(arena.counts == [10: 2], "the free knows who changed the slack")
  }

  @Test func `nothing is written through the none loan and through a settled one`() {
    let arena = TestArena()
    let block = arena.allocate()
    let loan = arena.lend(block)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(write(1, through: loan) == .LW_LANDING_NONE)
    #expect(write(1, through: lw_loan()) == .LW_LANDING_NONE)
    arena.free(block)
    #expect(write(1, through: loan) == .LW_LANDING_NONE)
    #expect(arena.counts.isEmpty)
  }
}
