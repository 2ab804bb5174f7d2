// Arenas that only allocate: no address leads to them, nothing in them is lent or filled, and what is freed twice or
// never is told all the same.
import CArena
import Glibc
import Testing

@Suite struct UncheckedTests {
  private static func arena() -> TestArena { TestArena { $0.unchecked = true } }

  @Test func `The block freed last is used first, whatever it holds`() {
    let arena = Self.arena()
    let (first, second) = (arena.allocate(100), arena.allocate(100))
    #expect(first != second && UInt(bitPattern: first) % 64 == 0)
    memset(first, 0xAB, 100)
    arena.free(first)
    #expect(first.load(as: UInt64.self) == 0xABAB_ABAB_ABAB_ABAB, "freed memory is left as it is")
    #expect(arena.allocate(100) == first)
    #expect(first.load(as: UInt64.self) == 0xABAB_ABAB_ABAB_ABAB)
    arena.free(first)
    let zeroed = arena.allocate(100, zeroed: true)
    #expect(zeroed == first && (0..<100).allSatisfy { zeroed.load(fromByteOffset: $0, as: UInt8.self) == 0 })
    arena.free(zeroed)
    arena.free(second)
    arena.close()
    #expect(arena.counts.isEmpty)
  }

  @Test(arguments: [1, 8, 64, 65, 1_000, 4_096, 70_000, 1_000_000])
  func `Blocks of every length do not meet`(_ bytes: Int) {
    let arena = Self.arena()
    let blocks = (0..<3).map { _ in arena.allocate(bytes) }
    for (number, block) in blocks.enumerated() { memset(block, CInt(number), bytes) }
    for (number, block) in blocks.enumerated() {
      #expect((0..<bytes).allSatisfy { block.load(fromByteOffset: $0, as: UInt8.self) == number })
      arena.free(block)
    }
    #expect(arena.state.blocks_live == 0)
  }

  @Test func `No address leads to it, and nothing of it is lent`() {
    let arena = Self.arena()
    let block = arena.allocate()
    #expect(lw_block_at(block).arena == nil && lw_incarnation_live_at(block, nil) == 0)
    #expect(lw_incarnation_live_in(arena.arena, block) != 0 && lw_incarnation_live_in(arena.arena, block + 1) == 0)
    var status = lw_status.LW_OK
    let loan = lw_lend(block, registerWaitWithQueue, 7, .LW_HOLDER_USER, &status)
    #expect(lw_loan_is_none(loan) && status == .LW_NOT_A_BLOCK)
    arena.free(block)
    #expect(lw_incarnation_live_in(arena.arena, block) == 0)
    #expect(lw_arena_check(arena.arena) == 0 && lw_arena_reset(arena.arena) == .LW_OK)
    arena.close()
    #expect(arena.counts.isEmpty)
  }

  @Test func `What is freed twice, was never allocated, or is never freed is told`() {
    let arena = Self.arena()
    let (block, kept) = (arena.allocate(), arena.allocate())
    arena.free(block)
    #expect(lw_free(arena.arena, block) == .LW_DOUBLE_FREE && arena.count(7) == 1)
    #expect(lw_free(arena.arena, kept + 8) == .LW_NOT_A_BLOCK && arena.count(7) == 2)
    #expect(lw_free(arena.arena, nil) == .LW_OK)
    arena.close()
    #expect(arena.counts == [7: 2, 11: 1])
  }

  @Test func `An arena that is full says so and goes on when something is freed`() {
    let arena = TestArena {
      $0.unchecked = true
      $0.reserve_bytes = 1 << 20
    }
    var blocks: [UnsafeMutableRawPointer] = []
    while let block = lw_alloc(arena.arena, 50_000, 0, false) { blocks.append(block) }
    #expect(blocks.count >= 8)
    arena.free(blocks.removeLast())
    blocks.append(arena.allocate(50_000))
    for block in blocks { arena.free(block) }
  }

  @Test func `Threads free what others have allocated`() {
    let arena = Self.arena()
    for _ in 0..<20 {
      let blocks = (0..<500).map { _ in UInt(bitPattern: arena.allocate(200)) }
      #expect(Set(blocks).count == 500)
      ArenaThread("freer") { for block in blocks { arena.free(UnsafeMutableRawPointer(bitPattern: block)!) } }.join()
    }
    #expect(arena.state.blocks_live == 0)
  }
}
