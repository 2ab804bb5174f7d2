// What `latewrite stress` starts itself as.
internal import ArgumentParser
internal import Harness

struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "How latewrite starts itself to run executions.", shouldDisplay: false)

  @Argument(help: "What to do, as the starting process wrote it.")
  var assignment: String

  func run() async throws {
    try await endingWithSentence {
      guard try Worker(argument: assignment).work() else { throw ExitStatus.failure }
    }
  }
}
