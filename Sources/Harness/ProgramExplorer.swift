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

    /// Whichever comes first.
    public init(executions: UInt64?, nanoseconds: UInt64?) {
      self.executions = executions
      self.nanoseconds = nanoseconds
    }
  }

  /// Executions that shrinking one ending may take: each is a process.
  private static let shrinkMax = 200

  private let program: ControlledProgram
  private let stop: StopRequest

  /// An explorer of `program` that ends early when `stop` is made.
  public init(_ program: ControlledProgram, stop: StopRequest) {
    self.program = program
    self.stop = stop
  }

  /// Orders that the strategies of `portfolio` pick, the default order first.
  public func explore(
    _ portfolio: Portfolio, seed: UInt64, bound: Bound
  ) async throws(HarnessError) -> ExplorationResult {
    var result = ExplorationResult()
    let deadline = bound.nanoseconds.map { Clock.now.advanced(by: .nanoseconds(Int64(clamping: $0))) } ?? .never
    let first = try await program.execute()
    note(first, &result)
    let steps = max(8, first.run?.steps ?? 64)
    var number: UInt64 = 1
    while number < bound.executions ?? .max && Clock.now < deadline && !stop.isMade {
      let execution = try await program.execute(
        strategy: portfolio.strategy(of: number), seed: SplitMix64.mixed(seed, number: number), steps: steps)
      note(execution, &result)
      number += 1
    }
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
      // What died in the middle has decided nothing behind.
      search.observe(execution.run?.decisions ?? [])
    }
    return result
  }

  private func note(_ execution: ProgramExecution, _ result: inout ExplorationResult) {
    result.note(
      execution.endings, token: program.token(of: execution.schedule), deviations: execution.schedule.count,
      equivalenceClass: execution.run?.equivalenceClass)
  }

  /// Deletes deviations of the schedules in `result`, one by one, while their endings stay.
  public func shrink(_ result: inout ExplorationResult) async throws(HarnessError) {
    for (ending, found) in result.endings where ending != "ok" && found.deviations > 0 && !stop.isMade {
      guard let token = try? ReplayToken(found.token) else { continue }
      var schedule = token.schedule
      var index = 0
      var executions = 0
      while index < schedule.count && executions < Self.shrinkMax {
        var candidate = schedule
        candidate.deviations.remove(at: index)
        let execution = try await program.execute(candidate)
        executions += 1
        if execution.endings.contains(ending) && execution.schedule.count < schedule.count {
          schedule = execution.schedule
          index = 0
        } else {
          index += 1
        }
      }
      result.endings[ending]?.token = program.token(of: schedule)
      result.endings[ending]?.deviations = schedule.count
    }
  }
}
