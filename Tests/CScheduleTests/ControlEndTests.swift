// Executions that do not end: stuck, endless or stalled, and sentences that say where each member stands.
import CSchedule
import Glibc
import Testing

private func address(_ place: Place) -> String { "0x" + String(UInt(bitPattern: place.address), radix: 16) }

/// C keeps the addresses of these.
private let thingHolder = Board<lw_thread_number>(0)
private nonisolated(unsafe) let heldThing = thing(heldBy: thingHolder)
private nonisolated(unsafe) let twoThings = thing(others: 1)

private func thing(heldBy holder: Board<lw_thread_number>? = nil, others: UInt32 = 0) -> UnsafePointer<lw_awaited> {
  let made = UnsafeMutablePointer<lw_awaited>.allocate(capacity: 1)
  made.initialize(
    to: lw_awaited(
      kind: strdup("thing"), shown: 0x1c, others: others, by_anyone: false, relation: strdup("held by"),
      thread: holder == nil
        ? nil : { Unmanaged<Board<lw_thread_number>>.fromOpaque($0).takeUnretainedValue().value },
      sharers: nil, object: holder.map { UnsafeRawPointer(Unmanaged.passRetained($0).toOpaque()) }))
  return UnsafePointer(made)
}

@Suite struct ControlEndTests {
  @Test func `Two locks taken in opposite order are stuck, and each member names the lock and its holder`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let (one, other) = (Place(), Place())
      let locks = { (name: String, first: Place, second: Place) in
        Part(name) {
          first.locked {
            idlePoint()
            second.locked {}
          }
        }
      }
      let parts = [locks("up", one, other), locks("down", other, one), Part("free") {}]
      #expect(session.run(parts).result.end == .LW_EXECUTION_ENDED)
      let run = session.run(parts, [Deviation(0, 1, .LW_TURN_RUN, 1)])
      #expect(run.result.end == .LW_EXECUTION_STUCK)
      #expect(
        session.sentences == [
          "up": "waits for the lock \(address(other)), held by down",
          "down": "waits for the lock \(address(one)), held by up",
          "free": "has ended",
        ])
    }
  }

  @Test func `A member that parks for ever is stuck, and so is who waits for its end`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let place = Place()
      let creates = Part("creates") {
        let parked = RunningThread("parked") { while true { _ = lw_park(place.address, never) } }
        parked.join()
      }
      #expect(session.run([creates]).result.end == .LW_EXECUTION_STUCK)
      #expect(
        session.sentences == [
          "creates": "waits for the end of parked",
          "parked": "is parked and nobody lets it go, for \(address(place))",
        ])
    }
  }

  @Test func `What a member says that it waits for is told with who has it, as long as it says so`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let waits = Part("waits") {
        lw_awaits(heldThing)
        while true { _ = lw_park(nil, never) }
      }
      let waitsForTwo = Part("waits-for-two") {
        lw_awaits(twoThings)
        while true { _ = lw_park(nil, never) }
      }
      let waitsSilently = Part("waits-silently") {
        thingHolder.value = lw_thread_self()
        lw_awaits(heldThing)
        lw_awaits(nil)
        while true { _ = lw_park(nil, never) }
      }
      #expect(session.run([waits, waitsForTwo, waitsSilently]).result.end == .LW_EXECUTION_STUCK)
      #expect(
        session.sentences == [
          "waits": "is parked and nobody lets it go, for the thing 0x1c, held by waits-silently",
          "waits-for-two": "is parked and nobody lets it go, for the thing 0x1c, and 1 other",
          "waits-silently": "is parked and nobody lets it go, for nothing that has a name",
        ])
    }
  }

  @Test func `A poller that cannot deliver does not keep an execution from being stuck`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let place = Place()
      let waits = Part("waits") {
        var watches: [OpaquePointer?] = []
        for _ in 0..<2 {
          var ends: [CInt] = [0, 0]
          #expect(pipe(&ends) == 0 && write(ends[1], "x", 1) == 1)
          watches.append(
            lw_watch_readable(ends[0], { while true { _ = lw_park($0, never) } }, place.address))
        }
        while true { _ = lw_park(nil, never) }
      }
      #expect(session.run([waits]).result.end == .LW_EXECUTION_STUCK)
      #expect(
        session.sentences == [
          "waits": "is parked and nobody lets it go, for nothing that has a name",
          "lw-poller": "is parked and nobody lets it go, for \(address(place))",
        ])
    }
  }

  @Test func `Threads that are older than the session are named where an execution waits for one in vain`() async {
    await #expect(processExitsWith: .success) {
      let isAsked = Counter()
      let older = RunningThread("older") { parkUntil { isAsked.value == 1 } }
      let session = Session()
      var numbers: [lw_thread_number] = [0, 0]
      #expect(lw_control_older_threads(&numbers, 2) == 1 && numbers[0] == older.number)
      let waits = Part("waits") { while true { _ = lw_park(nil, never) } }
      #expect(session.run([waits]).result.end == .LW_EXECUTION_STUCK)
      #expect(lw_control_older_threads(&numbers, 2) == 1, "a member is none")
      isAsked.set(1)
      lw_unpark(older.number)
      older.join()
      #expect(lw_control_older_threads(&numbers, 2) == 0)
    }
  }

  @Test func `Two members that let each other go for ever are endless after so many decisions`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let numbers = Board<[lw_thread_number]>([0, 0])
      let parts = (0..<2).map { me in
        Part("player-\(me)") {
          numbers.value[me] = lw_thread_self()
          while true {
            lw_unpark(numbers.value[1 - me])
            _ = lw_park(nil, never)
          }
        }
      }
      let run = session.run(parts, stepsMax: 500)
      #expect(run.result.end == .LW_EXECUTION_ENDLESS && run.result.steps == 500)
      #expect(session.sentences.values.contains("could go on, parked for nothing that has a name"))
    }
  }

  @Test func `A member that chooses for ever is endless too`() async {
    await #expect(processExitsWith: .success) {
      let chooses = Part("chooses") { while true { _ = lw_choose(.LW_CHOICE_USER, nil, 2) } }
      let run = Session().run([chooses], stepsMax: 500)
      #expect(run.result.end == .LW_EXECUTION_ENDLESS && run.result.steps == 500)
    }
  }

  @Test func `A member that blocks in a call without a bracket stalls the execution, which names the call`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let place = Place()
      let blocks = Part("blocks") {
        var ends: [CInt] = [0, 0]
        var byte: UInt8 = 0
        #expect(pipe(&ends) == 0)
        place.point(.LW_POINT_DEQUEUE)
        _ = read(ends[0], &byte, 1)
      }
      let beside = Part("beside") { place.point(.LW_POINT_CANCEL) }
      let run = session.run(
        [beside, blocks], [Deviation(0, 1, .LW_TURN_RUN, 1)], stall: 1_000_000_000)
      #expect(run.result.end == .LW_EXECUTION_STALLED)
      let blocked = session.sentences["blocks"]!
      #expect(
        blocked.wholeMatch(of: /blocks in \w*pipe\w*read of the system, outside of control \(last point: dequeue\)/)
          != nil
          || blocked == "blocks in system call 0, outside of control (last point: dequeue)")
      #expect(session.sentences["beside"] == "could go on, from the point: cancel")
    }
  }

  @Test func `A member that computes for ever stalls the execution too`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let computes = Part("computes") {
        idlePoint()
        while true { sched_yield() }
      }
      let run = session.run([computes], stall: 300_000_000)
      #expect(run.result.end == .LW_EXECUTION_STALLED)
      #expect(
        session.sentences["computes"]!.hasPrefix("runs and passes no point (last one: user)")
          || session.sentences["computes"]!.hasPrefix("blocks in"))
    }
  }

  @Test func `A bracketed call that never returns stalls the execution, and is told as announced`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let blocks = Part("blocks") {
        var ends: [CInt] = [0, 0]
        var byte: UInt8 = 0
        #expect(pipe(&ends) == 0)
        lw_outside_begin()
        _ = read(ends[0], &byte, 1)
        lw_outside_end()
      }
      #expect(session.run([blocks], stall: 300_000_000).result.end == .LW_EXECUTION_STALLED)
      #expect(session.sentences["blocks"]!.contains(", as announced (last point: begin)"))
    }
  }

  @Test func `Signals that the waiting thread handles do not count as time`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      signal(SIGUSR1) { _ in }
      // Threads of the concurrency runtime block signals.
      var own = sigset_t()
      sigemptyset(&own)
      sigaddset(&own, SIGUSR1)
      pthread_sigmask(SIG_UNBLOCK, &own, nil)
      let main = Board(pthread_self())
      let busy = Part("busy") {
        for _ in 0..<200 {
          pthread_kill(main.value, SIGUSR1)
          for _ in 0..<50 { sched_yield() }
        }
      }
      // An hour, of which nothing passes.
      #expect(session.run([busy], stall: 3_600_000_000_000).result.end == .LW_EXECUTION_ENDED)
    }
  }

  @Test func `After an execution that did not end there is no other, and none inside of one`() async throws {
    let stuck = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let session = Session()
      let parks = Part("parks") { while true { _ = lw_park(nil, never) } }
      #expect(session.run([parks]).result.end == .LW_EXECUTION_STUCK)
      _ = session.run([parks])
    }
    #expect(
      try #require(stuck).says
        == "latewrite: an execution did not end, so no other can begin in this process\n")
    let inside = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      _ = Session().run([Part("begins") { _ = Session().run([Part("inner") {}]) }])
    }
    #expect(try #require(inside).says == "latewrite: an execution was begun from inside of one\n")
  }
}
