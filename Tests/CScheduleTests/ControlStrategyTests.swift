// Strategies find the late write, in the model of it that reference/concurrency.md section 4 measures them by: M lends
// a block, cancels the wait, which is asynchronous, and frees the block; W, whom F's event has woken before, writes
// into it. Everything follows from seeds, so the numbers of executions are exact.
import CSchedule
import Testing

private final class LateWrite: @unchecked Sendable {
  // @unchecked: what changes is on boards.
  private let (lock, block, operation, event) = (Place(), Place(), Place(), Place())
  private let (signalled, cancelled, freed, late) = (Board(false), Board(false), Board(false), Board(false))
  private let waiter = Board<lw_thread_number>(0)
  private let pads: (loop: Int, event: Int)
  private let padKind: lw_point_kind

  /// So many steps more before the cancel and before the event.
  init(pads: (loop: Int, event: Int) = (0, 0), of kind: lw_point_kind = .LW_POINT_USER) {
    (self.pads, padKind) = (pads, kind)
  }

  var parts: [Part] { [Part("loop", loop), Part("wait", wait), Part("event", fire)] }
  var steps: UInt32 { UInt32(16 + pads.loop + pads.event) }

  var isLate: Bool { late.value }

  func reset() {
    for flag in [signalled, cancelled, freed, late] { flag.value = false }
    waiter.value = 0
  }

  private func pad(_ count: Int) { for _ in 0..<count { lw_point(padKind, nil, .LW_ACCESS_READ) } }

  private func loop() {
    block.point(.LW_POINT_LEND)
    pad(pads.loop)
    operation.point(.LW_POINT_CANCEL)
    lock.locked { cancelled.value = true }
    lw_unpark(waiter.value)
    block.point(.LW_POINT_FREE)
    freed.value = true
    block.point(.LW_POINT_ALLOCATED)
  }

  private func wait() {
    waiter.value = lw_thread_self()
    while true {
      let (takes, isOver) = lock.locked { (signalled.value && !cancelled.value, cancelled.value) }
      if takes {
        block.point(.LW_POINT_WRITE)
        late.value = freed.value
        return
      }
      if isOver { return }
      _ = lw_park(event.address, never)
    }
  }

  private func fire() {
    pad(pads.event)
    event.point(.LW_POINT_SIGNAL)
    lock.locked { signalled.value = true }
    lw_unpark(waiter.value)
  }
}

/// Executions until the write is late, from each of 20 seeds; `limit` + 1 where it never was.
private func executions(
  _ session: Session, _ model: LateWrite, _ kind: lw_strategy_kind, depth: UInt32 = 2, limit: Int, seeds: Int = 20
) -> [Int] {
  (0..<seeds).map { seed in
    for count in 1...limit {
      model.reset()
      let run = session.run(
        model.parts, strategy: kind, seed: UInt64(seed * 1_000_003 + count), depth: depth, steps: model.steps)
      #expect(run.result.end == .LW_EXECUTION_ENDED)
      if model.isLate { return count }
    }
    return limit + 1
  }
}

@Suite struct ControlStrategyTests {
  @Test func `Every strategy finds the late write, from each of 20 seeds`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let model = LateWrite()
      // Measured: at most 76, 122, 48 and 35; means of 13, 33, 18 and 12.
      let limits: [(lw_strategy_kind, UInt32, Int)] = [
        (.LW_STRATEGY_RANDOM, 0, 150), (.LW_STRATEGY_PCT, 2, 250), (.LW_STRATEGY_PCT, 3, 100),
        (.LW_STRATEGY_POS, 0, 100), (.LW_STRATEGY_LENDING, 0, 100),
      ]
      for (kind, depth, limit) in limits {
        let counts = executions(session, model, kind, depth: depth, limit: limit)
        if counts.max()! > limit { Issue.record("strategy \(kind) of depth \(depth): \(counts)") }
      }
      // The default rule alone never does, and needs no luck for that.
      #expect(executions(session, model, .LW_STRATEGY_NONE, limit: 3, seeds: 1) == [4])
    }
  }

  @Test func `Where one thread has 50 more steps a random walk finds nothing, and priorities do`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      for pads in [(loop: 50, event: 0), (loop: 0, event: 50)] {
        let model = LateWrite(pads: pads)
        #expect(executions(session, model, .LW_STRATEGY_RANDOM, limit: 1_000, seeds: 3) == [1_001, 1_001, 1_001])
        // Measured: at most 326 for depth 2, 504 for depth 3.
        for depth in 2...3 as ClosedRange<UInt32> {
          let counts = executions(session, model, .LW_STRATEGY_PCT, depth: depth, limit: 600)
          if counts.max()! > 600 { Issue.record("\(pads) depth \(depth): \(counts)") }
        }
      }
    }
  }

  @Test func `A random walk is not held up by points that touch no life of a block`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let model = LateWrite(pads: (50, 0), of: .LW_POINT_UNLOCKED)
      // Measured: at most 151.
      let counts = executions(session, model, .LW_STRATEGY_RANDOM, limit: 300)
      if counts.max()! > 300 { Issue.record("\(counts)") }
    }
  }

  @Test func `Strategies really differ: equal seeds take different deviations, equal strategies the same`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let model = LateWrite()
      let strategies: [(lw_strategy_kind, UInt32)] = [
        (.LW_STRATEGY_RANDOM, 0), (.LW_STRATEGY_PCT, 2), (.LW_STRATEGY_PCT, 5), (.LW_STRATEGY_POS, 0),
        (.LW_STRATEGY_LENDING, 0),
      ]
      var stories = strategies.map { _ in [[Deviation]]() }
      for (place, (kind, depth)) in strategies.enumerated() {
        for seed in UInt64(0)..<40 {
          let both = (0..<2).map { _ in
            model.reset()
            return session.run(model.parts, strategy: kind, seed: seed, depth: depth).taken
          }
          #expect(both[0] == both[1])
          stories[place].append(both[0])
        }
        #expect(Set(stories[place]).count > 10, "seeds make a difference")
      }
      for (one, other) in [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)] {
        let equal = zip(stories[one], stories[other]).filter { $0 == $1 }.count
        #expect(equal < 20, "strategies \(one) and \(other)")
      }
    }
  }
}
