// Waits a second through the Swift proactor, for tools/bench: one line a revision, and exit code 1 when a goal is
// missed.
internal import Glibc
internal import Harness
internal import Proactor

@main
enum WaitBenchmark {
  /// Waits a second on 2 cores, 64 in flight.
  private static let goal = 100_000.0

  static func main() throws {
    var isMissed = false
    for revision in [ProactorRevision.beforeD0a28dee, .fix24dfa3c1] {
      // The best of three: other programs on the machine only ever slow it down.
      var best = 0.0
      for _ in 0..<3 { best = max(best, try WaitRate.measure(revision, seconds: 1)) }
      if best < goal { isMissed = true }
      print(
        "  \(revision.name): \(Figures.grouped(UInt64(best))) waits/s  goal at least \(Figures.grouped(UInt64(goal)))  "
          + (best < goal ? "MISSED" : "met"))
    }
    exit(isMissed ? 1 : 0)
  }
}
