// `latewrite replay`: the same execution again, from its token or from a report that has one.
internal import ArgumentParser
internal import CrashReports
internal import Exploration
internal import Harness
internal import Proactor

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Repeats a controlled execution.",
    discussion: "Exit codes: 0 repeated; 64 no such token; 70 it did not repeat itself, or could not be set up.")

  @Argument(help: "A replay token (lw1-...), or the report.json of a finding that has one.")
  var target: String

  @Option(help: ArgumentHelp("The program that the token is for, when it is a program's.", valueName: "file"))
  var program: String?

  @Argument(parsing: .postTerminator, help: ArgumentHelp("What that program is called with.", valueName: "argument"))
  var programArguments: [String] = []

  @Flag(help: "Print every act, and every deviation where it is taken.")
  var step = false

  @Option(help: ArgumentHelp("Stop in gdb before this step.", valueName: "step"))
  var debug: UInt32?

  @Option(help: ArgumentHelp("For a debugger that is attached already.", visibility: .hidden))
  var stopBefore: UInt32?

  func run() async throws {
    try await endingWithSentence {
      if let program {
        return try await ProgramRuns.replay(
          target, of: ControlledProgram(path: program, arguments: programArguments), step: step, debug: debug)
      }
      let token = try await TokenSource.token(of: target)
      let execution = try TokenedExecution(token)
      if let debug { try Debugger.replay(token.text, before: debug) }
      var replay = try Replay(execution)
      let first = try replay.run(stopBefore: stopBefore ?? .max)
      print(Self.heading(execution, first))
      if let table = step ? first.stepTable : first.story { print("\n\(table)") }
      for sentence in first.standing { print("  \(sentence)") }
      guard first.stray == 0 else {
        throw HarnessError.environment(
          "\(first.stray) of \(execution.schedule.count) deviations found no place: the token was made by another build"
        )
      }
      guard first.end == .ended else { return }
      guard first.acts == (try replay.run()).acts else {
        throw HarnessError.internalError("the execution did not repeat itself")
      }
      try await show(replay.rawRecords, execution, token.text)
    }
  }

  private static func heading(_ execution: TokenedExecution, _ replayed: ReplayedExecution) -> String {
    "\(execution.scenario.name) on \(execution.revision.name), \(execution.options.waits) waits, "
      + "\(Figures.count(UInt64(execution.schedule.count), "deviation")), "
      + "\(Figures.count(UInt64(replayed.decisions.count), "step")): \(words(replayed.outcomes))"
  }

  /// "1 x wrong-result, 1 x completed-before-free".
  static func words(_ outcomes: [Outcome]) -> String {
    let counts = Outcome.allCases.compactMap { outcome -> String? in
      let count = outcomes.count { $0 == outcome }
      return count == 0 ? nil : "\(count) x \(outcome.name)"
    }
    return counts.isEmpty ? "nothing" : counts.joined(separator: ", ")
  }

  private func show(_ records: [UInt8], _ execution: TokenedExecution, _ token: String) async throws {
    let file = try RawRecordFile(bytes: records, origin: "the record of the replay")
    let context = RunContext(
      scenario: execution.scenario.name, revision: execution.revision.name, schedule: token, environment: .current())
    for report in await CrashReport.reports(of: file, run: context) {
      print(report.text(TextStyle(isColored: TextStyle.standardOutputTakesColor)))
    }
  }
}

/// Where a token comes from: typed, or in a report.
enum TokenSource {
  static func token(of target: String) async throws -> ReplayToken {
    do {
      if target.wholeMatch(of: /lw[0-9]+-[^.\/]*/) != nil { return try ReplayToken(target) }
      guard target.contains("/") || target.hasSuffix(".json") else { return try ReplayToken(target) }
      guard let schedule = try await ReportReader.show(target).first?.report.run.schedule else {
        throw HarnessError.usage(
          "\(target) has no schedule: it was found free running, where the timing cannot be repeated")
      }
      return try ReplayToken(schedule)
    } catch let error as ReplayTokenError {
      throw HarnessError.usage(error.description)
    } catch let error as CrashReportError {
      throw HarnessError.usage("\(error)")
    }
  }
}
