// Allocate here, free there, write from a third thread, all at once, with the trace on: the replayed chain of every
// word must be whole, and what it says of frees, loans and writes must be exactly what was found.
import CArena
import Glibc
import Testing

/// A block under way between the threads of the test.
private struct Operation {
  var block: UnsafeMutableRawPointer?
  var loan = lw_loan()
}

/// The mailbox through which operations change hands, and what was found. A class of one process.
private final class Contention: @unchecked Sendable {
  // @unchecked: the mailbox lies behind the lock; the findings too.
  let arena: TestArena
  private var lock = lw_lock()
  private var mailbox: [Operation] = []
  private var heard: [lw_rule: [UInt64: Int]] = [:]

  init(reuse: lw_reuse) {
    arena = TestArena {
      $0.reuse = reuse
      $0.quarantine_blocks = 32
      $0.stacks = .LW_STACKS_OFF
      $0.retired_max = 65_536
    }
    lw_scope_observe(
      arena.scope,
      { context, rule, _, incarnation in
        Unmanaged<Contention>.fromOpaque(context!).takeUnretainedValue().hear(rule, incarnation)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    lw_lock_acquire(&lock)
    defer { lw_lock_release(&lock) }
    return body()
  }
  private func hear(_ rule: lw_rule, _ incarnation: UInt64) {
    locked { heard[rule, default: [:]][incarnation, default: 0] += 1 }
  }
  func findings(_ rule: lw_rule) -> [UInt64: Int] { locked { heard[rule] ?? [:] } }
  var rules: Set<lw_rule> { locked { Set(heard.keys) } }

  func exchange(_ operation: Operation?, _ random: UInt64) -> Operation? {
    locked {
      if let operation { mailbox.append(operation) }
      guard mailbox.count > 16 || (operation == nil && !mailbox.isEmpty) else { return nil }
      return mailbox.remove(at: Int(random % UInt64(mailbox.count)))
    }
  }

  /// One thread's part: a step is decided by the seed alone.
  func work(seed: UInt64, steps: Int) {
    var random = seed
    var held: Operation?
    for step in 0..<steps {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      let bits = random >> 16
      if held == nil {
        let block = arena.allocate(Int(1 + bits % 200))
        held = Operation(block: block, loan: arena.lend(block, operation: UInt64(step)))
      }
      switch (bits >> 8) % 8 {
      case 0, 1:
        if let block = held!.block { arena.free(block) }
        held!.block = nil
      case 2, 3, 4: write(bits, through: held!.loan, at: 0)
      case 5:
        if held!.block == nil {
          #expect(lw_settle(held!.loan) == .LW_OK)
          held = nil
        }
      case 6: if bits % 64 == 0 { lw_arena_check(arena.arena) }
      default: held = exchange(held, bits)
      }
    }
    finish(held)
  }

  func finish(_ operation: Operation?) {
    guard let operation else { return }
    #expect(lw_settle(operation.loan) == .LW_OK)
    if let block = operation.block { arena.free(block) }
  }
}

@Suite struct `Contention under trace` {
  /// One process, because there is one trace in a process.
  static func race(reuse: lw_reuse, seed: UInt64) {
    #expect(lw_trace_start(1 << 16))
    let contention = Contention(reuse: reuse)
    atOnce(
      (1...4).map { thread in { contention.work(seed: seed &* 6_364_136_223_846_793_005 &+ thread, steps: 6000) } })
    while let left = contention.exchange(nil, 0) { contention.finish(left) }
    var chain = WordChain(arena: lw_arena_number_of(contention.arena.arena))
    chain.drain()
    lw_trace_stop()
    let context: Comment = "seed \(seed)"
    #expect(chain.lost == 0, context)
    let contradictions = chain.contradictions()
    #expect(contradictions.isEmpty, "seed \(seed): \(contradictions.prefix(5))")
    #expect(chain.freedWhileLent == contention.findings(1), context)
    #expect(chain.freedWhileWritten == contention.findings(13), context)
    let late = contention.findings(2).merging(contention.findings(3), uniquingKeysWith: +)
    #expect(chain.lateWrites == late, context)
    #expect(!chain.freedWhileLent.isEmpty && !late.isEmpty, "the race races")
    #expect(contention.findings(3).isEmpty == (reuse != .LW_REUSE_IMMEDIATE), context)
    // Eight bytes into blocks of one and more: some writes reach beyond, and none is found twice or by verify.
    #expect(contention.rules.isSubset(of: [1, 2, 3, 10, 13]), context)
    #expect(contention.arena.records(2).allSatisfy { $0.writer_known == 1 }, context)
    #expect(contention.arena.records(10).allSatisfy { $0.writer_known == 1 }, context)
    let state = contention.arena.state
    #expect(state.blocks_live == 0 && state.loans_open == 0 && state.incarnations_retired == 0, context)
    #expect(lw_arena_reset(contention.arena.arena) == .LW_OK)
  }

  @Test func `under immediate every word's chain is whole and equals the findings`() async {
    await #expect(processExitsWith: .success) {
      for seed: UInt64 in 1...6 { `Contention under trace`.race(reuse: .LW_REUSE_IMMEDIATE, seed: seed) }
    }
  }
  @Test func `under quarantine every word's chain is whole and equals the findings`() async {
    await #expect(processExitsWith: .success) {
      for seed: UInt64 in 11...16 { `Contention under trace`.race(reuse: .LW_REUSE_QUARANTINE, seed: seed) }
    }
  }
  @Test func `under random every word's chain is whole and equals the findings`() async {
    await #expect(processExitsWith: .success) {
      for seed: UInt64 in 21...24 { `Contention under trace`.race(reuse: .LW_REUSE_RANDOM, seed: seed) }
    }
  }
}
