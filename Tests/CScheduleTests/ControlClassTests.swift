// Classes: executions that differ only in the order of independent acts have the same number, others have not. The
// programs here are so small that their classes can be counted by hand.
import CSchedule
import Testing

/// How many classes a program has, as many executions tell: each of both strategies that reach every order.
private func classes(of session: Session, _ program: () -> [Part], executions: UInt64 = 300) -> Set<UInt64> {
  var seen: Set<UInt64> = []
  for seed in 0..<executions {
    let kind: lw_strategy_kind = seed % 2 == 0 ? .LW_STRATEGY_RANDOM : .LW_STRATEGY_POS
    let run = session.run(program(), strategy: kind, seed: seed)
    #expect(run.result.end == .LW_EXECUTION_ENDED)
    seen.insert(run.result.class_)
  }
  return seen
}

/// Members that each touch objects in the order given, once each.
private func touching(_ members: [[(Place, lw_access)]]) -> [Part] {
  members.enumerated().map { index, acts in
    let acts = Board(acts)
    return Part("member-\(index)") { for (place, access) in acts.value { place.point(.LW_POINT_WRITE, access) } }
  }
}

@Suite struct ControlClassTests {
  @Test func `Acts on different objects and looks at one object have no order`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let (a, b) = (Place(), Place())
      let write = lw_access.LW_ACCESS_WRITE
      let read = lw_access.LW_ACCESS_READ
      let own = touching([[(a, write), (a, write)], [(b, write), (b, read)]])
      #expect(classes(of: session) { own }.count == 1)
      let looks = touching([[(a, read), (b, read)], [(a, read), (b, read)], [(a, read)]])
      #expect(classes(of: session) { looks }.count == 1)
      #expect(classes(of: session) { (0..<3).map { Part("idle-\($0)") { idlePoint() } } }.count == 1)
    }
  }

  @Test func `Events that nobody records give acts their order all the same`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      lw_trace_start_unrecorded()
      func freeing(_ slots: [UInt64]) -> [Part] {
        slots.enumerated().map { index, slot in
          Part("member-\(index)") {
            idlePoint()
            lw_event(.LW_EVENT_FREE, 1, slot << 40 | 1, 0, 0, 0, 0)
          }
        }
      }
      #expect(classes(of: session) { freeing([1, 2]) }.count == 1)
      #expect(classes(of: session) { freeing([1, 1]) }.count == 2)
      var records = [lw_event_record](repeating: lw_event_record(), count: 4)
      #expect(lw_trace_recent(1, 1, &records, 4) == 0)
      #expect(lw_event_stamp() == 0)
    }
  }

  @Test func `Acts on a common object of which one changes it have an order`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let (a, b) = (Place(), Place())
      let write = lw_access.LW_ACCESS_WRITE
      let read = lw_access.LW_ACCESS_READ
      let counts: [(Int, [[(Place, lw_access)]])] = [
        (2, [[(a, write)], [(a, write)]]),
        (2, [[(a, write)], [(a, read)]]),
        // The look comes before both, between them or behind.
        (3, [[(a, write), (a, write)], [(a, read)]]),
        // Two looks that do not mind each other, each before or behind the change.
        (4, [[(a, write)], [(a, read)], [(a, read)]]),
        (6, [[(a, write)], [(a, write)], [(a, write)]]),
        // Two rows of two merge in six ways.
        (6, [[(a, write), (a, write)], [(a, write), (a, write)]]),
        // Both orders of a with both of b, but not a and b each against the rows at once.
        (3, [[(a, write), (b, write)], [(b, write), (a, write)]]),
        (4, [[(a, write)], [(b, write)], [(a, write), (b, write)]]),
      ]
      for (index, (count, members)) in counts.enumerated() {
        let found = classes(of: session) { touching(members) }
        if found.count != count { Issue.record("program \(index) has \(found.count) classes, not \(count)") }
      }
    }
  }

  @Test func `Who had a lock first is an order, and waiting for it is none`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let lock = Place()
      let inside = (0..<2).map { Part("inside-\($0)") { lock.locked { idlePoint() } } }
      #expect(classes(of: session) { inside }.count == 2)
      // Trying comes before the other one has it, while he has it, or behind.
      let tries = Part("tries") {
        idlePoint()
        if lw_lock_try_acquire(lock.lock) { lw_lock_release(lock.lock) }
      }
      #expect(classes(of: session) { [inside[0], tries] }.count == 3)
    }
  }

  @Test func `That a member waited for an unpark is no order, what it returned from its park is one`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let number = Board<lw_thread_number>(0)
      let done = Place()
      let waits = Part("waits") {
        number.value = lw_thread_self()
        idlePoint()
        _ = lw_park_until(OpaquePointer(done.address), nil, never)
        done.store(false)
      }
      let releases = Part("releases") {
        _ = lw_park(nil, lw_clock_now())
        idlePoint()
        done.store(true)
        lw_unpark(number.value)
      }
      var seen: Set<UInt64> = []
      for seed in UInt64(0)..<200 {
        done.store(false)
        let run = session.run([waits, releases], strategy: .LW_STRATEGY_POS, seed: seed)
        let woken = run.taken.contains { $0.turn == .LW_TURN_WAKE }
        if run.result.end == .LW_EXECUTION_ENDED && !woken { seen.insert(run.result.class_) }
      }
      // It parks and is let go, or finds it done; that the unpark came before it parked is the former.
      #expect(seen.count <= 2)

      // Its time comes by the other one's looks at the clock, or it returns without cause before: else all is the same.
      let parks = Part("parks") { _ = lw_park(nil, lw_clock_now() + 10_000) }
      let looks = Part("looks") {
        idlePoint()
        for _ in 0..<20 { _ = lw_clock_now() }
      }
      let usual = session.run([parks, looks])
      let woken = session.run([parks, looks], [Deviation(1, 0, .LW_TURN_WAKE, 0), Deviation(0, 2, .LW_TURN_RUN, 1)])
      #expect(!usual.log.contains { $0.choice.turn == .LW_TURN_TIMEOUT })
      #expect(woken.taken.count == 1 && usual.result.class_ != woken.result.class_)
    }
  }

  @Test func `Another choice is another class`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let chooses = Part("chooses") { _ = lw_choose(.LW_CHOICE_USER, nil, 3) }
      #expect(classes(of: session) { [chooses] }.count == 3)
      #expect(classes(of: session) { [chooses, chooses] }.count == 9)
    }
  }

  @Test func `Acts of threads that followed each other in one place all count`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let object = Place()
      let creates = Part("creates") {
        // Only these two know in which order they wrote.
        let writers = ["one", "other"].map { RunningThread($0) { object.point(.LW_POINT_WRITE) } }
        writers.forEach { $0.join() }
        let followers = ["first", "second"].map { RunningThread($0) { idlePoint() } }
        followers.forEach { $0.join() }
      }
      #expect(classes(of: session) { [creates] }.count == 2)
      #expect(lw_control_member_count() == 3)
    }
  }

  @Test func `Classes are the same in every process, and whatever ran before`() async throws {
    var all: [String] = []
    for before in [0, 1] as [Int] {
      let child = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        [before = before as Int] in
        let session = Session()
        // Other addresses, and more members than are needed.
        let kept = (0..<before * 1_000).map { _ in Place() }
        withExtendedLifetime(kept) {
          let (a, lock) = (Place(), Place())
          let parts = (0..<2).map { index in
            Part("member-\(index)") {
              lock.locked { a.point() }
              RunningThread("thread") { a.point(.LW_POINT_FREE) }.join()
            }
          }
          let creates = Part("creates") {
            let threads = (0..<5 * before).map { RunningThread("more-\($0)") {} }
            threads.forEach { $0.join() }
          }
          _ = session.run([creates, Part("other") {}])
          let found = (0..<100).map { seed in
            session.run(parts, strategy: .LW_STRATEGY_RANDOM, seed: UInt64(seed)).result.class_
          }
          print("classes", found.map { String($0, radix: 16) })
        }
      }
      all.append(String(decoding: try #require(child).standardOutputContent, as: UTF8.self))
    }
    #expect(all[0].contains("classes ["))
    #expect(all[0] == all[1])
  }
}
