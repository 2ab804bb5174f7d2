// Loans as names: settled once, never mistaken for another, passed on and waited for.
import CArena
import Testing

@Suite struct `Loans` {
  @Test func `a loan is settled once and its name is never given again`() {
    let arena = TestArena()
    let block = arena.allocate()
    var names: Set<UInt64> = []
    for _ in 0..<10_000 {
      let loan = arena.lend(block)
      #expect(names.insert(loan.bits).inserted)
      #expect(lw_settle(loan) == .LW_OK)
      #expect(lw_settle(loan) == .LW_LOAN_SETTLED)
    }
    #expect(lw_settle(lw_loan()) == .LW_LOAN_SETTLED)
    #expect(lw_settle(lw_loan(bits: UInt64.max)) == .LW_LOAN_SETTLED)
    arena.free(block)
    #expect(arena.counts.isEmpty)
  }

  @Test func `a loan of a closed arena is nothing in the next arena of its number`() {
    let first = TestArena()
    let block = first.allocate()
    let old = first.lend(block)
    #expect(lw_settle(old) == .LW_OK)
    first.free(block)
    first.close()
    let arenas = (0..<8).map { _ in TestArena() }
    for arena in arenas {
      let loan = arena.lend(arena.allocate())
      #expect(loan.bits != old.bits)
      #expect(lw_settle(old) == .LW_LOAN_SETTLED)
      #expect(lw_settle(loan) == .LW_OK)
    }
  }

  @Test func `an open loan tells its incarnation and operation and a settled one nothing`() {
    let arena = TestArena()
    let block = arena.allocate()
    let loan = arena.lend(block, operation: 99)
    lw_loan_pass(loan, .LW_HOLDER_PACKET)
    #expect(lw_loan_incarnation(loan) == lw_incarnation_live_at(block, nil))
    #expect(lw_loan_operation(loan) == 99)
    #expect(lw_settle(loan) == .LW_OK)
    lw_loan_pass(loan, .LW_HOLDER_KERNEL)
    lw_loan_cancelled(loan)
    #expect(lw_loan_incarnation(loan) == 0 && lw_loan_operation(loan) == 0)
    #expect(lw_settle(loan) == .LW_LOAN_SETTLED)
    arena.free(block)
  }

  @Test func `only the start of a live block can be lent`() {
    let arena = TestArena()
    let block = arena.allocate(100)
    var local = 0
    var status = lw_status.LW_OK
    func refusal(_ address: UnsafeMutableRawPointer) -> lw_status {
      #expect(lw_loan_is_none(lw_lend(address, registerWaitWithQueue, 0, .LW_HOLDER_USER, &status)))
      return status
    }
    #expect(refusal(block + 8) == .LW_NOT_A_BLOCK)
    #expect(refusal(&local) == .LW_NOT_A_BLOCK)
    arena.free(block)
    #expect(refusal(block) == .LW_NOT_A_BLOCK)
    #expect(arena.state.loans_open == 0)
    #expect(arena.counts.isEmpty)
  }

  @Test func `of many threads that settle one loan one succeeds`() {
    let arena = TestArena()
    let block = arena.allocate()
    for _ in 0..<200 {
      let loan = arena.lend(block)
      let settled = Settled()
      atOnce((0..<3).map { _ in { if lw_settle(loan) == .LW_OK { settled.add() } } })
      #expect(settled.value == 1)
    }
    #expect(lw_block_at(block).open_loans == 0)
    arena.free(block)
  }

  @Test(arguments: [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE])
  func `waiting for settled loans ends with the last one, retired ones too, or at the deadline`(reuse: lw_reuse) {
    let arena = TestArena(reuse: reuse)
    #expect(lw_arena_wait_settled(arena.arena, lw_time.max))
    let blocks = (0..<20).map { _ in arena.allocate() }
    let loans = blocks.map { arena.lend($0) }
    for block in blocks.prefix(10) { arena.free(block) }
    let owners = (0..<10).map { _ in arena.allocate() }
    #expect(!lw_arena_wait_settled(arena.arena, lw_clock_now()))
    let borrower = ArenaThread("borrower") { for loan in loans.reversed() { _ = lw_settle(loan) } }
    #expect(lw_arena_wait_settled(arena.arena, lw_time.max))
    #expect(arena.state.loans_open == 0 && arena.state.incarnations_retired == 0)
    borrower.join()
    for block in blocks.suffix(10) + owners { arena.free(block) }
  }

  // In a process of its own, because there is one trace in a process.
  @Test func `when a wait for settled loans ends the settles are over and in the trace`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(1 << 12))
      let arena = TestArena()
      let block = arena.allocate()
      let incarnation = lw_incarnation_live_at(block, nil)
      var chain = WordChain(arena: lw_arena_number_of(arena.arena))
      for round in 1...500 {
        let loan = arena.lend(block)
        let borrower = ArenaThread("borrower") { _ = lw_settle(loan) }
        #expect(lw_arena_wait_settled(arena.arena, lw_time.max))
        chain.drain()
        let settles = chain.events[incarnation]?.count { $0.kind == UInt16(lw_event_kind.LW_EVENT_SETTLE.rawValue) }
        #expect(settles == round)
        borrower.join()
      }
      arena.free(block)
    }
  }
}

/// A count from many threads, behind CSchedule's lock.
private final class Settled: @unchecked Sendable {
  // @unchecked: the count lies behind the lock.
  private var lock = lw_lock()
  private var count = 0
  func add() {
    lw_lock_acquire(&lock)
    count += 1
    lw_lock_release(&lock)
  }
  var value: Int {
    lw_lock_acquire(&lock)
    defer { lw_lock_release(&lock) }
    return count
  }
}
