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
    if CommandLine.arguments.dropFirst().first == "only" { return try profile(CommandLine.arguments.dropFirst(2)) }
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

  /// Nothing but waits of one revision, for a profiler: its name and for how many seconds.
  private static func profile(_ arguments: ArraySlice<String>) throws {
    let revision = arguments.first.flatMap { ProactorRevision(named: $0) } ?? .fix24dfa3c1
    let seconds = arguments.last.flatMap { Double($0) } ?? 1
    print("  \(revision.name): \(UInt64(try WaitRate.measure(revision, seconds: seconds))) waits/s")
  }
}
