// The command: what can be said on its command line, and nothing of what it does.
internal import ArgumentParser

@main
struct LatewriteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latewrite",
    abstract: "Finds writes that arrive after the memory they target was given back.",
    discussion: """
      Without a subcommand, both scenarios are stressed on both revisions: the state with the bug, where it shows, and \
      the one with the fix, where nothing may show.
      """,
    subcommands: [
      StressCommand.self, ExploreCommand.self, MatrixCommand.self, ReplayCommand.self, ShrinkCommand.self,
      ReportCommand.self, ListCommand.self, DoctorCommand.self, WorkerCommand.self, CellsCommand.self,
    ],
    defaultSubcommand: StressCommand.self)
}
