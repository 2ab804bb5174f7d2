// Does a run: starts the workers, watches them, and adds up what they leave behind.
public import Exploration
internal import Glibc
internal import Latewrite

/// How far a run has come.
public struct RunProgress: Sendable {
  /// The run.
  public let plan: RunPlan
  /// Executions done.
  public let executions: UInt64
  /// Operations in them.
  public let operations: UInt64
  /// Seconds since its start.
  public let seconds: Double
  /// Operations per outcome that was seen.
  public let outcomes: [Outcome: UInt64]
  /// Where each worker's search through all schedules would go on, if the run ended now; none for other runs.
  public let positions: [BoundedSearch.Position]
}

/// One run in worker processes.
public struct StressRun: Sendable {
  private let plan: RunPlan

  /// A run that has not begun.
  public init(_ plan: RunPlan) { self.plan = plan }

  /// Does the run until its bound is reached or `stop` is made, and returns what there is by then. `progress` is told
  /// ten times a second how far it has come; `found` what there is so far, whenever that holds findings that it has not
  /// been told of. The run goes on meanwhile, and its result comes after the last call.
  public func result(
    stop: StopRequest, found: @escaping @Sendable (RunSummary) async -> Void = { _ in },
    progress: @escaping @Sendable (RunProgress) -> Void
  ) async throws(HarnessError) -> RunSummary {
    let start = Clock.now.nanoseconds
    let (looks, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let places = plan.assignments(parent: getpid()).map { WorkerPlace($0) }
    let ticker = try Ticker(every: .milliseconds(100))
    let beats = ticker.beats
    let outcome = await withTaskGroup(of: Result<Void, HarnessError>?.self) { group in
      for place in places {
        group.addTask {
          do throws(HarnessError) {
            try await place.fill(stop: stop)
            return .success(())
          } catch {
            return .failure(error)
          }
        }
      }
      group.addTask { [plan, beats] in
        for await _ in beats {
          for place in places { place.look(stop: stop, hangNanoseconds: plan.hangNanoseconds) }
          progress(Self.progress(of: plan, places, since: start))
          continuation.yield()
        }
        continuation.finish()
        return nil
      }
      // Apart from the watch, which telling may not hold up.
      group.addTask { [plan] in
        var told = 0
        for await _ in looks {
          let records = places.flatMap(\.mappings).reduce(0) { $0 + $1.recordCount }
          guard records > told else { continue }
          told = records
          await found(RunSummary(plan: plan, places: places, seconds: Self.seconds(since: start)))
        }
        return nil
      }
      return await Self.collect(&group, workers: places.count, stop: stop, ticker: ticker)
    }
    if let outcome { throw outcome }
    return RunSummary(plan: plan, places: places, seconds: Self.seconds(since: start))
  }

  private static func seconds(since start: UInt64) -> Double { Double(Clock.now.nanoseconds - start) / 1e9 }

  /// Waits for all workers, then for the watch; the first failure ends the other workers too.
  private static func collect(
    _ group: inout TaskGroup<Result<Void, HarnessError>?>, workers: Int, stop: StopRequest, ticker: borrowing Ticker
  ) async -> HarnessError? {
    var remaining = workers
    var failure: HarnessError?
    while let ended = await group.next() {
      guard let ended else { continue }
      remaining -= 1
      if case .failure(let error) = ended, failure == nil {
        failure = error
        stop.make()
      }
      if remaining == 0 { ticker.stop() }
    }
    return failure
  }

  private static func progress(of plan: RunPlan, _ places: [WorkerPlace], since start: UInt64) -> RunProgress {
    var executions: UInt64 = 0
    var operations: UInt64 = 0
    var outcomes: [Outcome: UInt64] = [:]
    for mapping in places.flatMap(\.mappings) {
      executions += mapping[.executionsDone]
      operations += mapping.tally.operations
      for outcome in Outcome.allCases where mapping.count(of: outcome) > 0 {
        outcomes[outcome, default: 0] += mapping.count(of: outcome)
      }
    }
    return RunProgress(
      plan: plan, executions: executions, operations: operations, seconds: seconds(since: start), outcomes: outcomes,
      positions: plan.exploration?.bound == nil ? [] : places.compactMap { $0.mappings.last?.searchGoesOn() })
  }
}
