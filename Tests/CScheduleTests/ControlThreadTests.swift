// Threads that a program makes come under control: created, joined, detached, and their places used again.
import CSchedule
import Glibc
import Testing

@Suite struct ControlThreadTests {
  @Test func `A created thread is a member that runs when it is chosen, and joining waits for its end`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let creates = Part("creates") {
        let thread = RunningThread("created") {
          diary.note("begins")
          idlePoint()
          diary.note("ends")
        }
        #expect(lw_control_member_of(thread.number) == 1)
        diary.note("created")
        idlePoint()
        diary.note("joins")
        thread.join()
        diary.note("joined")
      }
      let usual = session.run([creates])
      #expect(diary.value == ["created", "joins", "begins", "ends", "joined"])
      diary.value = []
      let point = usual.log.first { $0.member == 0 && $0.kind == "user" }!
      let run = session.run(
        [creates], [Deviation(0, point.ordinal, .LW_TURN_RUN, 1), Deviation(1, 0, .LW_TURN_RUN, 0)])
      #expect(diary.value == ["created", "begins", "joins", "ends", "joined"])
      #expect(run.result.stray == 0 && run.result.end == .LW_EXECUTION_ENDED)
      #expect(lw_control_member_count() == 2)
    }
  }

  @Test func `A member does not hear from the system at each hand-over on which processor it is`() async {
    await #expect(processExitsWith: .success) {
      // The system takes a second place to tell it in only when there is no first.
      @Sendable func takesPlace() -> Bool {
        typealias Call = @convention(c) (Int, UnsafeMutableRawPointer, UInt32, Int32, UInt32) -> Int
        let call = unsafeBitCast(dlsym(nil, "syscall"), to: Call.self)
        let (number, unregister, signature) = (334, Int32(1), UInt32(0x5305_3053))
        let place = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 32)
        defer { place.deallocate() }
        place.initializeMemory(as: UInt8.self, repeating: 0, count: 32)
        return call(number, place, 32, 0, signature) == 0 && call(number, place, 32, unregister, signature) == 0
      }
      let taken = Board(false)
      let run = Session().run([Part("part") { taken.value = takesPlace() }])
      #expect(run.result.end == .LW_EXECUTION_ENDED)
      #expect(taken.value && !takesPlace())
    }
  }

  @Test func `Joining a thread that has ended is no wait, and a detached one needs no join`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let ended = Counter()
      let creates = Part("creates") {
        let thread = RunningThread("ends-first") { ended.add() }
        _ = lw_park(nil, lw_clock_now())
        #expect(ended.value == 1)
        thread.join()
        let context = Unmanaged.passUnretained(ended).toOpaque()
        let detached = lw_thread_create(
          "detached", { Unmanaged<Counter>.fromOpaque($0!).takeUnretainedValue().add() }, context)!
        lw_thread_detach(detached)
      }
      #expect(session.run([creates]).result.end == .LW_EXECUTION_ENDED)
      // The part has ended before the detached thread began; the execution has not.
      #expect(ended.value == 2)
    }
  }

  @Test func `A thousand threads, one after the other, need two members`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let count = Board(0)
      let creates = Part("creates") {
        for _ in 0..<1_000 {
          RunningThread("worker") {
            idlePoint()
            count.value += 1
          }.join()
        }
      }
      let run = session.run([creates])
      #expect(run.result.end == .LW_EXECUTION_ENDED && count.value == 1_000)
      #expect(lw_control_member_count() == 2)
      // Decisions of all of them are numbered on, so that a deviation names one of them.
      let ordinals = run.log.filter { $0.member == 1 }.map(\.ordinal)
      #expect(ordinals == Array(0..<ordinals.count) && ordinals.count >= 2_000)
    }
  }

  @Test func `A part that comes up later than a thread that has ended gets a member of its own`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let ran = Counter()
      _ = session.run([Part("creates") { RunningThread("ended") {}.join() }])
      #expect(lw_control_member_count() == 2)
      let parts = (0..<3).map { index in Part("part-\(index)") { ran.add() } }
      #expect(session.run(parts).result.end == .LW_EXECUTION_ENDED)
      #expect(session.run(parts).result.end == .LW_EXECUTION_ENDED)
      #expect(ran.value == 6)
      #expect(session.sentences.keys.sorted() == ["part-0", "part-1", "part-2"])
    }
  }

  @Test func `A thread made between executions runs in the next one`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let thread = RunningThread("made-before") { diary.note("ran") }
      #expect(diary.value == [])
      let run = session.run([Part("part") { diary.note("part") }])
      #expect(run.result.end == .LW_EXECUTION_ENDED)
      thread.join()
      #expect(diary.value == ["part", "ran"])
    }
  }

  @Test func `A number is told its member while the thread lives, and afterwards until another thread has it`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let numbers = Board<[lw_thread_number]>([])
      let creates = Part("creates") {
        let threads = ["one", "two"].map { RunningThread($0) {} }
        numbers.value = threads.map(\.number)
        threads.forEach { $0.join() }
      }
      _ = session.run([creates])
      #expect(numbers.value.map { lw_control_member_of($0) } == [1, 2])
      #expect(lw_control_member_of(0) == -1 && lw_control_member_of(lw_thread_self()) == -1)
      // Numbers come back last in, first out, so the first thread has the second one's now.
      let before = numbers.value
      let again = Part("again") {
        let thread = RunningThread("three") {}
        numbers.value = [thread.number]
        #expect(lw_control_member_of(thread.number) == 1)
        thread.join()
      }
      _ = session.run([again])
      #expect(numbers.value == [before[1]])
    }
  }

  @Test func `The 65th member ends the program with a sentence`() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let creates = Part("creates") {
        let threads = (0..<63).map { RunningThread("thread-\($0)") {} }
        threads.forEach { $0.join() }
        print("63 are enough")
        withExtendedLifetime((0..<64).map { RunningThread("thread-\($0)") { _ = lw_park(nil, never) } }) {}
      }
      _ = Session().run([creates])
    }
    #expect(try #require(result).says == "latewrite: a controlled session has more than 64 threads\n")
  }
}
