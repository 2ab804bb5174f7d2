// What commands that run scenarios have in common: run after run, findings stored, tables or one JSON object printed,
// and the exit code.
internal import ArgumentParser
internal import CrashReports
internal import FoundationEssentials
internal import Harness

struct Runs {
  private let options: RunOptions

  init(_ options: RunOptions) { self.options = options }

  /// Performs all of `plans`, telling `meanwhile` ten times a second how far they have come; `settle` looks at the
  /// results before the exit code is decided, and may add a sentence and a code of its own.
  func perform(
    _ plans: () throws -> [RunPlan], meanwhile: @escaping @Sendable (RunProgress) -> Void = { _ in },
    settle: ([RunSummary]) throws -> Void = { _ in }
  ) async throws {
    let stop = StopRequest()
    let interrupt = InterruptSignal(stop)
    let findings = try FindingsFolder(explicit: options.out)
    let line = ProgressLine(isQuiet: options.quiet)
    var runs: [RunSummary] = []
    for plan in try plans() where !stop.isMade {
      runs.append(try await run(plan, stop, findings, line, meanwhile))
    }
    if options.format == .json { try printDocument(of: runs) }
    try await conclude(runs, findings)
    withExtendedLifetime(interrupt) {}
    try settle(runs)
    if stop.isMade { throw ExitStatus.interrupted }
    if runs.contains(where: { $0.verdict == .forbidden }) { throw ExitStatus.forbidden }
  }

  /// One run, its findings stored and its table printed. What was found in a free run is looked for under control, so
  /// that it can be replayed.
  private func run(
    _ plan: RunPlan, _ stop: StopRequest, _ findings: FindingsFolder, _ line: ProgressLine,
    _ meanwhile: @escaping @Sendable (RunProgress) -> Void
  ) async throws -> RunSummary {
    var summary = try await StressRun(plan).result(stop: stop, found: { await findings.storeSoFar($0) }) { progress in
      line.show(progress)
      meanwhile(progress)
    }
    var schedules: [String: RecordedSchedule] = [:]
    if plan.exploration == nil && !summary.findings.isEmpty && !stop.isMade {
      do throws(HarnessError) {
        // A stop of its own, because a run that fails makes it; a second is soon over.
        let search = try await StressRun(plan.searchForSchedules).result(stop: StopRequest()) { line.show($0) }
        schedules = await FindingsFolder.schedules(of: search)
      } catch {
        summary.remarks.append(
          "the findings have no schedules, because they could not be looked for under control: \(error)")
      }
    }
    line.clear()
    let reports = await findings.store(&summary, schedules: schedules)
    if options.format == .text { print(summary.table(examples: reports)) }
    return summary
  }

  private func printDocument(of runs: [RunSummary]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(RunDocument(runs)), as: UTF8.self))
  }

  private func conclude(_ runs: [RunSummary], _ findings: FindingsFolder) async throws {
    if options.format == .text && !options.quiet {
      if let telling = await findings.mostTelling { print(telling) }
      if let story = await findings.story { print(story) }
      let farewell = await findings.farewell(runs)
      if !farewell.isEmpty { print(farewell) }
    }
    if let trouble = await findings.trouble {
      complain(trouble)
      if options.out != nil { throw ExitStatus.failure }
    }
  }
}
