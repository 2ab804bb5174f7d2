// The same deviations on the same program are the same execution: again and again, beside busy threads, whatever ran
// before, in another process.
import CSchedule
import Glibc
import Testing

/// A program with a bit of everything whose order can be decided: a lock that is held across points, a park that is let
/// go, deadlines, choices, and threads that come and go in one place.
private func busyProgram() -> [Part] {
  let (lock, object) = (Place(), Place())
  let waiter = Board<lw_thread_number>(0)
  let rung = Board(false)
  let locks = Part("locks") {
    for _ in 0..<3 {
      lock.locked { object.point(.LW_POINT_WRITE) }
      _ = lw_choose(.LW_CHOICE_USER, object.address, 3)
    }
    rung.value = true
    lw_unpark(waiter.value)
  }
  let waits = Part("waits") {
    waiter.value = lw_thread_self()
    let deadline = lw_clock_now() + 1_000_000
    while !rung.value && lw_clock_now() < deadline { _ = lw_park(object.address, deadline) }
    object.point(.LW_POINT_FREE)
    while !rung.value { _ = lw_park(object.address, never) }
  }
  let creates = Part("creates") {
    for turn in 0..<3 {
      let worker = RunningThread("worker-\(turn)") {
        lock.locked { idlePoint() }
        _ = lw_park(nil, lw_clock_now() + 2_000_000)
        object.point(.LW_POINT_WRITE)
      }
      object.point(.LW_POINT_USER, .LW_ACCESS_READ)
      worker.join()
    }
  }
  return [locks, waits, creates]
}

/// Another one, in which nobody waits for a time, and one goes on for longer than is fair.
private func steadyProgram() -> [Part] {
  let (lock, object) = (Place(), Place())
  let waiter = Board<lw_thread_number>(0)
  let rings = Board(0)
  let locks = Part("locks") {
    for _ in 0..<4 {
      lock.locked { object.point(.LW_POINT_WRITE) }
      rings.value += 1
      lw_unpark(waiter.value)
    }
  }
  let waits = Part("waits") {
    waiter.value = lw_thread_self()
    for round in 1...4 {
      while rings.value < round { _ = lw_park(object.address, never) }
      object.point(.LW_POINT_FREE)
    }
  }
  let goesOn = Part("goes on") { for _ in 0..<1_500 { idlePoint() } }
  let creates = Part("creates") {
    for turn in 0..<2 {
      let worker = RunningThread("worker-\(turn)") { lock.locked { idlePoint() } }
      object.point(.LW_POINT_USER, .LW_ACCESS_READ)
      worker.join()
    }
  }
  return [goesOn, locks, waits, creates]
}

/// One goes on for long: alone, and then beside one that it has let go.
private func fairProgram() -> [Part] {
  let waiter = Board<lw_thread_number>(0)
  let rung = Board(false)
  let goesOn = Part("goes on") {
    for _ in 0..<700 { idlePoint() }
    rung.value = true
    lw_unpark(waiter.value)
    for _ in 0..<700 { idlePoint() }
  }
  let waits = Part("waits") {
    waiter.value = lw_thread_self()
    while !rung.value { _ = lw_park(nil, never) }
    idlePoint()
  }
  return [waits, goesOn]
}

/// Runs the program as each of some seeds decides, and tells all that happened.
private func story(of session: Session, seeds: Range<UInt64>, repeats: Int = 1) -> String {
  var lines: [String] = []
  for seed in seeds {
    let parts = busyProgram()
    let strategies: [lw_strategy_kind] = [
      .LW_STRATEGY_RANDOM, .LW_STRATEGY_PCT, .LW_STRATEGY_POS, .LW_STRATEGY_LENDING,
    ]
    let found = session.run(parts, strategy: strategies[Int(seed % 4)], seed: seed, depth: 3, steps: 60)
    #expect(found.result.end == .LW_EXECUTION_ENDED)
    for _ in 0..<repeats {
      let again = session.run(busyProgram(), found.taken)
      #expect(again.result.end == .LW_EXECUTION_ENDED && again.result.stray == 0)
      if again.text != found.text { Issue.record("seed \(seed):\n\(found.text)\n- and then -\n\(again.text)") }
      #expect(again.taken == found.taken)
      #expect(again.result.steps == found.result.steps && again.result.switches == found.result.switches)
    }
    lines.append("seed \(seed)\n\(found.text)")
  }
  return lines.joined(separator: "\n") + "\n"
}

@Suite struct ControlRepeatTests {
  @Test func `A list of deviations repeats its execution a thousand times`() async {
    await #expect(processExitsWith: .success) {
      _ = story(of: Session(), seeds: 7..<8, repeats: 1_000)
    }
  }

  @Test func `Any list does, also where threads follow each other in one place of the session`() async {
    await #expect(processExitsWith: .success) { _ = story(of: Session(), seeds: 0..<300) }
  }

  @Test func `Decisions that nobody logs come to what logged ones come to`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      for program in [busyProgram, steadyProgram, fairProgram] {
        for seed in 0..<60 as Range<UInt64> {
          let kind: lw_strategy_kind = seed == 0 ? .LW_STRATEGY_NONE : .LW_STRATEGY_PCT
          let runs = [true, false].map { logging in
            session.run(
              program(), strategy: kind, seed: seed, depth: 2 + UInt32(seed % 4), steps: seed % 2 == 0 ? 60 : 1_400,
              logging: logging)
          }
          let (logged, quick) = (runs[0], runs[1])
          #expect(quick.taken == logged.taken)
          #expect(quick.result.steps == logged.result.steps && quick.result.switches == logged.result.switches)
          #expect(quick.result.class_ == logged.result.class_)
          #expect(logged.result.end == .LW_EXECUTION_ENDED && quick.result.end == .LW_EXECUTION_ENDED)
        }
      }
    }
  }

  @Test func `Threads that keep the processors busy change nothing`() async {
    await #expect(processExitsWith: .success) {
      let over = Counter()
      let burners = (0..<6).map { index in
        RunningThread("burner-\(index)") { while over.value == 0 { _ = lw_clock_now() } }
      }
      _ = story(of: Session(), seeds: 7..<10, repeats: 100)
      over.set(1)
      burners.forEach { $0.join() }
    }
  }

  @Test func `Another process does the same, and so does one that has done other things before`() async throws {
    var stories: [String] = []
    for before in [0, 0, 40] as [UInt64] {
      let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        [before = before as UInt64] in
        let session = Session()
        _ = story(of: session, seeds: 1000..<1000 + before)
        print(story(of: session, seeds: 20..<32))
      }
      let output = try #require(child).standardOutputContent
      stories.append(String(decoding: output, as: UTF8.self))
    }
    #expect(stories[0].contains("seed 31\n"))
    #expect(stories[0] == stories[1])
    #expect(stories[0] == stories[2])
  }

  @Test func `An unpark that nobody took does not reach into the next execution`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let own = Part("leaves a token") { lw_unpark(lw_thread_self()) }
      let parks = Part("parks") { #expect(lw_park(nil, lw_clock_now() + 1_000) == .LW_PARK_TIMEOUT) }
      _ = session.run([own])
      #expect(session.run([parks]).result.end == .LW_EXECUTION_ENDED)
      // Nor to the next thread that gets the number.
      let creates = Part("creates") {
        RunningThread("leaves") { lw_unpark(lw_thread_self()) }.join()
        RunningThread("parks") { #expect(lw_park(nil, lw_clock_now() + 1_000) == .LW_PARK_TIMEOUT) }.join()
      }
      #expect(session.run([creates]).result.end == .LW_EXECUTION_ENDED)
    }
  }

  @Test func `A member that is parked between executions is as far from its deadline as it was`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let rounds = Board(0)
      // Goes round every ten seconds, and lives as long as the process.
      let first = Part("starts") {
        let thread = RunningThread("goes-round") {
          while true {
            _ = lw_park(nil, lw_clock_now() + 10_000_000_000)
            rounds.value += 1
          }
        }
        withExtendedLifetime(thread) { idlePoint() }
        _ = lw_park(nil, lw_clock_now() + 6_000_000_000)
      }
      let sleeps = Part("sleeps") { _ = lw_park(nil, lw_clock_now() + 6_000_000_000) }
      _ = session.run([first])
      #expect(rounds.value == 0)
      _ = session.run([sleeps])
      #expect(rounds.value == 1)
      _ = session.run([sleeps])
      #expect(rounds.value == 1)
    }
  }
}
