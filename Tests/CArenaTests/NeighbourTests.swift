// Whose blocks lie beside whose: processors fetch neighbours ahead, and threads whose blocks are mixed wait for each
// other's lines although they share nothing.
import CArena
import Glibc
import Testing

@Suite struct `Neighbours` {
  @Test func `threads that allocate much in turn have OS pages of their own`() {
    let arena = TestArena()
    let blocks = inTurn(turns: 125) { _ in (0..<8).map { _ in arena.allocate(256) } }
    let pages = blocks.map { Set($0.map { UInt(bitPattern: $0) >> 12 }) }
    let shared = pages[0].intersection(pages[1]).count
    #expect(shared * 8 < pages[0].union(pages[1]).count)
    for block in blocks.joined() { arena.free(block) }
  }

  @Test func `a thread keeps what leaves its quarantine when another one gets a share of it`() {
    let arena = TestArena {
      $0.reserve_bytes = 256 << 20
      $0.quarantine_blocks = 512
    }
    let blocks = inTurn(turns: 2) { turn in
      // The first turn fills the whole quarantine, the second one's thread gets half of it.
      let passing = (0..<1500).map { _ in
        let block = arena.allocate(256)
        arena.free(block)
        return block
      }
      guard turn > 1 else { return passing }
      let kept = (0..<1000).map { _ in arena.allocate(256) }
      for block in kept { arena.free(block) }
      return passing + kept
    }
    let own = blocks.map { Set($0) }
    #expect(own.allSatisfy { $0.count > 1000 })
    #expect(own[0].intersection(own[1]).count == 0)
  }
}

/// Two threads, one of them at work at a time, each for as many `turns`. What these came to, thread by thread.
private func inTurn(
  turns: Int, _ body: @escaping @Sendable (_ turn: Int) -> [UnsafeMutableRawPointer]
) -> [[UnsafeMutableRawPointer]] {
  let turn = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)
  let results = UnsafeMutablePointer<[UnsafeMutableRawPointer]>.allocate(capacity: 2)
  results.initialize(repeating: [], count: 2)
  pthread_barrier_init(turn, nil, 2)
  nonisolated(unsafe) let (barrier, blocks) = (turn, results)
  atOnce(
    (0..<2).map { own in
      {
        for turn in 0..<2 * turns {
          if turn % 2 == own { blocks[own] += body(turn) }
          pthread_barrier_wait(barrier)
        }
      }
    })
  defer {
    pthread_barrier_destroy(turn)
    turn.deallocate()
    results.deinitialize(count: 2)
    results.deallocate()
  }
  return [results[0], results[1]]
}
