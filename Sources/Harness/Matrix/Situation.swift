// A situation of the proactor's history: a few acts on one proactor in one prescribed order, and what each revision is
// declared to make of them.
internal import Latewrite
internal import Proactor

/// One row of the matrix.
public struct Situation: Sendable {
  /// What a revision makes of a situation, and all that follow it until the next declaration.
  struct Declared: Sendable {
    let since: String
    let words: [CellWord]
    let rules: Set<Rule>
    /// What else is found broken where its acts come in other orders than the prescribed one.
    let elsewhere: Set<Rule>

    /// From this revision on: what is said in the table, the rules that are found broken, and those of other orders.
    static func since(
      _ revision: String, _ words: CellWord..., breaks rules: Set<Rule> = [], elsewhere: Set<Rule> = []
    ) -> Declared {
      Declared(since: revision, words: words.sorted(), rules: rules, elsewhere: elsewhere)
    }
  }

  /// Its letter in the table.
  public let letter: String
  /// As the command names it.
  public let name: String
  /// What happens in it, one sentence.
  public let summary: String
  /// Whether the wait pool breaks its promise in it.
  let fault: Fault
  /// What the table tells of it; nil for everything. (Findings and calls tell the rest.)
  let asks: Set<CellWord>?
  /// In the order of the history; the first is that of the first revision.
  let declared: [Declared]
  /// The acts, on the loop's thread.
  let act: @Sendable (SituationStage) throws -> Void

  /// A promise of the layer below that is broken on purpose.
  enum Fault: Sendable {
    case none
    /// UnregisterWait answers TRUE although a callback is pending.
    case answersTooEarly
  }

  init(
    _ letter: String, _ name: String, _ summary: String, fault: Fault = .none, asks: Set<CellWord>? = nil,
    declared: [Declared],
    act: @escaping @Sendable (SituationStage) throws -> Void
  ) {
    self.letter = letter
    self.name = name
    self.summary = summary
    self.fault = fault
    self.asks = asks
    self.declared = declared
    self.act = act
  }

  /// What `revision` is declared to make of it.
  func declaration(of revision: ProactorRevision) -> Declared {
    let names = ProactorRevision.all.map(\.name)
    let place = names.firstIndex(of: revision.name) ?? 0
    return declared.last { (names.firstIndex(of: $0.since) ?? .max) <= place } ?? .since(revision.name)
  }

  /// The situation of that name or letter; nil when there is none.
  public static func named(_ name: String) -> Situation? { all.first { $0.name == name || $0.letter == name } }
}
