// `latewrite matrix`: every situation on every revision, in its prescribed order, and what came of it beside what was
// declared.
internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Harness
internal import Proactor

struct MatrixCommand: AsyncParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, html
  }

  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Runs every situation of the history on every revision.",
    discussion: """
      A situation is a few acts in one prescribed order; 'latewrite list situations' tells them, 'latewrite list \
      revisions' what each revision does.
      Exit codes: 0 everything as declared; 1 a cell differs from its declaration; 64 wrong arguments; 70 the system \
      or Latewrite itself failed.
      """)

  @Option(help: ArgumentHelp("Only this situation, by letter or name.", valueName: "name"))
  var situation: String?

  @Option(help: ArgumentHelp("Only this revision.", valueName: "name"))
  var revision: String?

  @Option(
    help: ArgumentHelp(
      "Take this behaviour away from every revision that has it: what differs then is what it is for.",
      valueName: "behaviour"))
  var without: String?

  @Flag(help: "Also print the calls of each cell in their order, and what was logged.")
  var calls = false

  @Option(help: "How the matrix is printed.")
  var format: Format = .text

  @Option(help: ArgumentHelp("Processes at a time; one for each core by default.", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs \(jobs): from 1 to 1024 make sense.") }
    _ = try plan()
  }

  private func plan() throws -> MatrixPlan {
    if let without {
      _ = try NameChoice.find(without, in: ProactorBehaviours.named, kind: "behaviour") { $0.name }
    }
    let situations = try situation.map { name in
      if let found = Situation.named(name) { return [found] }
      return [try NameChoice.find(name, in: Situation.all, kind: "situation") { $0.name }]
    }
    let revisions = try revision.map {
      [try NameChoice.find($0, in: ProactorRevision.all, kind: "revision") { $0.name }]
    }
    return MatrixPlan(
      situations: situations ?? Situation.all, revisions: revisions ?? ProactorRevision.all, without: without)
  }

  func run() async throws {
    try await endingWithSentence {
      let plan = try plan()
      let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      let matrix = Matrix(plan, cells: try await plan.cells(jobs: jobs ?? cores))
      switch format {
      case .text:
        print(matrix.text, terminator: "")
        if calls { print(matrix.callText, terminator: "") }
      case .json:
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(MatrixDocument(matrix)), as: UTF8.self))
      case .html: print(try matrix.page(), terminator: "")
      }
      for difference in matrix.differences { complain(difference) }
      if !matrix.differences.isEmpty { throw ExitStatus.forbidden }
    }
  }
}

/// What `latewrite matrix` starts itself as.
struct CellsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells", abstract: "How latewrite starts itself to run a row of the matrix.", shouldDisplay: false)

  @Argument(help: "What to do, as the starting process wrote it.")
  var row: String

  func run() async throws {
    try await endingWithSentence {
      for line in try MatrixRow.lines(of: row) { print(line) }
    }
  }
}
