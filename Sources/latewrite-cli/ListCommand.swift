// What there is to choose from, for people and for completion of commands in scripts: a name and a sentence a line.
internal import ArgumentParser
internal import CrashReports
internal import Harness
internal import Proactor

struct ListCommand: ParsableCommand {
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case scenarios, situations, revisions, behaviours, rules
  }

  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists scenarios, situations, revisions, behaviours and rules.")

  @Argument(help: "What to list: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")); everything by default.")
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

  /// Date, commit, issue and sentence, then what it does that the one before did not, and what it does no longer.
  private static func description(of revision: ProactorRevision) -> String {
    let (added, removed) = revision.changes
    let origin = [revision.date, revision.commit, revision.issue].compactMap { $0 }.joined(separator: " ")
    let changes = added.names.map { "+\($0)" } + removed.names.map { "-\($0)" }
    return ([origin, revision.sentence] + (changes.isEmpty ? [] : ["[\(changes.joined(separator: " "))]"]))
      .joined(separator: "  ")
  }

  private static func rows(of subject: Subject) -> [(name: String, sentence: String)] {
    switch subject {
    case .scenarios: Scenario.all.map { ($0.name, $0.summary) }
    case .situations: Situation.all.map { ("\($0.letter)  \($0.name)", $0.summary) }
    case .revisions: ProactorRevision.all.map { ($0.name, description(of: $0)) }
    case .behaviours: ProactorBehaviours.named.map { ($0.name, $0.sentence) }
    case .rules: RuleText.all.map { ("\($0.id) \($0.name)", $0.breach) }
    }
  }
}
