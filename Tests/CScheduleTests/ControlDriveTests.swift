// Executions in a row, run by the thread of the first part: they come to what they come to one by one, with fewer
// hand-overs; and one that does not end is told to whoever asked, wherever it hangs.
import CSchedule
import Glibc
import Testing

/// Three parts that hand a lock and a turn to each other, in an order that schedules change.
private func players(_ diary: Diary) -> [Part] {
  let place = Place()
  return (0..<3).map { me in
    Part("player-\(me)") {
      for turn in 0..<2 {
        place.locked { diary.note("\(me).\(turn)") }
        idlePoint()
      }
    }
  }
}

/// Blocks for good, outside of control.
private func blockForGood() {
  var ends: [CInt] = [0, 0]
  var byte: UInt8 = 0
  if pipe(&ends) != 0 { fatalError("a test could not make a pipe") }
  _ = read(ends[0], &byte, 1)
}

@Suite struct ControlDriveTests {
  @Test func `Executions in a row come to what they come to one by one, with fewer hand-overs`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let parts = players(diary)
      var single: [(acts: [String], text: String, switches: UInt32)] = []
      var driven = single
      let run = { (seed: UInt64) -> (acts: [String], text: String, switches: UInt32) in
        diary.value = []
        let execution = session.run(
          parts, strategy: seed == 0 ? .LW_STRATEGY_NONE : .LW_STRATEGY_RANDOM, seed: seed)
        #expect(execution.result.end == .LW_EXECUTION_ENDED)
        return (diary.value, execution.text, execution.result.switches)
      }
      for seed in 0..<50 as Range<UInt64> { single.append(run(seed)) }
      #expect(session.drive { for seed in 0..<50 as Range<UInt64> { driven.append(run(seed)) } } == nil)
      #expect(driven.count == 50)
      for (one, other) in zip(single, driven) {
        #expect(one.acts == other.acts && one.text == other.text)
        #expect(other.switches <= one.switches)
      }
      // One for each beginning and each end that is the driver's.
      #expect(driven.map(\.switches).reduce(0, +) < single.map(\.switches).reduce(0, +))
      #expect(Set(single.map(\.text)).count > 10)
    }
  }

  @Test func `What is between executions is no act of a member, and work that runs none returns`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      #expect(session.drive { diary.note("member: \(lw_control_is_member())") } == nil)
      let inside = Part("asks") { diary.note("member: \(lw_control_is_member())") }
      #expect(
        session.drive {
          _ = session.run([inside])
          diary.note("member: \(lw_control_is_member())")
        } == nil)
      #expect(diary.value == ["member: false", "member: true", "member: false"])
    }
  }

  @Test func `A bracketed call of the driver, and its return, are waited for`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let rounds = Counter()
      var ends: [CInt] = [0, 0]
      #expect(pipe(&ends) == 0)
      let (reading, writing) = (ends[0], ends[1])
      let receives = Part("receives") {
        lw_outside_begin()
        var byte: UInt8 = 0
        _ = read(reading, &byte, 1)
        lw_outside_end()
        rounds.add()
      }
      let sender = ForeignThread {
        for round in 0..<20 {
          while rounds.value < round { sched_yield() }
          var byte: UInt8 = 1
          _ = write(writing, &byte, 1)
        }
      }
      #expect(session.drive { for _ in 0..<20 { _ = session.run([receives]) } } == nil)
      sender.join()
      #expect(rounds.value == 20)
    }
  }

  @Test func `An execution that does not end is told, and its threads can be left behind`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let (one, other) = (Place(), Place())
      let diary = Diary([])
      let locks = { (name: String, first: Place, second: Place) in
        Part(name) {
          first.locked {
            idlePoint()
            second.locked {}
          }
        }
      }
      let parts = [locks("up", one, other), locks("down", other, one)]
      let stuck = session.drive {
        diary.note("\(session.run(parts).result.end == .LW_EXECUTION_ENDED)")
        _ = session.run(parts, [Deviation(0, 1, .LW_TURN_RUN, 1)])
        diary.note("came back")
      }
      #expect(stuck?.end == .LW_EXECUTION_STUCK)
      #expect(lw_schedule_count(session.taken) == 1)
      #expect(session.sentences["up"]?.hasPrefix("waits for the lock") == true)

      #expect(lw_control_leave_behind())
      let endless = Part("endless") { while true { idlePoint() } }
      let (up, down) = (Place(), Place())
      let again = [locks("up", up, down), locks("down", down, up)]
      let result = session.drive {
        diary.note("\(session.run(again).result.end == .LW_EXECUTION_ENDED)")
        _ = session.run([endless], stepsMax: 100)
        diary.note("came back")
      }
      #expect(result?.end == .LW_EXECUTION_ENDLESS && result?.steps == 100)
      #expect(lw_control_leave_behind())
      #expect(session.run([Part("idles") { idlePoint() }]).result.end == .LW_EXECUTION_ENDED)
      #expect(diary.value == ["true", "true"])
    }
  }

  @Test(arguments: [0, 1])
  func `A part that blocks outside of control is told, the driver's too`(blocking: Int) async {
    await #expect(processExitsWith: .success) { [blocking] in
      let session = Session()
      let parts = (0..<2).map { me in
        Part("part-\(me)") {
          idlePoint()
          if me == blocking { blockForGood() }
        }
      }
      let stalled = session.drive(stall: 100_000_000) { _ = session.run(parts) }
      #expect(stalled?.end == .LW_EXECUTION_STALLED)
      #expect(session.sentences["part-\(blocking)"]?.contains("read") == true)
    }
  }

  @Test func `Work that takes long between executions is no execution that hangs`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let ended = Counter()
      let idles = Part("idles") { idlePoint() }
      let outcome = session.drive(stall: 1_000_000) {
        _ = session.run([idles])
        // Twenty looks of whoever watches.
        _ = lw_park(nil, lw_clock_now() + 20_000_000)
        _ = session.run([idles])
        ended.add()
      }
      #expect(outcome == nil && ended.value == 1)
    }
  }
}
