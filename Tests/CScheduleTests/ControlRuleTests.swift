// One member runs at a time, and who goes on where nothing is prescribed follows one rule.
import CSchedule
import Glibc
import Testing

@Suite struct ControlRuleTests {
  @Test func `Only one member runs at a time, whatever the strategy`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let inside = Counter()
      let together = Counter()
      let parts = (0..<4).map { index in
        Part("part-\(index)") {
          for _ in 0..<20 {
            // Were two of us here, the yield would let the other one see it.
            inside.add()
            if inside.value != 1 { together.add() }
            sched_yield()
            inside.add(-1)
            idlePoint()
          }
        }
      }
      for seed in 0..<200 {
        let strategies: [lw_strategy_kind] = [
          .LW_STRATEGY_RANDOM, .LW_STRATEGY_PCT, .LW_STRATEGY_POS, .LW_STRATEGY_LENDING,
        ]
        let run = session.run(parts, strategy: strategies[seed % 4], seed: UInt64(seed))
        #expect(run.result.end == .LW_EXECUTION_ENDED)
      }
      #expect(together.value == 0)
      #expect(lw_control_is_on())
    }
  }

  @Test func `By default a member goes on, and when it has ended the next one in order does`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let parts = ["a", "b", "c"].map { name in
        Part(name) {
          for turn in 1...3 {
            diary.note("\(name)\(turn)")
            idlePoint()
          }
        }
      }
      let run = session.run(parts)
      #expect(diary.value == ["a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"])
      #expect(run.result.end == .LW_EXECUTION_ENDED && run.taken.isEmpty && run.result.stray == 0)
      // Each end without somebody left to go on takes no decision.
      #expect(run.result.steps == 12 && run.log.count == 12)
      #expect(run.log[0].kind == "begin")
      #expect(run.log[0].alternatives == (0...2).map { Deviation(0, 0, .LW_TURN_RUN, $0) })
      #expect(run.log[4].member == 0 && run.log[4].kind == "park")
      #expect(run.log[4].choice == Deviation(0, 4, .LW_TURN_RUN, 1))
      let reached =
        UInt64(1) << lw_point_kind.LW_POINT_BEGIN.rawValue | UInt64(1) << lw_point_kind.LW_POINT_USER.rawValue
      #expect(run.result.points_reached == reached)
    }
  }

  @Test func `Who begins is the first decision, and a deviation lets another member run`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let parts = ["a", "b", "c"].map { name in
        Part(name) {
          diary.note("\(name)1")
          idlePoint()
          diary.note("\(name)2")
        }
      }
      let begins = Deviation(0, 0, .LW_TURN_RUN, 2)
      let interrupts = Deviation(2, 0, .LW_TURN_RUN, 1)
      let run = session.run(parts, [begins, interrupts])
      // b ended: the next in order behind it is c, which stood at its point; a follows round the corner.
      #expect(diary.value == ["c1", "b1", "b2", "c2", "a1", "a2"])
      #expect(run.taken == [begins, interrupts] && run.result.stray == 0)
      #expect(run.log.filter { $0.chosen != 0 }.map(\.choice) == run.taken)
    }
  }

  @Test func `What fits nowhere is counted and changes nothing`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let parts = (0..<2).map { Part("part-\($0)") { idlePoint() } }
      let usual = session.run(parts)
      let run = session.run(
        parts,
        [Deviation(0, 1, .LW_TURN_RUN, 7), Deviation(1, 9, .LW_TURN_RUN, 0), Deviation(1, 0, .LW_TURN_TIMEOUT, 0)])
      #expect(run.result.stray == 3 && run.taken.isEmpty)
      #expect(run.text == usual.text)
    }
  }

  @Test func `When nobody can go on the earliest deadline passes`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let parts = [30, 10, 20].map { milliseconds in
        Part("sleeps-\(milliseconds)") {
          let deadline = lw_clock_now() + UInt64(milliseconds) * 1_000_000
          while lw_park(nil, deadline) != .LW_PARK_TIMEOUT {}
          diary.note("\(milliseconds)")
          #expect(lw_clock_now() >= deadline)
        }
      }
      let run = session.run(parts)
      #expect(diary.value == ["10", "20", "30"])
      #expect(run.taken.isEmpty)
      let timeouts = run.log.filter { $0.choice.turn == .LW_TURN_TIMEOUT }
      #expect(timeouts.map(\.choice.value) == [1, 2, 0])
    }
  }

  @Test func `Of what programs do in great numbers the first ones are points, then few, the same each time`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let acts = Int(LW_OFTEN_POINTS) + 6400
      let counts = Part("counts") {
        let cell = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        for _ in 0..<acts { lw_point_often(cell, .LW_ACCESS_WRITE) }
        cell.deallocate()
      }
      let runs = (0..<2).map { _ in session.run([counts]) }
      #expect(runs.allSatisfy { $0.result.end == .LW_EXECUTION_ENDED })
      #expect(runs[0].result.steps == runs[1].result.steps)
      #expect((acts - 6400 + 100...acts - 6400 + 104).contains(Int(runs[0].result.steps)), "\(runs[0].result.steps)")
    }
  }

  @Test func `A member that passes points for ever stands back for the others, once every so often`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let released = Board(false)
      let passed = Board(0)
      let waits = Part("waits") {
        while !released.value {
          passed.value += 1
          idlePoint()
        }
      }
      let releases = Part("releases") {
        idlePoint()
        released.value = true
      }
      let run = session.run([waits, releases])
      #expect(run.result.end == .LW_EXECUTION_ENDED)
      // Its beginning counts as one of them.
      #expect(passed.value == Int(LW_FAIR_POINTS))
      #expect(run.taken.isEmpty, "it is the rule that has it stand back")

      // So does one that only ever yields, at once.
      (released.value, passed.value) = (false, 0)
      let yields = Part("yields") {
        while !released.value {
          passed.value += 1
          _ = lw_park(nil, lw_clock_now())
        }
      }
      #expect(session.run([yields, releases]).result.end == .LW_EXECUTION_ENDED)
      #expect(passed.value == 1)
    }
  }

  @Test func `Time passes for one that sleeps while others only hand back and forth`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let woken = Board(false)
      let numbers = Board([lw_thread_number](repeating: 0, count: 2))
      let players = (0..<2).map { player($0, numbers, until: woken) }
      let sleeper = Part("sleeper") {
        while lw_park(nil, lw_clock_now() + 3_600_000_000_000) != .LW_PARK_TIMEOUT {}
        woken.value = true
      }
      let run = session.run(players + [sleeper])
      #expect(run.result.end == .LW_EXECUTION_ENDED)
      #expect(run.taken.isEmpty, "it is the rule that has the deadline pass")
      let timeout = run.log.firstIndex { $0.choice == Deviation($0.member, $0.ordinal, .LW_TURN_TIMEOUT, 2) }
      #expect(timeout.map { $0 > Int(LW_PATIENT_POINTS) } == true, "not before")
    }
  }

  @Test func `A choice is among hundreds of values, and each can be prescribed`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let chosen = Board(UInt32(0))
      let part = Part("chooses") { chosen.value = lw_choose(.LW_CHOICE_USER, nil, 1_000_000) }
      let usual = session.run([part])
      let choice = usual.log.first { $0.alternatives.count > 1 }
      #expect(choice?.alternatives.count == Int(LW_ALTERNATIVES_MAX))
      for value in [1, 64, 511] {
        let run = session.run([part], [Deviation(0, choice?.ordinal ?? 0, .LW_TURN_VALUE, value)])
        #expect(chosen.value == UInt32(value) && run.result.stray == 0)
      }
    }
  }

  @Test func `A priority does not keep a member running that waits in a loop of points`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let released = Board(false)
      let waits = Part("waits") { while !released.value { idlePoint() } }
      let releases = Part("releases") { released.value = true }
      for seed in UInt64(0)..<20 {
        released.value = false
        let run = session.run([waits, releases], strategy: .LW_STRATEGY_PCT, seed: seed)
        #expect(run.result.end == .LW_EXECUTION_ENDED, "seed \(seed)")
      }
    }
  }
}

/// Lets the other one of two go and waits for it to do the same, until `done`.
private func player(_ own: Int, _ numbers: Board<[lw_thread_number]>, until done: Board<Bool>) -> Part {
  Part("player-\(own)") {
    numbers.value[own] = lw_thread_self()
    while !done.value {
      lw_unpark(numbers.value[1 - own])
      _ = lw_park(nil, never)
    }
    lw_unpark(numbers.value[1 - own])
  }
}
