// The poison, and the moments at which it is read.
import CArena
import Glibc
import Testing

private func words(of block: UnsafeMutableRawPointer, _ bytes: Int) -> [UInt64] {
  (0..<bytes / 8).map { block.load(fromByteOffset: $0 * 8, as: UInt64.self) }
}

@Suite struct `Poison` {
  @Test func `no byte is zero, and every 8 bytes and every generation have their own`() {
    let arena = TestArena(reuse: .LW_REUSE_IMMEDIATE)
    var seen: Set<UInt64> = []
    var expected = 0
    for _ in 0..<64 {
      let block = arena.allocate(4000)
      arena.free(block)
      let poison = words(of: block, 4096)
      #expect(poison.allSatisfy { word in (0..<8).allSatisfy { (word >> ($0 * 8)) & 0xFF != 0 } })
      seen.formUnion(poison)
      expected += poison.count
    }
    #expect(seen.count == expected)
  }

  @Test func `two blocks have different poison`() {
    let arena = TestArena()
    let blocks = (0..<100).map { _ in arena.allocate(56) }
    for block in blocks { arena.free(block) }
    #expect(Set(blocks.flatMap { words(of: $0, 64) }).count == 100 * 8)
  }

  @Test func `a block that was not asked to be zeroed holds no zero byte`() {
    let arena = TestArena()
    for bytes in [1, 7, 8, 63, 64, 500, 70_000] {
      let block = arena.allocate(bytes)
      #expect(UnsafeRawBufferPointer(start: block, count: bytes).allSatisfy { $0 != 0 })
      let zeroed = arena.allocate(bytes, zeroed: true)
      #expect(UnsafeRawBufferPointer(start: zeroed, count: bytes).allSatisfy { $0 == 0 })
      arena.free(block)
      arena.free(zeroed)
    }
    #expect(arena.counts.isEmpty)
  }

  @Test func `a raw store of eight zero bytes is found by the check, told once, with bytes and field`() throws {
    let arena = TestArena()
    let block = arena.allocate(32, overlapped)
    arena.free(block)
    let poison = words(of: block, 64)
    memset(block + 8, 0, 8)
    #expect(lw_arena_check(arena.arena) == 1)
    #expect(lw_arena_check(arena.arena) == 0)
    #expect(arena.counts == [2: 1])
    let record = try arena.record(2)
    #expect(record.writer_known == 0)
    #expect(record.access_offset == 8 && record.access_bytes == 8)
    #expect(record.window_offset == 0 && record.window_bytes == 64)
    #expect(
      record.damageBefore == poison.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    #expect(Array(record.damageAfter[8..<16]) == [UInt8](repeating: 0, count: 8))
    #expect(record.damageAfter[0..<8] == record.damageBefore[0..<8])
    #expect(record.field_count == 3 && record.fields.1.offset == 8)
    #expect(record.happened(.LW_MOMENT_FREED) && record.happened(.LW_MOMENT_DETECTED))
    #expect(words(of: block, 64) == poison, "the poison is repaired")
  }

  @Test func `every single byte of a freed block is verified`() {
    let arena = TestArena()
    let block = arena.allocate(300)
    arena.free(block)
    for offset in 0..<320 {
      block.storeBytes(
        of: block.load(fromByteOffset: offset, as: UInt8.self) ^ 0x10, toByteOffset: offset, as: UInt8.self)
      #expect(lw_arena_check(arena.arena) == 1, "byte \(offset)")
    }
    #expect(arena.count(2) == 320)
  }

  @Test(arguments: [lw_reuse.LW_REUSE_IMMEDIATE, .LW_REUSE_QUARANTINE, .LW_REUSE_RANDOM])
  func `damage is found when the block is reused`(reuse: lw_reuse) {
    let arena = TestArena(reuse: reuse, quarantine: 4)
    let block = arena.allocate()
    arena.free(block)
    memset(block, 0, 8)
    var reused = false
    for _ in 0..<100 where !reused {
      let next = arena.allocate()
      reused = next == block
      arena.free(next)
    }
    #expect(reused)
    #expect(arena.counts == [2: 1])
  }

  @Test func `damage is found when a loan of the freed block settles`() {
    let arena = TestArena()
    let block = arena.allocate()
    let loan = arena.lend(block)
    arena.free(block)
    memset(block, 0, 8)
    #expect(arena.count(2) == 0)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(arena.count(2) == 1)
  }

  @Test func `damage is found when the arena is reset or closed`() {
    let arena = TestArena()
    let block = arena.allocate()
    arena.free(block)
    memset(block, 0, 8)
    #expect(lw_arena_reset(arena.arena) == .LW_OK)
    #expect(arena.counts == [2: 1])
    let next = arena.allocate()
    arena.free(next)
    memset(next, 0, 8)
    let live = arena.allocate(8)
    memset(live, 0, 9)
    arena.close()
    #expect(arena.counts == [2: 2, 10: 1, 11: 1])
  }

  @Test func `a raw store beside a checked late write is not excused by it`() {
    let arena = TestArena()
    let block = arena.allocate(56)
    let loan = arena.lend(block)
    arena.free(block)
    write(0, through: loan, at: 8)
    memset(block + 40, 0, 8)
    #expect(lw_settle(loan) == .LW_OK)
    #expect(arena.records(2).map { [$0.writer_known, UInt32($0.access_offset)] } == [[1, 8], [0, 40]])
  }
}
