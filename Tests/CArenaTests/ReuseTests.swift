// Which freed block an allocation takes, and what becomes of loans when it does.
import CArena
import Testing

@Suite struct `Reuse` {
  @Test func `immediate takes the block that was freed last`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let blocks = (0..<8).map { _ in arena.allocate() }
    for block in blocks { arena.free(block) }
    #expect((0..<8).map { _ in arena.allocate() } == blocks.reversed())
    for block in blocks { arena.free(block) }
  }

  @Test func `quarantine takes the block that was freed first, after as many frees as it holds`() {
    let arena = TestArena(reuse: .LW_REUSE_QUARANTINE, quarantine: 100)
    var freed: [UnsafeMutableRawPointer] = []
    var firstReuse: Int?
    for round in 0..<300 {
      let block = arena.allocate()
      if firstReuse == nil, block == freed.first { firstReuse = round }
      if firstReuse != nil { #expect(block == freed.removeFirst()) }
      arena.free(block)
      freed.append(block)
    }
    #expect(firstReuse == 101)
  }

  @Test func `quarantine is bounded by bytes too`() {
    let arena = TestArena {
      $0.reuse = .LW_REUSE_QUARANTINE
      $0.quarantine_bytes = 64 << 10
    }
    churn(arena, 1000, bytes: 4000)
    #expect(arena.state.blocks_quarantined <= 18)
    #expect(arena.state.bytes_used <= 128 << 10)
  }

  @Test func `the bound of the quarantine is the arena's, whatever the number of threads`() {
    let arena = TestArena(reuse: .LW_REUSE_QUARANTINE, quarantine: 400)
    churn(arena, 1000)
    for _ in 0..<4 { atOnce((0..<4).map { _ in { churn(arena, 2000) } }) }
    churn(arena, 1000)
    // Up to 17 thread numbers. A thread that came early and frees no more keeps the larger share of its time: over all
    // at most 400 * (1 + 4/5 + 4/9 + 4/13 + 4/17), and a batch of fresh blocks each. Undivided it would be 17 * 400.
    #expect(arena.state.blocks_quarantined <= 1116 + 17 * 33)
    #expect(arena.counts.isEmpty)
  }

  @Test(arguments: [lw_reuse.LW_REUSE_QUARANTINE, .LW_REUSE_RANDOM, .LW_REUSE_NEVER])
  func `a freed block with an open loan is not reused, its late write is stale and never into another's block`(
    reuse: lw_reuse
  ) {
    let arena = TestArena {
      $0.reuse = reuse
      $0.quarantine_blocks = 8
      $0.reserve_bytes = 128 << 10
    }
    let block = arena.allocate()
    let loan = arena.lend(block)
    arena.free(block)
    for _ in 0..<500 {
      let next = arena.allocate()
      #expect(next != block)
      arena.free(next)
    }
    #expect(write(0, through: loan) == .LW_LANDING_FREED)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(arena.counts == [1: 1, 2: 1])
    // With the range used up the block has its turn, now that its loan is settled; `never` means never.
    var taken: [UnsafeMutableRawPointer] = []
    while let next = lw_alloc(arena.arena, 32, 0, false) { taken.append(next) }
    #expect(taken.contains(block) == (reuse != .LW_REUSE_NEVER))
    for next in taken { arena.free(next) }
  }

  @Test func `immediate shows both the stale write and the write into the reused block`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    for round in 0..<100 {
      let block = arena.allocate()
      let loan = arena.lend(block)
      arena.free(block)
      if round % 2 == 0 { #expect(write(0, through: loan) == .LW_LANDING_FREED) }
      let owner = arena.allocate()
      #expect(owner == block)
      if round % 2 != 0 { #expect(write(0, through: loan) == .LW_LANDING_REUSED) }
      #expect(lw_settle(loan) == .LW_OK)
      arena.free(owner)
    }
    #expect(arena.counts == [1: 100, 2: 50, 3: 50])
  }

  @Test func `a slot reused many times keeps every old loan apart`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let block = arena.allocate()
    var loans = [arena.lend(block)]
    for _ in 0..<50 {
      arena.free(block)
      #expect(arena.allocate() == block)
      loans.append(arena.lend(block))
    }
    #expect(arena.state.incarnations_retired == 50)
    #expect(loans.map { lw_loan_incarnation($0) & ((1 << 40) - 1) } == (1...51).map { UInt64($0) })
    for loan in loans.dropLast() { #expect(write(0, through: loan) == .LW_LANDING_REUSED) }
    #expect(write(0, through: loans.last!) == .LW_LANDING_LIVE)
    for loan in loans { #expect(lw_settle(loan) == .LW_OK) }
    #expect(arena.state.incarnations_retired == 0)
    #expect(lw_block_at(block).open_loans == 0)
    arena.free(block)
    #expect(arena.counts == [1: 50, 3: 50])
  }

  @Test func `a writer inside a retired incarnation keeps it until its end`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    let block = arena.allocate()
    let loan = arena.lend(block)
    var inside = lw_write_begin(loan, 0, 8)
    arena.free(block)
    let owner = arena.allocate()
    #expect(owner == block)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(arena.state.incarnations_retired == 1)
    lw_write_end(&inside)
    #expect(arena.state.incarnations_retired == 0)
    arena.free(owner)
    #expect(arena.counts == [1: 1, 13: 1])
  }

  @Test func `random takes freed blocks in another order for another seed and the same for the same`() {
    @Sendable func order(_ seed: UInt64) -> [Int] {
      let arena = TestArena(reuse: .LW_REUSE_RANDOM)
      let blocks = (0..<32).map { _ in arena.allocate() }
      for block in blocks { arena.free(block) }
      lw_choices_seed(seed)
      let taken = (0..<32).map { _ in blocks.firstIndex(of: arena.allocate()) ?? -1 }
      for block in blocks { arena.free(block) }
      return taken
    }
    let orders = ArenaOrders()
    // A thread of its own: the stream of choices belongs to a thread.
    ArenaThread("chooser") { orders.value = [order(1), order(1), order(2)] }.join()
    #expect(orders.value[0] == orders.value[1])
    #expect(orders.value[0] != orders.value[2])
    #expect(orders.value[0].sorted() == Array(0..<32))
  }

  @Test func `never takes no freed block`() {
    let arena = TestArena(reuse: .LW_REUSE_NEVER)
    var seen: Set<UnsafeMutableRawPointer> = []
    for _ in 0..<1000 {
      let block = arena.allocate()
      #expect(seen.insert(block).inserted)
      arena.free(block)
    }
  }

  @Test(arguments: [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE])
  func `blocks that one thread allocates and another frees flow back`(reuse: lw_reuse) {
    let arena = TestArena(reuse: reuse, quarantine: 64)
    let handOver = BlockQueue()
    atOnce([
      {
        for _ in 0..<20_000 { handOver.put(arena.allocate(200)) }
        handOver.put(nil)
      },
      { while let block = handOver.take() { arena.free(block) } },
    ])
    // 20,000 slots of 256 bytes are 5 MB; what is in flight and kept by both threads is a small part of it.
    #expect(arena.state.bytes_used <= 1 << 20)
    #expect(arena.state.blocks_live == 0)
    #expect(arena.counts.isEmpty)
  }
}

/// What a thread of a test hands back; it is joined before anybody looks.
private final class ArenaOrders: @unchecked Sendable {
  // @unchecked: written by one thread, read after its join.
  var value: [[Int]] = []
}

/// Blocks on their way from one thread to another, at most 64 at a time.
private final class BlockQueue: @unchecked Sendable {
  // @unchecked: everything lies behind the lock.
  private var lock = lw_lock()
  private var blocks: [UnsafeMutableRawPointer?] = []
  private var waiting: lw_thread_number = 0

  private func wait() {
    waiting = lw_thread_self()
    lw_lock_release(&lock)
    _ = lw_park(nil, lw_time.max)
    lw_lock_acquire(&lock)
  }
  private func wake() {
    if waiting != 0 { lw_unpark(waiting) }
    waiting = 0
  }

  func put(_ block: UnsafeMutableRawPointer?) {
    lw_lock_acquire(&lock)
    while blocks.count >= 64 { wait() }
    blocks.append(block)
    wake()
    lw_lock_release(&lock)
  }

  func take() -> UnsafeMutableRawPointer? {
    lw_lock_acquire(&lock)
    while blocks.isEmpty { wait() }
    let block = blocks.removeFirst()
    wake()
    lw_lock_release(&lock)
    return block
  }
}
