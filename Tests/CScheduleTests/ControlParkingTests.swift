// Under control nobody sleeps: a park gives the token away, time is virtual, and a timeout or a return without cause is
// a choice.
import CSchedule
import Testing

@Suite struct ControlParkingTests {
  @Test func `A park that finds an unpark waiting is no decision; one that does not waits for it`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let number = Board<lw_thread_number>(0)
      let waits = Part("waits") {
        number.value = lw_thread_self()
        lw_unpark(lw_thread_self())
        #expect(lw_park(nil, never) == .LW_PARK_UNPARKED)
        diary.note("first")
        #expect(lw_park(nil, never) == .LW_PARK_UNPARKED)
        diary.note("second")
      }
      let unparks = Part("unparks") {
        diary.note("unparks")
        lw_unpark(number.value)
        diary.note("ends")
      }
      let run = session.run([waits, unparks])
      #expect(diary.value == ["first", "unparks", "ends", "second"])
      #expect(run.log.map(\.kind) == ["begin", "park", "park"])
    }
  }

  @Test func `Sleeping takes no real time, and the clock goes on by it`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let day: UInt64 = 86_400_000_000_000
      let nights = Board<[UInt64]>([])
      let sleeps = Part("sleeps") {
        let start = lw_clock_now()
        for night in 1...1_000 {
          #expect(lw_park(nil, start + UInt64(night) * day) == .LW_PARK_TIMEOUT)
          nights.value.append((lw_clock_now() - start) / day)
        }
      }
      let real = lw_clock_now()
      #expect(session.run([sleeps]).result.end == .LW_EXECUTION_ENDED)
      #expect(nights.value == Array(1...1_000))
      #expect(lw_clock_now() - real < day, "this thread's clock is the real one")
    }
  }

  @Test func `Each look at the clock takes a microsecond, so that a loop that waits for a time ends`() async {
    await #expect(processExitsWith: .success) {
      let looks = Board(0)
      let loops = Part("loops") {
        let deadline = lw_clock_now() + 1_000_000
        while lw_clock_now() < deadline { looks.value += 1 }
      }
      #expect(Session().run([loops]).result.end == .LW_EXECUTION_ENDED)
      #expect(looks.value == 999)
    }
  }

  @Test func `A timeout before its time is a deviation, of those with the earliest deadline`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let sleeper = { (name: String, seconds: UInt64) in
        Part(name) {
          let deadline = 5_000_000_000 + seconds * 1_000_000_000
          #expect(lw_park(nil, deadline) == .LW_PARK_TIMEOUT)
          #expect(lw_clock_now() > deadline)
          diary.note(name)
        }
      }
      let busy = Part("busy") {
        for turn in 1...2 {
          idlePoint()
          diary.note("busy \(turn)")
        }
      }
      let parts = [sleeper("late", 9), sleeper("early", 1), sleeper("as early", 1), busy]
      let usual = session.run(parts)
      #expect(diary.value == ["busy 1", "busy 2", "early", "as early", "late"])
      let first = usual.log.first { $0.member == 3 }!
      #expect(
        first.alternatives
          == [
            Deviation(3, 0, .LW_TURN_RUN, 3), Deviation(3, 0, .LW_TURN_TIMEOUT, 1),
            Deviation(3, 0, .LW_TURN_TIMEOUT, 2),
            Deviation(3, 0, .LW_TURN_WAKE, 0), Deviation(3, 0, .LW_TURN_WAKE, 1), Deviation(3, 0, .LW_TURN_WAKE, 2),
          ])

      diary.value = []
      let early = Deviation(3, 0, .LW_TURN_TIMEOUT, 2)
      #expect(session.run(parts, [early]).taken == [early])
      // From then on the other early one's time has come too: it can go on, so it needs no timeout.
      #expect(diary.value == ["as early", "busy 1", "busy 2", "early", "late"])
    }
  }

  @Test func `A return without cause is a deviation, where something else could happen`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let returns = Board(0)
      let released = Board(false)
      let number = Board<lw_thread_number>(0)
      let waits = Part("waits") {
        number.value = lw_thread_self()
        repeat {
          #expect(lw_park(nil, never) == .LW_PARK_UNPARKED)
          returns.value += 1
        } while !released.value
      }
      let releases = Part("releases") {
        idlePoint()
        released.value = true
        lw_unpark(number.value)
      }
      let usual = session.run([waits, releases])
      #expect(returns.value == 1)
      let wake = Deviation(1, 0, .LW_TURN_WAKE, 0)
      let itself = Deviation(0, 1, .LW_TURN_WAKE, 0)
      #expect(usual.log.flatMap(\.alternatives).filter { $0.turn == .LW_TURN_WAKE } == [itself, wake])
      (returns.value, released.value) = (0, false)
      let run = session.run([waits, releases], [wake])
      #expect(run.taken == [wake] && run.result.end == .LW_EXECUTION_ENDED)
      #expect(returns.value == 2)
    }
  }

  @Test func `A park until something is done is not offered a return without cause, nor confused by an unpark`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let done = Place()
      let returned = Board(false)
      let number = Board<lw_thread_number>(0)
      let waits = Part("waits") {
        number.value = lw_thread_self()
        #expect(lw_park_until(OpaquePointer(done.address), nil, never))
        returned.value = true
      }
      let sets = Part("sets") {
        idlePoint()
        lw_unpark(number.value)
        _ = lw_park(nil, lw_clock_now())
        #expect(!returned.value)
        done.store(true)
        lw_unpark(number.value)
      }
      let run = session.run([waits, sets])
      #expect(returned.value && run.result.end == .LW_EXECUTION_ENDED)
      // The one who sets may wake without cause himself.
      #expect(run.log.flatMap(\.alternatives).filter { $0.turn == .LW_TURN_WAKE && $0.value == 0 } == [])
    }
  }

  @Test func `A choice is a decision whose default is 0`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let chosen = Board<[UInt32]>([])
      let chooses = Part("chooses") {
        chosen.value = [3, 1, 5].map { lw_choose(.LW_CHOICE_USER, nil, $0) }
      }
      let usual = session.run([chooses])
      #expect(chosen.value == [0, 0, 0])
      #expect(usual.log[1].alternatives == (0..<3).map { Deviation(0, 1, .LW_TURN_VALUE, $0) })
      // A choice of one is none.
      let deviations = [Deviation(0, 1, .LW_TURN_VALUE, 2), Deviation(0, 2, .LW_TURN_VALUE, 4)]
      let run = session.run([chooses], deviations)
      #expect(chosen.value == [2, 0, 4] && run.taken == deviations && run.result.steps == 3)
      var seen: Set<[UInt32]> = []
      for seed in UInt64(0)..<300 {
        _ = session.run([chooses], strategy: .LW_STRATEGY_RANDOM, seed: seed)
        seen.insert(chosen.value)
      }
      #expect(seen.count == 15)
    }
  }
}
