// Explores a whole program: executions in orders that a portfolio or a search asks for, the first of each ending
// shrunk.
public import Exploration
internal import Latewrite

/// Explores one program. Used by one task at a time.
public struct ProgramExplorer: Sendable {
  /// How long to look.
  public struct Bound: Sendable {
    /// Executions.
    public var executions: UInt64?
    /// Nanoseconds.
    public var nanoseconds: UInt64?
    /// Executions that a machine with little time to spare shall not fall short of, though it takes up to four times as
    /// long.
    public var leastExecutions: UInt64

    /// Whichever comes first.
    public init(executions: UInt64?, nanoseconds: UInt64?, leastExecutions: UInt64 = 0) {
      self.executions = executions
      self.nanoseconds = nanoseconds
      self.leastExecutions = leastExecutions
    }

    fileprivate func isReached(by executions: UInt64, since start: Clock.Instant) -> Bool {
      if let most = self.executions, executions >= most { return true }
      guard let nanoseconds else { return false }
      let time = Duration.nanoseconds(Int64(clamping: nanoseconds))
      return Clock.now >= start.advanced(by: executions < leastExecutions ? time * 4 : time)
    }
  }

  /// Executions that the shrinking of all endings may take: each is a process. And for how long, where they are slow.
  private static let shrinkingMax = 1_000
  private static let shrinkingTime = Duration.seconds(15)

  private let program: ControlledProgram
  private let stop: StopRequest

  /// An explorer of `program` that ends early when `stop` is made.
  public init(_ program: ControlledProgram, stop: StopRequest) {
    self.program = program
    self.stop = stop
  }

  /// The default order, and then orders that the strategies of `portfolio` pick; without one those of the standard
  /// portfolio in turn with the next order of few deviations: the one way finds what needs much, the other what needs
  /// little.
  public func explore(
    _ portfolio: Portfolio?, seed: UInt64, bound: Bound
  ) async throws(HarnessError) -> ExplorationResult {
    let start = Clock.now
    var result = ExplorationResult()
    var search = BoundedSearch(bound: Shrinking.boundMax)
    var steps: UInt32 = 64
    var lends = false
    var number: UInt64 = 0
    repeat {
      if number == 0 || (portfolio == nil && number % 2 == 0), let next = search.next() {
        let execution = try await program.execute(next.schedule)
        if number == 0, let run = execution.run {
          steps = max(8, run.steps)
          lends = run.lends
        }
        if next.isNew { note(execution, &result) }
        search.observe(execution.decisions)
      } else {
        let strategy = (portfolio ?? .standard).strategy(of: number / 2, lends: lends)
        let execution = try await program.execute(
          strategy: strategy, seed: SplitMix64.mixed(seed, number: number), steps: steps)
        note(execution, &result)
      }
      number += 1
    } while !stop.isMade && !bound.isReached(by: result.executions, since: start)
    return result
  }

  /// All schedules with at most `limit` deviations.
  public func exhaust(bound limit: Int, reduces: Bool) async throws(HarnessError) -> ExplorationResult {
    var result = ExplorationResult()
    var search = BoundedSearch(bound: limit, reduces: reduces)
    while !stop.isMade {
      guard let next = search.next() else {
        result.isComplete = true
        return result
      }
      let execution = try await program.execute(next.schedule)
      if next.isNew { note(execution, &result) }
      search.observe(execution.decisions)
    }
    return result
  }

  private func note(_ execution: ProgramExecution, _ result: inout ExplorationResult) {
    result.note(
      execution.endings, token: program.token(of: execution.schedule), deviations: execution.schedule.count,
      equivalenceClass: execution.run?.equivalenceClass)
  }

  /// What shrinking needs to know of an execution.
  private struct Shown {
    let endings: Set<String>
    let schedule: Schedule
    let decisions: [Decision]
  }

  /// Finds shorter schedules for the endings in `result`.
  public func shrink(_ result: inout ExplorationResult) async throws(HarnessError) {
    let deadline = Clock.now.advanced(by: Self.shrinkingTime)
    // What one ending's schedules showed need not be run again for the next.
    var known: [Schedule: Shown] = [:]
    for (ending, found) in result.endings where ending != "ok" && found.deviations > 0 {
      guard let token = try? ReplayToken(found.token) else { continue }
      var shrinking = Shrinking(token.schedule)
      while known.count < Self.shrinkingMax, Clock.now < deadline, !stop.isMade, let candidate = shrinking.next() {
        let shown = try await show(candidate.schedule, &known)
        shrinking.observe(
          .init(shows: shown.endings.contains(ending), schedule: shown.schedule, decisions: shown.decisions))
      }
      result.endings[ending]?.token = program.token(of: shrinking.schedule)
      result.endings[ending]?.deviations = shrinking.schedule.count
    }
  }

  private func show(_ schedule: Schedule, _ known: inout [Schedule: Shown]) async throws(HarnessError) -> Shown {
    if let shown = known[schedule] { return shown }
    let execution = try await program.execute(schedule)
    let shown = Shown(endings: execution.endings, schedule: execution.schedule, decisions: execution.decisions)
    known[schedule] = shown
    return shown
  }
}
