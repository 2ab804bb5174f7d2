// How soon the default portfolio shows each harm of the flagship: the seeds are fixed, so these are counts and no
// measurements. tools/bench prints them.
import Harness
import Testing

@Suite("First findings")
struct FirstFindingTests {
  @Test("Each harm of the race comes within few executions, from most seeds")
  func harms() async {
    await #expect(processExitsWith: .success) {
      let rate = try ExploreRate()
      for outcome in [Outcome.staleWrite, .writeIntoReusedBlock, .unexpectedEvent, .falseCompletion] {
        let first = try rate.first(outcome, seeds: 1...20, limit: 2_000)
        #expect(first.executions.median <= 20 && first.executions.p95 <= 100, "\(outcome.name): \(first.executions)")
      }
    }
  }
}
