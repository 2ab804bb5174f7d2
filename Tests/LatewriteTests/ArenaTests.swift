// The arena through its Swift owner: blocks, frees, and what is told when a rule is broken.
import Latewrite
import LatewriteTesting
import Testing

@Suite("Arena", .latewrite)
struct ArenaTests {
  @Test("a block is live until it is freed, and its slot's next use is another incarnation")
  func blockLives() throws {
    let block = try LatewriteTest.arena.allocate(64, zeroed: true)
    let wasLive = block.isLive
    let freed = LatewriteTest.arena.free(block)
    #expect(wasLive && freed && !block.isLive)
    #expect(block.address % 64 == 0)
    #expect(block.incarnation.generation == 1)
  }

  @Test("a zeroed block is zero, and any other is not")
  func contents() throws {
    let zeroed = try LatewriteTest.arena.allocate(100, zeroed: true)
    let poisoned = try LatewriteTest.arena.allocate(100)
    let sums = [zeroed, poisoned].map { block in
      LatewriteTest.arena.withBytes(of: block) { bytes in
        (0..<bytes.byteCount).reduce(0) { $0 + Int(bytes.unsafeLoadByte($1)) }
      }
    }
    LatewriteTest.arena.free(zeroed)
    LatewriteTest.arena.free(poisoned)
    #expect(sums[0] == 0 && sums[1] != 0)
  }

  @Test(
    "freeing an old value does not free the block that has the address now",
    .latewrite(expecting: [.doubleFree], arena: Arena.Configuration(reuse: .immediate)))
  func staleValueIsRefused() throws {
    let old = try LatewriteTest.arena.allocate(64)
    LatewriteTest.arena.free(old)
    let new = try LatewriteTest.arena.allocate(64)
    try #require(new.address == old.address && new.incarnation != old.incarnation)
    let freedAgain = LatewriteTest.arena.free(old)
    #expect(!freedAgain && new.isLive)
    LatewriteTest.arena.free(new)
    #expect(LatewriteTest.scope.count(.doubleFree) == 1)
    #expect(LatewriteTest.scope.findings.first?.block.incarnation == old.incarnation)
  }

  @Test("freeing twice is LW007, and nothing else happens", .latewrite(expecting: [.doubleFree]))
  func doubleFree() throws {
    let block = try LatewriteTest.arena.allocate(64)
    LatewriteTest.arena.free(block)
    let again = LatewriteTest.arena.free(block)
    #expect(!again && LatewriteTest.scope.counts == [.doubleFree: 1])
  }

  @Test("a raw store into a freed block is found by check()", .latewrite(expecting: [.staleWrite]))
  func rawStoreIsFound() throws {
    let block = try LatewriteTest.arena.allocate(64)
    LatewriteTest.arena.free(block)
    LatewriteTest.arena.withBytes(of: block) { $0.storeBytes(of: UInt64(0), toByteOffset: 8, as: UInt64.self) }
    let damaged = LatewriteTest.arena.check()
    #expect(damaged == 1)
    let finding = try #require(LatewriteTest.scope.findings.first)
    #expect(finding.rule == .staleWrite && finding.access?.isWriterKnown == false)
    #expect(finding.access?.offset == 8 && finding.access?.bytes == 8)
    #expect(finding.block.incarnation == block.incarnation)
  }

  @Test("reset refuses while a loan is open, and makes the arena as new after it")
  func reset() throws {
    let block = try LatewriteTest.arena.allocate(64)
    let loan = try LatewriteTest.arena.lend(block, to: "test")
    #expect(throws: LatewriteError.self) { try LatewriteTest.arena.reset() }
    loan.settle()
    try LatewriteTest.arena.reset()
    let counts = LatewriteTest.arena.counts()
    #expect(counts.liveBlocks == 0 && counts.openLoans == 0 && !block.isLive)
  }

  @Test("waiting for loans returns when the last one is settled by another thread")
  func waitSettled() throws {
    let block = try LatewriteTest.arena.allocate(64)
    let loan = try LatewriteTest.arena.lend(block, to: "test")
    let early = LatewriteTest.arena.waitSettled(until: Clock.now)
    let test = LatewriteTest.current
    let waiter = try LatewriteThread(named: "waiter") {
      if !test.arena.waitSettled() { Issue.record("waitSettled() returned with an open loan") }
    }
    loan.settle()
    waiter.join()
    #expect(!early)
    LatewriteTest.arena.free(block)
  }

  @Test("an arena that is full says so")
  func full() throws {
    var small = Arena.Configuration()
    small.reserveBytes = 1 << 16
    small.reportsLeaks = false
    let arena = try Arena(small, scope: LatewriteTest.scope)
    var allocated = 0
    let error = #expect(throws: LatewriteError.self) {
      while true {
        _ = try arena.allocate(1024)
        allocated += 1
      }
    }
    #expect(error?.code == .arenaFull && allocated > 0 && allocated <= 64)
  }

  @Test("a configuration out of bounds is refused with a sentence")
  func badConfiguration() throws {
    var bad = Arena.Configuration()
    bad.firstGeneration = 1 << 41
    do {
      _ = try Arena(bad, scope: LatewriteTest.scope)
      Issue.record("an arena was made")
    } catch {
      #expect(error.code == .badConfiguration)
      #expect(error.description.hasPrefix("Arena(_:scope:) failed: "))
    }
  }

  @Test("a block that is never freed is a leak when its arena closes", .latewrite(expecting: [.leak]))
  func leak() throws {
    _ = try LatewriteTest.arena.allocate(64)
  }

  @Test("using a closed arena ends the program with a sentence")
  func closedArena() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let arena = try Arena()
      let core = arena.core
      arena.close()
      _ = core.pointer
    }
    let said = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(said.contains("the arena was closed: close what was made in it"))
  }
}

extension MutableRawSpan {
  /// Spans have no safe load of a single byte.
  func unsafeLoadByte(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
