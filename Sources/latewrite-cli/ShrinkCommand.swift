// `latewrite shrink`: the fewest deviations that still show what a token shows.
internal import ArgumentParser
internal import Exploration
internal import Harness

struct ShrinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrink", abstract: "Makes a schedule as short as it can be while it shows the same.",
    discussion: "Exit codes: 0 done; 64 no such token; 70 it shows nothing, or could not be set up.")

  @Argument(help: "A replay token (lw1-...), or the report.json of a finding that has one.")
  var target: String

  func run() async throws {
    try await endingWithSentence {
      let execution = try TokenedExecution(try await TokenSource.token(of: target))
      var replay = try Replay(execution)
      let replayed = try replay.run()
      guard let shrunk = try replay.shrink(replayed) else {
        throw HarnessError.environment(
          "the execution shows nothing that could be kept: \(ReplayCommand.words(replayed.outcomes))")
      }
      let small = TokenedExecution(
        scenario: execution.scenario, revision: execution.revision, options: execution.options, seed: execution.seed,
        schedule: shrunk.schedule)
      print(
        "\(shrunk.outcome.name): from \(Figures.count(UInt64(execution.schedule.count), "deviation")) to "
          + "\(shrunk.schedule.count), in \(Figures.count(UInt64(shrunk.executions), "execution"))\n"
          + "latewrite replay --step \(small.token.text)")
    }
  }
}
