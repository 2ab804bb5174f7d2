// Executions under control in a second of the processor, for tools/bench: one line a strategy, beside what the
// hand-overs of the processor cost alone, which is measured in turn with them, and exit code 1 when a goal is missed.
internal import Exploration
internal import Glibc
internal import Harness

@main
enum ExploreBenchmark {
  /// An execution costs at most this many times its hand-overs.
  private static let costGoal = 2.0
  /// Executions a second without stacks and events.
  private static let goals: [(strategy: String, executions: Double)] = [("random", 10_000), ("pct3", 60_000)]

  /// Each of the harms for the first time within so many executions.
  private static let firstGoal: (median: UInt64, p95: UInt64) = (20, 100)

  static func main() throws {
    // What runs free leaves threads behind that no session would control: it has a process of its own.
    if CommandLine.arguments.dropFirst().first == "free" {
      for waits in [2, 64] {
        let free = try ExploreRate.firstFree(.staleWrite, waits: waits, seeds: 1...20, limit: 400)
        print("  first stale-write, running free with delays, \(waits) waits: \(words(free))")
      }
      return
    }
    if CommandLine.arguments.dropFirst().first == "only" { return try profile(CommandLine.arguments.dropFirst(2)) }
    let handOvers = try HandOvers()
    let rate = try ExploreRate()
    var isMissed = false
    for outcome in [Outcome.staleWrite, .writeIntoReusedBlock, .unexpectedEvent] {
      let first = try rate.first(outcome, seeds: 1...20, limit: 2_000)
      let isLate = first.executions.median > firstGoal.median || first.executions.p95 > firstGoal.p95
      isMissed = isMissed || isLate
      print(
        "  first \(outcome.name), under control, 2 waits: \(words(first))  goal at most \(firstGoal.median) and "
          + "\(firstGoal.p95)  \(isLate ? "MISSED" : "met")")
    }
    for goal in goals {
      let portfolio = Portfolio.all.first { $0.name == goal.strategy } ?? .standard
      let rounds = try (0..<Self.rounds).map { _ in try Round(handOvers, rate, portfolio) }
      // Other programs on the machine only ever slow it down; a ratio they change both ways.
      let executions = rounds.map(\.plain.executions).max() ?? 0
      let watched = rounds.map(\.watched.executions).max() ?? 0
      let median = rounds.sorted { $0.cost < $1.cost }[Self.rounds / 2]
      let isMet = executions >= goal.executions && watched >= executions / 2 && median.cost <= costGoal
      isMissed = isMissed || !isMet
      print(
        "  \(goal.strategy): \(Figures.grouped(UInt64(executions))) executions/s  goal at least "
          + "\(Figures.grouped(UInt64(goal.executions)))  | with stacks and events "
          + "\(Figures.grouped(UInt64(watched)))  goal at least half  | "
          + "\(Figures.decimal(median.cost, digits: 2)) times its "
          + "\(Figures.decimal(median.plain.switches, digits: 1)) hand-overs of "
          + "\(Figures.grouped(UInt64(median.handOver))) ns  goal at most "
          + "\(Figures.decimal(costGoal, digits: 2))  \(isMet ? "met" : "MISSED")")
    }
    exit(isMissed ? 1 : 0)
  }

  /// Nothing but executions of one strategy without stacks and events, for a profiler: its name and their number.
  private static func profile(_ arguments: ArraySlice<String>) throws {
    let portfolio = Portfolio.all.first { $0.name == arguments.first } ?? .standard
    let limit = arguments.last.flatMap { UInt64($0) } ?? 10_000
    let measured = try ExploreRate().measure(portfolio, watched: false, seconds: 3_600, limit: limit)
    print("  \(portfolio.name): \(Figures.decimal(1e6 / measured.executions, digits: 2)) us an execution")
  }

  private static func words(_ first: ExploreRate.FirstFinding) -> String {
    "median \(Figures.grouped(first.executions.median)), 95 % \(Figures.grouped(first.executions.p95)) executions "
      + "(\(Figures.decimal(first.milliseconds.median, digits: 1)), "
      + "\(Figures.decimal(first.milliseconds.p95, digits: 1)) ms)"
      + (first.missed > 0 ? ", \(first.missed) of 20 seeds without one" : "")
  }

  private static let rounds = 5

  /// Measured one after the other, in a second.
  private struct Round {
    /// One hand-over of the processor by itself, in nanoseconds.
    let handOver: Double
    let plain: ExploreRate.Measurement
    let watched: ExploreRate.Measurement

    /// How many times the cost of its hand-overs an execution costs.
    var cost: Double { 1e9 / plain.executions / (plain.switches * handOver) }

    init(_ handOvers: HandOvers, _ rate: ExploreRate, _ portfolio: Portfolio) throws {
      let before = handOvers.nanosecondsEach()
      plain = try rate.measure(portfolio, watched: false, seconds: 0.5)
      handOver = (before + handOvers.nanosecondsEach()) / 2
      watched = try rate.measure(portfolio, watched: true, seconds: 0.5)
    }
  }
}
