// Counting, looking up, taking back and closing.
import CArena
import Glibc
import Testing

@Suite struct `Arenas` {
  @Test func `an address is looked up from every byte of its block and nowhere else`() {
    let arena = TestArena()
    for bytes in [1, 40, 200, 700, 5000, 60_000, 200_000] {
      let block = arena.allocate(bytes)
      for offset in [0, 1, bytes / 2, bytes - 1, bytes + 7] {
        let found = lw_block_at(block + offset)
        #expect(found.arena == arena.arena && found.number == lw_arena_number_of(arena.arena))
        #expect(found.start == block && found.requested == UInt64(bytes))
        #expect(found.slot_bytes >= UInt64(bytes + 8) && found.state == .LW_BLOCK_LIVE)
        #expect(found.incarnation == lw_incarnation_live_at(block, nil))
      }
      #expect(UInt(bitPattern: block) % 64 == 0)
      #expect(lw_incarnation_live_at(block + 1, nil) == 0)
      arena.free(block)
      #expect(lw_incarnation_live_at(block, nil) == 0)
      #expect(lw_block_at(block).state == .LW_BLOCK_QUARANTINED)
    }
    var local = 0
    #expect(lw_block_at(&local).arena == nil)
    #expect(lw_block_at(nil).arena == nil)
    #expect(lw_block_at(UnsafeRawPointer(bitPattern: UInt.max)).arena == nil)
    #expect(lw_incarnation_live_at(UnsafeRawPointer(bitPattern: 0x44), nil) == 0)
  }

  @Test func `layouts are found again by name and have their bounds`() {
    #expect(overlapped == lw_layout_register("REQUEST", [], 0))
    #expect(overlapped != 0)
    let tooMany = [lw_field](repeating: lw_field(), count: Int(LW_LAYOUT_FIELDS_MAX) + 1)
    #expect(lw_layout_register("too many fields", tooMany, tooMany.count) == 0)
  }

  @Test func `a reset takes every block back in the first order, and generations go on`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let sizes = [32, 500, 40, 3000, 100_000]
    let first = sizes.map { arena.allocate($0) }
    let old = first.map { lw_incarnation_live_at($0, nil) }
    arena.free(first[1])
    #expect(lw_arena_reset(arena.arena) == .LW_OK)
    #expect(arena.state.blocks_live == 0 && arena.state.blocks_quarantined == 0 && arena.state.bytes_used == 0)
    #expect(first.allSatisfy { lw_incarnation_live_at($0, nil) == 0 })
    #expect(lw_free(arena.arena, first[0]) != .LW_OK)
    let second = sizes.map { arena.allocate($0) }
    #expect(second == first)
    #expect(zip(second, old).allSatisfy { lw_incarnation_live_at($0, nil) == $1 + 1 })
    for block in second { arena.free(block) }
    #expect(arena.counts == [7: 1])
  }

  @Test func `an arena with an open loan or a writer inside is not reset`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let block = arena.allocate()
    let loan = arena.lend(block)
    #expect(lw_arena_reset(arena.arena) == .LW_BUSY)
    arena.free(block)
    #expect(lw_arena_reset(arena.arena) == .LW_BUSY)
    #expect(arena.allocate() == block)
    #expect(lw_arena_reset(arena.arena) == .LW_BUSY, "a retired incarnation is lent")
    #expect(lw_settle(loan) == .LW_OK)
    #expect(lw_arena_reset(arena.arena) == .LW_OK)
  }

  @Test func `what is never freed or settled is a leak at the close and everything else is not`() throws {
    let arena = TestArena()
    let leaked = arena.allocate(77)
    let lent = arena.allocate(32, overlapped)
    let loan = arena.lend(lent)
    arena.free(arena.allocate())
    arena.close()
    #expect(arena.counts == [11: 2])
    let records = arena.records(11)
    #expect(records[0].address == UInt64(UInt(bitPattern: leaked)) && records[0].requested == 77)
    #expect(text(records[1].api) == "RegisterWaitWithQueue" && text(records[1].layout) == "REQUEST")
    #expect(records[1].happened(.LW_MOMENT_LENT))
    #expect(lw_settle(loan) == .LW_OK)
  }

  @Test func `a close without report_leaks tells nothing`() {
    let arena = TestArena { $0.report_leaks = false }
    _ = arena.allocate()
    arena.close()
    #expect(arena.counts.isEmpty)
  }

  @Test func `an arena closed with open loans abandons its range and still tells every write`() throws {
    let arena = TestArena()
    let live = arena.allocate()
    let freed = arena.allocate()
    let loans = [arena.lend(live), arena.lend(freed)]
    arena.free(freed)
    arena.close()
    #expect(arena.counts == [1: 1, 11: 2])
    #expect(write(1, through: loans[0]) == .LW_LANDING_FREED)
    #expect(write(1, through: loans[1]) == .LW_LANDING_FREED)
    #expect(arena.count(2) == 2)
    #expect(arena.records(2).allSatisfy { $0.happened(.LW_MOMENT_FREED) })
    var status = lw_status.LW_OK
    #expect(lw_loan_is_none(lw_lend(live, registerWaitWithQueue, 0, .LW_HOLDER_USER, &status)))
    #expect(status == .LW_NOT_A_BLOCK)
    for loan in loans { #expect(lw_settle(loan) == .LW_OK) }
    #expect(live.load(as: UInt64.self) == 1)
  }

  // In a process of its own: another test's arena could have the range next.
  @Test func `an arena closed in order gives its range and its number back`() async {
    await #expect(processExitsWith: .success) {
      let arena = TestArena()
      let number = lw_arena_number_of(arena.arena)
      let block = arena.allocate()
      arena.free(block)
      arena.close()
      #expect(lw_block_at(block).arena == nil)
      #expect(arena.counts.isEmpty)
      let next = TestArena()
      #expect(lw_arena_number_of(next.arena) == number)
      next.close()
    }
  }

  @Test func `a finding of a layer above has the stacks of its incarnation, live, freed and retired`() throws {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let block = arena.allocate(32, overlapped)
    let loan = arena.lend(block, operation: 5)
    let incarnation = lw_loan_incarnation(loan)
    func report(_ rule: lw_rule) {
      var finding = lw_finding()
      finding.rule = rule
      finding.api = registerWaitWithQueue
      finding.incarnation = incarnation
      finding.completed_thread = 3
      lw_report(arena.arena, &finding)
    }
    report(6)
    arena.free(block)
    report(4)
    _ = arena.allocate(32, overlapped)
    report(5)
    let alarm = try arena.record(6)
    #expect(alarm.generation == 1 && alarm.operation == 5 && !alarm.happened(.LW_MOMENT_FREED))
    #expect(alarm.happened(.LW_MOMENT_ALLOCATED) && alarm.happened(.LW_MOMENT_LENT))
    #expect(alarm.moment(.LW_MOMENT_COMPLETED).thread == 3)
    let unexpected = try arena.record(4)
    #expect(unexpected.happened(.LW_MOMENT_FREED) && unexpected.delay_ns > 0)
    let completion = try arena.record(5)
    #expect(completion.generation == 1 && completion.generation_now == 2)
    #expect(completion.happened(.LW_MOMENT_ALLOCATED) && completion.happened(.LW_MOMENT_FREED))
    #expect(completion.happened(.LW_MOMENT_OWNER_ALLOCATED) && completion.happened(.LW_MOMENT_DETECTED))
    #expect(text(completion.layout) == "REQUEST")
    #expect(lw_settle(loan) == .LW_OK)
    #expect(lw_arena_reset(arena.arena) == .LW_OK)
  }
}
