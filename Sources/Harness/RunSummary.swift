// What one run - one scenario on one revision - came to, over all its workers.
internal import CArena
public import CrashReports
internal import Exploration
internal import Histogram
public import Latewrite

/// How many operations ended in an outcome, and where it was first seen.
public struct OutcomeCount: Sendable, Equatable {
  /// The outcome.
  public let outcome: Outcome
  /// How many operations (for crash and hang: executions) ended in it.
  public let count: UInt64
  /// What that is worth.
  public let verdict: Verdict
  /// The first execution in which it was seen.
  public let firstExecution: UInt64
  /// That execution's seed: with it as `--seed`, execution 0 makes the same decisions.
  public let firstSeed: UInt64
  /// The schedule that shows it, shrunk; nil when free running.
  public let schedule: RecordedSchedule?
}

/// How long after the free the late writes came, in nanoseconds.
public struct DelaySummary: Sendable, Equatable {
  /// How many late writes were timed.
  public let count: UInt64
  /// Half of them came within this time.
  public let p50: UInt64
  /// 99 of 100 came within this time.
  public let p99: UInt64
  /// The longest.
  public let max: UInt64
}

/// One run's numbers.
public struct RunSummary: Sendable {
  /// What was run.
  public let plan: RunPlan
  /// Executions that came to their end.
  public var executions: UInt64 = 0
  /// The seed of the last execution that came to its end; nil when none did.
  public var lastSeed: UInt64?
  /// Seconds from the start of the run to its end.
  public var seconds = 0.0
  /// The facts behind the outcomes.
  public var tally = FactTally()
  /// Outcomes that occurred, worst first.
  public var outcomes: [OutcomeCount] = []
  /// Occurrences of findings by rule, duplicates included.
  public var findings: [Rule: UInt64] = [:]
  /// Delays between a free and the late write; nil when there was none.
  public var delays: DelaySummary?
  /// Executions whose trace the independent checker replayed.
  public var executionsChecked: UInt64 = 0
  /// Acts on blocks that it replayed.
  public var edgesChecked: UInt64 = 0
  /// Executions that were lost because something outside ended a worker.
  public var executionsLost: UInt64 = 0
  /// What is to be said beside the numbers: lost executions, where hanging threads waited.
  public var remarks: [String] = []
  /// The raw record file of each worker, as bytes, and the schedules of its records.
  public var rawRecords: [RawRecords] = []
  /// What control saw of the executions; nil when they ran free.
  public var exploration: ExplorationSummary?
  /// Different bugs among the findings; known once they have been symbolized.
  public var signatures = 0

  /// The worst of all outcomes and findings.
  public var verdict: Verdict {
    let worst = outcomes.map(\.verdict) + findings.keys.map { plan.declaration.verdict(of: $0) }
    return worst.max { $0.rawValue < $1.rawValue } ?? .ok
  }

  init(plan: RunPlan) { self.plan = plan }

  /// Adds up what the workers of `places` left behind.
  init(plan: RunPlan, places: [WorkerPlace], seconds: Double) {
    self.plan = plan
    self.seconds = seconds
    var counts: [Outcome: UInt64] = [:]
    var firsts: [Outcome: UInt64] = [:]
    var delays = DelayCollection()
    for mapping in places.flatMap(\.mappings) {
      executions += mapping[.executionsDone]
      if mapping[.executionsDone] > 0 {
        lastSeed = max(lastSeed ?? 0, plan.seed &+ mapping[.lastExecution])
      }
      executionsChecked += mapping[.executionsChecked]
      edgesChecked += mapping[.edgesChecked]
      tally += mapping.tally
      for outcome in Outcome.allCases where mapping.count(of: outcome) > 0 {
        counts[outcome, default: 0] += mapping.count(of: outcome)
        if let first = mapping.firstExecution(of: outcome) { firsts[outcome] = min(first, firsts[outcome] ?? first) }
      }
      delays.add(mapping)
      collectRecords(of: mapping)
    }
    for mishap in places.flatMap(\.mishaps) { add(mishap, &counts, &firsts) }
    self.delays = delays.summary
    let mappings = places.flatMap(\.mappings)
    if plan.exploration != nil { exploration = ExplorationSummary(plan: plan, places) }
    outcomes = Outcome.allCases.compactMap { outcome in
      guard let count = counts[outcome], let first = firsts[outcome] else { return nil }
      let schedule = mappings.lazy.compactMap { $0.schedule(of: outcome) }.min { $0.schedule.count < $1.schedule.count }
      return OutcomeCount(
        outcome: outcome, count: count, verdict: plan.declaration.verdict(of: outcome), firstExecution: first,
        firstSeed: plan.seed &+ first, schedule: schedule.map { plan.recorded($0) })
    }
  }

  private mutating func collectRecords(of mapping: WorkerMapping) {
    // A worker that never opened its scope left zeros.
    guard mapping.phase != .starting else { return }
    let file = unsafe mapping.recordFile.assumingMemoryBound(to: lw_record_file.self)
    guard unsafe file.pointee.header_bytes != 0 else { return }
    unsafe withUnsafeBytes(of: &file.pointee.counts) { bytes in
      let counts = unsafe bytes.bindMemory(to: UInt64.self)
      for rule in Rule.allCases where unsafe counts[Int(rule.rawValue)] > 0 {
        unsafe findings[rule, default: 0] += counts[Int(rule.rawValue)]
      }
    }
    let used = unsafe lw_record_file_bytes(min(file.pointee.record_count, file.pointee.record_capacity))
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: mapping.recordFile, count: used))
    var schedules: [RecordedSchedule.Key: RecordedSchedule] = [:]
    for index in 0..<mapping.recordCount {
      guard let kept = mapping.schedule(ofRecord: index), let record = unsafe lw_record_at(file, UInt32(index)) else {
        continue
      }
      let key = unsafe RecordedSchedule.Key(rule: record.pointee.rule, execution: record.pointee.execution)
      schedules[key] = plan.recorded(kept)
    }
    rawRecords.append(RawRecords(bytes: bytes, schedules: schedules))
  }

  private mutating func add(
    _ mishap: WorkerMishap, _ counts: inout [Outcome: UInt64], _ firsts: inout [Outcome: UInt64]
  ) {
    let execution = mishap.execution ?? 0
    func count(_ outcome: Outcome) {
      counts[outcome, default: 0] += 1
      firsts[outcome] = min(execution, firsts[outcome] ?? execution)
    }
    switch mishap.kind {
    case .crashed(let signal):
      count(.crash)
      remarks.append("a worker died of signal \(signal) in execution \(execution) (seed \(plan.seed &+ execution))")
    case .killed(let signal):
      executionsLost += 1
      remarks.append("a worker was ended from outside by signal \(signal): execution \(execution) is lost")
    case .hung(let threads):
      count(.hang)
      remarks.append(
        "nothing moved in execution \(execution) (seed \(plan.seed &+ execution)) and the worker was ended:")
      remarks += threads.map { "  \($0)" }
    }
  }
}

/// What one worker recorded.
public struct RawRecords: Sendable {
  /// The raw record file.
  public var bytes: [UInt8]
  /// The schedules of its records.
  public var schedules: [RecordedSchedule.Key: RecordedSchedule]
}

/// The delays of several workers in one histogram, 1 ns to an hour with three digits.
private struct DelayCollection {
  private var histogram = Histogram<UInt64>(
    highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
  private var count: UInt64 = 0
  private var max: UInt64 = 0

  mutating func add(_ mapping: WorkerMapping) {
    for delay in mapping.delays { _ = histogram.record(Swift.max(delay, 1)) }
    count += mapping[.delayCount]
    max = Swift.max(max, mapping[.delayMax])
  }

  var summary: DelaySummary? {
    guard count > 0 else { return nil }
    return DelaySummary(
      count: count, p50: histogram.valueAtPercentile(50), p99: histogram.valueAtPercentile(99), max: max)
  }
}
