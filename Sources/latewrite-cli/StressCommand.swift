// `latewrite stress`: runs what was asked for and says what came of it.
internal import ArgumentParser
internal import CrashReports
internal import FoundationEssentials
internal import Harness

struct StressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stress", abstract: "Runs scenarios on real threads with seeded delays and counts what happens.",
    discussion: """
      Exit codes: 0 everything as declared; 1 a finding or outcome that nothing declares; 64 wrong arguments; 70 the \
      system or Latewrite itself failed; 130 interrupted, after writing what there was.
      """)

  @OptionGroup var options: StressOptions

  func run() async throws {
    try await endingWithSentence {
      let stop = StopRequest()
      let interrupt = InterruptSignal(stop)
      let findings = try FindingsFolder(explicit: options.out)
      let line = ProgressLine(isQuiet: options.quiet)
      var runs: [RunSummary] = []
      for plan in try options.plans() where !stop.isMade {
        runs.append(try await run(plan, stop, findings, line))
      }
      if options.format == .json { try printDocument(of: runs) }
      try await conclude(runs, findings)
      withExtendedLifetime(interrupt) {}
      if stop.isMade { throw ExitStatus.interrupted }
      if runs.contains(where: { $0.verdict == .forbidden }) { throw ExitStatus.forbidden }
    }
  }

  /// One run, its findings stored and its table printed.
  private func run(
    _ plan: RunPlan, _ stop: StopRequest, _ findings: FindingsFolder, _ line: ProgressLine
  ) async throws -> RunSummary {
    var summary = try await StressRun(plan).result(stop: stop) { line.show($0) }
    line.clear()
    let reports = await findings.store(&summary)
    if options.format == .text { print(summary.table(examples: reports)) }
    return summary
  }

  private func printDocument(of runs: [RunSummary]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(StressDocument(runs)), as: UTF8.self))
  }

  private func conclude(_ runs: [RunSummary], _ findings: FindingsFolder) async throws {
    if options.format == .text && !options.quiet {
      if let telling = await findings.mostTelling { print(telling) }
      let farewell = await findings.farewell(runs)
      if !farewell.isEmpty { print(farewell) }
    }
    if let trouble = await findings.trouble {
      complain(trouble)
      if options.out != nil { throw ExitStatus.failure }
    }
  }
}
