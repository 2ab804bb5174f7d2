// The hand-over of the token: what it costs beside other programs that want the same processor.
import CSchedule
import Glibc
import Testing

@Suite struct ControlTokenTests {
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
      #expect(itself < 20 * (all - itself), "\(itself) ns against \(all - itself)")
    }
  }
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
