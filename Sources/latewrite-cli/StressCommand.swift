// `latewrite stress`: runs what was asked for, free, and says what came of it.
internal import ArgumentParser

struct StressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stress", abstract: "Runs scenarios on real threads with seeded delays and counts what happens.",
    discussion: """
      Exit codes: 0 everything as declared; 1 a finding or outcome that nothing declares; 64 wrong arguments; 70 the \
      system or Latewrite itself failed; 130 interrupted, after writing what there was.
      """)

  @OptionGroup var options: RunOptions

  @Flag(inversion: .prefixedNo, help: "Make seeded delays at the points where threads race.")
  var noise = true

  func run() async throws {
    try await endingWithSentence {
      let runs = Runs(options)
      try await runs.perform { try options.plans(noise: noise) }
    }
  }
}
