// `latewrite explore --program` and `latewrite replay --program`: the same for a C program that tools/cc has built.
internal import ArgumentParser
internal import CrashReports
internal import Exploration
internal import Harness

enum ProgramRuns {
  /// Explores the program, prints how its executions ended, and shows what the shortest schedule found, or where the
  /// threads of a hang stand.
  static func explore(
    _ program: ControlledProgram, portfolio: Portfolio?, bound: Int?, reduces: Bool, seed: UInt64,
    limit: ProgramExplorer.Bound
  ) async throws {
    let stop = StopRequest()
    let interrupt = InterruptSignal(stop)
    let explorer = ProgramExplorer(program, stop: stop)
    var result =
      if let bound {
        try await explorer.exhaust(bound: bound, reduces: reduces)
      } else {
        try await explorer.explore(portfolio, seed: seed, bound: limit)
      }
    try await explorer.shrink(&result)
    withExtendedLifetime(interrupt) {}
    print(table(of: result, program, bound: bound))
    try await showFirst(result, program)
    if stop.isMade { throw ExitStatus.interrupted }
    if result.endings.keys.contains(where: { $0 != "ok" }) { throw ExitStatus.forbidden }
  }

  private static func table(of result: ExplorationResult, _ program: ControlledProgram, bound: Int?) -> String {
    let classes = UInt64(result.classes)
    var lines = [
      "\(program.path): \(Figures.count(result.executions, "execution")), "
        + (classes == 1
          ? "all the same but for the order of independent acts"
          : "\(Figures.grouped(classes)) classes that differ in more than the order of independent acts")
    ]
    let endings = result.endings.sorted { ($0.value.firstExecution, $0.key) < ($1.value.firstExecution, $1.key) }
    for (ending, found) in endings {
      lines.append("  \(ending): \(Figures.grouped(found.count)), first in execution \(found.firstExecution)")
      guard ending != "ok" else { continue }
      lines.append(
        "    \(context(of: program, found.token).command ?? "")  "
          + "(\(Figures.count(UInt64(found.deviations), "deviation")), shrunk from \(found.shrunkFrom))")
    }
    let isSound = result.endings.keys.allSatisfy { $0 == "ok" }
    if let bound, result.isComplete {
      lines.append(
        "  All schedules with at most \(Figures.count(UInt64(bound), "deviation")), by "
          + "\(Figures.representatives(result.executions))\(isSound ? ": nothing found." : ".")")
    }
    if isSound && !program.hasMemoryPoints {
      lines.append(
        "  Its plain loads and stores were no points: tools/cc --memory-points has races of plain variables found.")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func showFirst(_ result: ExplorationResult, _ program: ControlledProgram) async throws {
    let findings = result.endings.filter { $0.key.hasPrefix("LW") }
    let shortest = findings.min { ($0.value.deviations, $0.key) < ($1.value.deviations, $1.key) }
    guard let first = shortest ?? result.endings.first(where: { $0.key == "hang" }) else { return }
    let token = try await token(first.value.token, of: program)
    try await show(try await program.execute(token.schedule), of: program, token)
  }

  /// Follows a token and shows what is found, with `step` every act of it; or stops in gdb before the step `debug`.
  static func replay(_ text: String, of program: ControlledProgram, step: Bool, debug: UInt32?) async throws {
    let token = try await token(text, of: program)
    if let debug { try Debugger.replay(token.schedule, of: program, before: debug) }
    let execution = try await program.execute(token.schedule, isHeard: true, isTold: step)
    if step { print(await execution.stepTable(of: program)) }
    try await show(execution, of: program, token)
    print("\(program.path): \(execution.endings.sorted().joined(separator: ", "))")
  }

  private static func context(of program: ControlledProgram, _ token: String) -> RunContext {
    var context = RunContext(schedule: token, environment: .current())
    context.program = program.path
    context.programArguments = program.arguments
    return context
  }

  private static func token(_ text: String, of program: ControlledProgram) async throws -> ReplayToken {
    let token = try await TokenSource.token(of: text)
    guard token.digest == program.digest else {
      throw HarnessError.usage(
        "the token is for another program or other arguments, or for this one before it was built anew: explore again"
      )
    }
    return token
  }

  /// Where its threads stand when it hangs, and what it left.
  private static func show(
    _ execution: ProgramExecution, of program: ControlledProgram, _ token: ReplayToken
  ) async throws {
    for sentence in await execution.standing(in: program) { print("  \(sentence)") }
    guard let record = execution.rawRecord else { return }
    let file = try RawRecordFile(bytes: record, origin: "the record of the program")
    for report in await CrashReport.reports(of: file, run: context(of: program, token.text)) {
      print(report.text(TextStyle(isColored: TextStyle.standardOutputTakesColor)))
    }
  }
}
