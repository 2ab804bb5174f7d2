// The hand-over of the token: what it costs beside other programs that want the same processor.
import CSchedule
import Glibc
import Synchronization
import Testing

/// One after the other: they want the same processor.
@Suite(.serialized) struct ControlTokenTests {
  /// A member that gives the token away gives the processor away. Said in the wrong way, that tells the system that the
  /// members have nothing to do, and the other program gets a hundred times their share.
  @Test func `A busy thread on the members' processor gets no more than its share`() async {
    await #expect(processExitsWith: .success) {
      lw_stay_on_processor(0)
      let busy = BusyThread()
      let session = Session()
      let takesTurns = Part("takes-turns") { for _ in 0..<4_000 { _ = lw_park(nil, lw_clock_now()) } }
      let before = (all: processorTime(CLOCK_PROCESS_CPUTIME_ID), busy: busy.time)
      let run = session.run([takesTurns, takesTurns], logging: false)
      let (all, itself) = (processorTime(CLOCK_PROCESS_CPUTIME_ID) - before.all, busy.time - before.busy)
      #expect(run.result.end == .LW_EXECUTION_ENDED && run.result.switches > 4_000)
      #expect(itself < 5 * (all - itself), "\(itself) ns against \(all - itself)")
    }
  }

  /// Members who are awake get the processor in turn, and that is the direction in which they hand the token or the
  /// other one.
  @Test func `The processor takes no detours, whichever way round members hand the token`() async {
    await #expect(processExitsWith: .success) {
      lw_stay_on_processor(0)
      let session = Session()
      // Other programs on the machine only add to it.
      let least = (0..<5).map { _ in switchesWhileTurning(session) }.min()!
      #expect(least < 1.25, "\(least) for each hand-over")
    }
  }
}

/// How often the system gives the processor to another thread for each hand-over, where three members hand the token
/// round in one direction for some time, then in the other, and so on.
private func switchesWhileTurning(_ session: Session) -> Double {
  let ring = Ring()
  let parts = (0..<3).map { me in
    Part("player-\(me)") {
      ring.state.withLock { $0.numbers[me] = lw_thread_self() }
      while ring.state.withLock({ $0.numbers.contains(0) }) { _ = lw_park(nil, lw_clock_now()) }
      while let next = ring.state.withLock({ $0.turn(of: me) }) {
        if let number = next { lw_unpark(number) } else { _ = lw_park(nil, never) }
      }
      for number in ring.state.withLock({ $0.numbers }) { lw_unpark(number) }
    }
  }
  let before = systemSwitches()
  let run = session.run(parts, stepsMax: 120_000, logging: false)
  #expect(run.result.end == .LW_EXECUTION_ENDED && run.result.switches >= 16_000)
  return Double(systemSwitches() - before) / Double(run.result.switches)
}

private final class Ring: Sendable {
  struct State {
    var numbers: [lw_thread_number] = [0, 0, 0]
    var holder = 0
    var handOvers = 0

    /// Whom the player lets go; `.some(nil)` when it is not his turn, nil when all is over.
    mutating func turn(of me: Int) -> lw_thread_number?? {
      guard handOvers < 16_000 else { return nil }
      guard holder == me else { return .some(nil) }
      handOvers += 1
      holder = (me + (handOvers / 2_000 % 2 == 0 ? 1 : 2)) % 3
      return numbers[holder]
    }
  }

  let state = Mutex(State())
}

/// Of the processor, between threads of this process or to another one.
private func systemSwitches() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_nvcsw + usage.ru_nivcsw
}

private func processorTime(_ clock: clockid_t) -> Int {
  var time = timespec()
  clock_gettime(clock, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// A thread that no session knows and that does nothing, as fast as it can, until the process ends.
private struct BusyThread {
  private let clock: clockid_t

  init() {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ in
        while getppid() != 0 {}; return nil
      }, nil)
    var clock = clockid_t()
    pthread_getcpuclockid(thread, &clock)
    self.clock = clock
  }

  var time: Int { processorTime(clock) }
}
