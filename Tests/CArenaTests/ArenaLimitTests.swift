// What is full, used up or out of bounds has a stated answer.
import CArena
import Glibc
import Testing

@Suite struct `Limits` {
  @Test func `a block takes 1,023 loans and refuses one more`() throws {
    let arena = TestArena()
    let block = arena.allocate()
    let loans = (0..<1023).map { _ in arena.lend(block) }
    var status = lw_status.LW_OK
    #expect(lw_loan_is_none(lw_lend(block, registerWaitWithQueue, 0, .LW_HOLDER_USER, &status)))
    #expect(status == .LW_BLOCK_LOANS_FULL)
    #expect(lw_block_at(block).open_loans == 1023 && lw_block_at(block).state == .LW_BLOCK_LIVE)
    #expect(arena.state.loans_open == 1023)
    #expect(lw_settle(loans[500]) == .LW_OK)
    let again = arena.lend(block)
    arena.free(block)
    for loan in loans.enumerated() where loan.offset != 500 { #expect(lw_settle(loan.element) == .LW_OK) }
    #expect(lw_settle(again) == .LW_OK)
    #expect(try arena.record(1).open_loans == 1023)
    #expect(arena.state.loans_open == 0)
  }

  @Test func `a block takes 2,047 writers and refuses one more`() {
    let arena = TestArena()
    let block = arena.allocate()
    let loan = arena.lend(block)
    let writers = (0..<2047).map { _ in lw_write_begin(loan, 0, 8) }
    #expect(lw_write_begin(loan, 0, 8).landing == .LW_LANDING_NONE)
    #expect(lw_block_at(block).open_loans == 1, "no carry into the loans")
    for writer in writers { withUnsafePointer(to: writer) { lw_write_end($0) } }
    #expect(write(0, through: loan) == .LW_LANDING_LIVE)
    #expect(lw_settle(loan) == .LW_OK)
    arena.free(block)
    #expect(arena.counts.isEmpty)
  }

  @Test(arguments: [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE])
  func `a slot whose generations are used up is never handed out again`(reuse: lw_reuse) {
    let arena = TestArena {
      $0.reuse = reuse
      $0.quarantine_blocks = 1
      $0.first_generation = (1 << 40) - 3
    }
    var times: [UnsafeMutableRawPointer: Int] = [:]
    for _ in 0..<60 {
      let block = arena.allocate()
      times[block, default: 0] += 1
      arena.free(block)
    }
    #expect(times.values.max() == 3)
    #expect(arena.state.blocks_retired >= 10)
    #expect(arena.counts.isEmpty)
  }

  @Test
  func `when the records of retired incarnations run out the arena says so, reuses nothing lent and lends no more`()
    async
  {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let arena = TestArena {
        $0.reuse = .LW_REUSE_IMMEDIATE
        $0.retired_max = 3
        $0.name = staticText("small")
      }
      let blocks = (0..<4).map { _ in arena.allocate() }
      let loans = blocks.map { arena.lend($0) }
      for block in blocks { arena.free(block) }
      let owners = (0..<4).map { _ in arena.allocate() }
      // Last in, first out: the last three were reused, the first is left alone.
      #expect(Array(owners[0..<3]) == [blocks[3], blocks[2], blocks[1]])
      #expect(owners[3] != blocks[0])
      #expect(arena.state.incarnations_retired == 3)
      var status = lw_status.LW_OK
      #expect(lw_loan_is_none(lw_lend(owners[0], registerWaitWithQueue, 0, .LW_HOLDER_USER, &status)))
      #expect(status == .LW_RETIRED_EXHAUSTED)
      #expect(
        loans.map { write(0, through: $0) }
          == [.LW_LANDING_FREED, .LW_LANDING_REUSED, .LW_LANDING_REUSED, .LW_LANDING_REUSED])
      for loan in loans { #expect(lw_settle(loan) == .LW_OK) }
      for owner in owners { arena.free(owner) }
      #expect(arena.state.incarnations_retired == 0)
      #expect(arena.counts == [1: 4, 2: 1, 3: 3])
    }
    let said =
      "latewrite: arena \"small\" has no record left for retired incarnations (3 are in use) and lends no more: "
    #expect(result?.errorText.ranges(of: said).count == 1)
  }

  @Test func `when the loan records run out lending is refused, said once, and goes on after a settle`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let arena = TestArena {
        $0.loans_max = 5
        $0.name = staticText("poor")
      }
      let block = arena.allocate()
      let loans = (0..<5).map { _ in arena.lend(block) }
      var status = lw_status.LW_OK
      for _ in 0..<2 {
        #expect(lw_loan_is_none(lw_lend(block, registerWaitWithQueue, 0, .LW_HOLDER_USER, &status)))
        #expect(status == .LW_LOANS_EXHAUSTED)
      }
      #expect(lw_block_at(block).open_loans == 5)
      #expect(lw_settle(loans[2]) == .LW_OK)
      let again = arena.lend(block)
      #expect(again.bits != loans[2].bits)
      #expect(lw_settle(loans[2]) == .LW_LOAN_SETTLED)
      for loan in [loans[0], loans[1], loans[3], loans[4], again] { #expect(lw_settle(loan) == .LW_OK) }
      arena.free(block)
    }
    #expect(
      result?.errorText.contains(
        "latewrite: arena \"poor\": the arena has no loan record left: raise loans_max (it has 5)")
        == true)
  }

  @Test(arguments: [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE, .LW_REUSE_RANDOM])
  func `a full arena returns nothing, says so once, and serves again after a free`(reuse: lw_reuse) async {
    let arena = TestArena {
      $0.reuse = reuse
      $0.reserve_bytes = 128 << 10
    }
    var blocks: [UnsafeMutableRawPointer] = []
    while let block = lw_alloc(arena.arena, 1000, 0, false) { blocks.append(block) }
    #expect(blocks.count == 2 * 64)
    #expect(arena.state.bytes_used == 128 << 10)
    arena.free(blocks.removeLast())
    blocks.append(arena.allocate(1000))
    #expect(lw_alloc(arena.arena, 1000, 0, false) == nil)
    for block in blocks { arena.free(block) }
    #expect(arena.counts.isEmpty)
  }

  @Test func `a block may be as long as the whole range and no longer`() {
    let arena = TestArena { $0.reserve_bytes = 11 * 65536 }
    #expect(lw_alloc(arena.arena, 11 * 65536 - 7, 0, false) == nil)
    #expect(lw_alloc(arena.arena, Int.max, 0, false) == nil)
    let block = arena.allocate(11 * 65536 - 8)
    memset(block, 0, 11 * 65536 - 8)
    #expect(lw_block_at(block + 10 * 65536).start == block)
    #expect(lw_free(arena.arena, block + 65536) == .LW_NOT_A_BLOCK)
    arena.free(block)
    #expect(arena.counts == [7: 1])
    // The slot was cut at the end of the range: it serves what fits and nothing longer.
    let next = lw_alloc(arena.arena, 9 * 65536, 0, false)
    #expect(next == block)
    arena.free(block)
  }

  @Test func `configurations out of bounds are refused`() {
    let wrong: [(inout lw_arena_config) -> Void] = [
      { $0.reserve_bytes = 0 }, { $0.reserve_bytes = 1 << 39 }, { $0.loans_max = 0 }, { $0.loans_max = 1 << 24 },
      { $0.first_generation = 0 }, { $0.first_generation = 1 << 40 },
    ]
    for change in wrong {
      var config = lw_arena_config_default()
      change(&config)
      var status = lw_status.LW_OK
      #expect(lw_arena_open(&config, &status) == nil)
      #expect(status == .LW_BAD_CONFIG)
    }
    #expect(String(cString: lw_status_sentence(.LW_BAD_CONFIG)) == "the arena's configuration is out of bounds")
  }

  @Test func `255 arenas may be open and a closed one makes room`() async {
    await #expect(processExitsWith: .success) {
      var arenas = (0..<255).map { _ in TestArena { $0.reserve_bytes = 65536 } }
      var config = lw_arena_config_default()
      var status = lw_status.LW_OK
      #expect(lw_arena_open(&config, &status) == nil)
      #expect(status == .LW_TOO_MANY_ARENAS)
      #expect(Set(arenas.map { lw_arena_number_of($0.arena) }).count == 255)
      let number = lw_arena_number_of(arenas[100].arena)
      arenas.remove(at: 100)
      arenas.append(TestArena())
      #expect(lw_arena_number_of(arenas.last!.arena) == number)
    }
  }
}
