// `latewrite report`: lists, shows and explains findings, of runs of this command and of any program that links the
// library and left a raw record. Everything it prints is made by CrashReports.
internal import ArgumentParser
internal import CrashReports

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "List, show and explain findings.",
    subcommands: [List.self, Show.self, Explain.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the findings of a directory that runs wrote to, or of a raw record.")

    @Argument(help: "A directory of findings, or a raw record (latewrite.<pid>.raw).")
    var place = ReportReader.defaultDirectory

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func run() async throws {
      let findings = try await ReportCommand.orUsageError { () throws(CrashReportError) in
        try await ReportReader.list(place)
      }
      switch format {
      case .text: print(FindingsTable.text(findings), terminator: "")
      case .json: print(String(decoding: try FindingsTable.json(findings), as: UTF8.self), terminator: "")
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a finding: its stacks, bytes and history, and how to see it again.",
      discussion: "As JSON, several findings follow each other, an object each.")

    @Argument(help: "The first digits of a signature, the folder of a finding, a report.json, or a raw record.")
    var target: String

    @Option(name: .customLong("out"), help: "The directory in which a signature is looked up.")
    var directory = ReportReader.defaultDirectory

    @Flag(help: "Show every frame, also those of the system and of Latewrite itself.")
    var full = false

    @Option(help: "text or json.")
    var format = ReportFormat.text

    func run() async throws {
      let items = try await ReportCommand.orUsageError { () throws(CrashReportError) in
        try await ReportReader.show(target, in: directory)
      }
      let style = TextStyle(isFull: full, isColored: TextStyle.standardOutputTakesColor)
      let reports = try items.map { item in
        switch format {
        case .text: item.report.text(style, path: item.path)
        case .json: String(decoding: try item.report.json(), as: UTF8.self)
        }
      }
      print(reports.isEmpty ? "no findings\n" : reports.joined(separator: "\n"), terminator: "")
    }
  }

  struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Explain a rule and what to do about it.")

    @Argument(help: "LW001 ... LW018; all of them when left out.")
    var rule: String?

    func run() async throws {
      guard let rule else {
        print(RuleText.all.map { "\($0.id)  \($0.name)\n  \($0.breach)" }.joined(separator: "\n"))
        return
      }
      let found = try await ReportCommand.orUsageError { () throws(CrashReportError) in try RuleText.find(rule) }
      print(found.page, terminator: "")
    }
  }

  /// Wrong input is one sentence on standard error and exit code 64.
  private static func orUsageError<Result>(
    _ work: () async throws(CrashReportError) -> Result
  ) async throws -> Result {
    do {
      return try await work()
    } catch {
      complain("\(error)")
      throw ExitStatus.usage
    }
  }
}
