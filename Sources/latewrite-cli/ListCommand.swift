// What there is to choose from, for people and for completion of commands in scripts: a name and a sentence a line.
internal import ArgumentParser
internal import CrashReports
internal import Harness
internal import Proactor

struct ListCommand: ParsableCommand {
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case scenarios, revisions, rules
  }

  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the scenarios, the revisions and the rules.")

  @Argument(help: "What to list: scenarios, revisions or rules; everything by default.")
  var subject: Subject?

  func run() {
    for subject in subject.map({ [$0] }) ?? Subject.allCases {
      if self.subject == nil { print("\(subject.rawValue):") }
      let rows = Self.rows(of: subject)
      let width = rows.map(\.name.count).max() ?? 0
      for row in rows {
        print("\(row.name)\(String(repeating: " ", count: width - row.name.count))  \(row.sentence)")
      }
    }
  }

  private static func rows(of subject: Subject) -> [(name: String, sentence: String)] {
    switch subject {
    case .scenarios: Scenario.all.map { ($0.name, $0.summary) }
    case .revisions: ProactorRevision.all.map { ($0.name, $0.sentence) }
    case .rules: RuleText.all.map { ("\($0.id) \($0.name)", $0.breach) }
    }
  }
}
