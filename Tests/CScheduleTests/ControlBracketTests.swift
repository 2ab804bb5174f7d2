// Calls that may block outside the controller's knowledge, bracketed; and threads that no token binds.
import CSchedule
import Glibc
import Testing

/// A pipe that blocks who reads while it is empty.
private final class Channel: Sendable {
  let reading: CInt
  private let writing: CInt

  init() {
    var ends: [CInt] = [0, 0]
    if pipe(&ends) != 0 { fatalError("a test could not make a pipe") }
    (reading, writing) = (ends[0], ends[1])
  }

  func send() {
    var byte: UInt8 = 1
    if write(writing, &byte, 1) != 1 { fatalError("a test could not write to its pipe") }
  }

  func receive() {
    var byte: UInt8 = 0
    if read(reading, &byte, 1) != 1 { fatalError("a test could not read from its pipe") }
  }

  /// As a bracketed call.
  func receiveOutside() {
    lw_outside_begin()
    receive()
    lw_outside_end()
  }
}

private func yieldOften() { for _ in 0..<2_000 { sched_yield() } }

@Suite struct ControlBracketTests {
  @Test func `Others go on while a bracketed call blocks, and its return is waited for`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let channel = Channel()
      let diary = Diary([])
      let receives = Part("receives") {
        diary.note("goes outside")
        channel.receiveOutside()
        diary.note("is back")
      }
      let sends = Part("sends") {
        idlePoint()
        diary.note("sends")
        channel.send()
      }
      for _ in 0..<100 {
        diary.value = []
        let run = session.run([receives, sends])
        #expect(run.result.end == .LW_EXECUTION_ENDED && run.taken.isEmpty)
        #expect(diary.value == ["goes outside", "sends", "is back"])
      }
    }
  }

  @Test func `A bracketed call works when no other member can go on`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let channel = Channel()
      let outside = Counter()
      let receives = Part("receives") {
        outside.add()
        channel.receiveOutside()
      }
      for round in 1...50 {
        let sender = ForeignThread {
          while outside.value < round { sched_yield() }
          if round % 2 == 0 { yieldOften() }
          channel.send()
        }
        #expect(session.run([receives]).result.end == .LW_EXECUTION_ENDED)
        sender.join()
      }
    }
  }

  @Test func `A readiness is delivered while the only other member is in a bracketed call that it ends`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let (source, channel) = (Channel(), Channel())
      let outside = Counter()
      let sender = ForeignThread {
        while outside.value == 0 { sched_yield() }
        yieldOften()
        source.send()
      }
      let receives = Part("receives") {
        let watch = lw_watch_readable(
          source.reading, { Unmanaged<Channel>.fromOpaque($0!).takeUnretainedValue().send() },
          Unmanaged.passUnretained(channel).toOpaque())
        _ = lw_park(nil, lw_clock_now())
        outside.add()
        channel.receiveOutside()
        lw_watch_end(watch!)
      }
      #expect(session.run([receives]).result.end == .LW_EXECUTION_ENDED)
      sender.join()
    }
  }

  @Test func `Who has returned from outside comes last, so that the default does not depend on how long it took`() async
  {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let quick = Part("quick") {
        lw_outside_begin()
        lw_outside_end()
        diary.note("quick")
      }
      let parts = [
        Part("first") {
          yieldOften()
          diary.note("first")
        }, quick,
        Part("last") { diary.note("last") },
      ]
      // quick is outside, or back, when the first one ends. It is next in order then, but the last one need not wait
      // for the world.
      let begins = [Deviation(0, 0, .LW_TURN_RUN, 1), Deviation(1, 0, .LW_TURN_RUN, 0)]
      for _ in 0..<50 {
        diary.value = []
        let run = session.run(parts, begins)
        #expect(run.result.stray == 0 && diary.value == ["first", "last", "quick"])
      }
    }
  }

  @Test func `A prescribed return is waited for`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let diary = Diary([])
      let slow = Part("slow") {
        lw_outside_begin()
        yieldOften()
        lw_outside_end()
        diary.note("slow")
      }
      let other = Part("other") {
        idlePoint()
        diary.note("other")
      }
      for _ in 0..<50 {
        diary.value = []
        let run = session.run([slow, other], [Deviation(1, 0, .LW_TURN_RUN, 0)])
        #expect(run.result.stray == 0 && diary.value == ["slow", "other"])
      }
    }
  }

  @Test func `A thread outside of the session lets a member go that waits with the world`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let channel = Channel()
      let (number, parked, released) = (Counter(), Counter(), Counter())
      let parks = Part("parks") {
        // Something is pending outside, so the session waits; it never comes.
        let watch = lw_watch_readable(channel.reading, { _ in }, nil)
        number.set(Int(lw_thread_self()))
        parked.add()
        parkUntil { released.value == parked.value }
        lw_watch_end(watch!)
      }
      for round in 1...50 {
        let outside = ForeignThread {
          while parked.value < round { sched_yield() }
          if round % 2 == 0 { yieldOften() }
          released.add()
          lw_unpark(lw_thread_number(number.value))
        }
        #expect(session.run([parks]).result.end == .LW_EXECUTION_ENDED)
        outside.join()
      }
    }
  }

  @Test func `Outside of a session a bracket does nothing`() {
    lw_outside_begin()
    lw_outside_end()
  }
}
