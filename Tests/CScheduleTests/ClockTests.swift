// The two clocks: monotonic time, and stamps that must be worth what that time says.
import CSchedule
import Testing

@Suite struct ClockTests {
  @Test func `The clock never goes back`() {
    var last = lw_clock_now()
    for _ in 0..<10_000 {
      let now = lw_clock_now()
      #expect(now >= last)
      last = now
    }
  }

  @Test func `Stamps measure what the clock measures, to a hundredth`() {
    // Each reading of the clock stands between two stamps, so a thread that is held up widens the bracket and no more.
    let outerStart = lw_clock_stamp()
    let start = lw_clock_now()
    let innerStart = lw_clock_stamp()
    while lw_clock_now() < start + 3_000_000 { continue }
    let innerEnd = lw_clock_stamp()
    let end = lw_clock_now()
    let outerEnd = lw_clock_stamp()
    let passed = Double(end - start)
    #expect(Double(lw_clock_stamp_difference_ns(innerEnd, innerStart)) < passed * 1.01)
    #expect(Double(lw_clock_stamp_difference_ns(outerEnd, outerStart)) > passed * 0.99)
  }

  @Test func `A difference is never negative`() {
    #expect(lw_clock_stamp_difference_ns(5, 5) == 0)
    #expect(lw_clock_stamp_difference_ns(5, 6) == 0)
  }
}
