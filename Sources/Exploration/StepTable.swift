// A controlled execution in fixed columns: every act, and every departure from the default order where it was taken;
// or only what a reader needs to see how the harm came about.

/// The steps of one execution.
package struct StepTable {
  private let acts: [CanonicalAct]
  private let decisions: [Decision]
  private let names: [String]
  /// Where in the source decisions are taken.
  private let places: [UInt64: String]

  /// The steps of an execution; `names` are its members'.
  package init(acts: [CanonicalAct], decisions: [Decision], names: [String], places: [UInt64: String] = [:]) {
    self.acts = acts
    self.decisions = decisions
    self.names = names
    self.places = places
  }

  /// Every act, and every decision after which another thread runs, ending in a newline. Lines that begin with "*" are
  /// deviations.
  package var whole: String { table(acts, decisions.filter(Self.isTold)) }

  /// Whether a decision has a line of its own.
  package static func isTold(_ decision: Decision) -> Bool { decision.chosen != 0 || decision.isHandOver }

  /// The acts that lead to the first harm, and the deviations among them; nil when there is none.
  package var story: String? {
    guard let end = acts.firstIndex(where: Self.isHarm) else { return nil }
    let told = acts[...end].filter { Self.told.contains($0.event) || Self.isHarm($0) }
    return table(Array(told), decisions.filter { $0.chosen != 0 && UInt64($0.step) < acts[end].step })
  }

  /// What moves a story on: who allocated, lent, cancelled, signalled, called back, posted, dequeued and freed what.
  private static let told: Set<String> = [
    "alloc", "register", "signal", "cancel", "post", "unregister", "dequeue", "free", "callback", "write",
  ]

  private static func isHarm(_ act: CanonicalAct) -> Bool {
    switch act.event {
    case "write": act.result == "freed" || act.result == "reused"
    case "unexpected": true
    case "result": act.result == "wrong"
    default: false
    }
  }

  /// `acts` and `decisions` in their order.
  private func table(_ acts: [CanonicalAct], _ decisions: [Decision]) -> String {
    var lines = [Self.line("step", "thread", "act", "object", "inc", "result")]
    var next = decisions.startIndex
    for act in acts {
      while next < decisions.endIndex, UInt64(decisions[next].step) < act.step {
        lines.append(describe(decisions[next]))
        next += 1
      }
      lines.append(
        Self.line(
          "\(act.step)", name(act.member), act.event, act.object, act.incarnation == 0 ? "" : "\(act.incarnation)",
          act.result))
    }
    lines += decisions[next...].map { describe($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func name(_ member: UInt16) -> String {
    Int(member) < names.count ? names[Int(member)] : "member \(member)"
  }

  private func describe(_ decision: Decision) -> String {
    let taken = decision.alternatives[decision.chosen]
    let subject =
      switch taken.turn {
      case .run, .timeout, .wake: "\(name(taken.value)) \(taken.turn.verb)"
      case .value: "\(name(decision.member)) \(taken.turn.verb) \(taken.value)"
      case .ready: "source \(taken.value) \(taken.turn.verb)"
      }
    let word = decision.point == "park" ? "waits at" : "before"
    let place = places[decision.place].map { "  (\(word) \($0))" } ?? ""
    let line = Self.line("\(decision.step)", name(decision.member), "at \(decision.point)", "-> \(subject)\(place)")
    return decision.chosen == 0 ? line : "*\(line.dropFirst())"
  }

  private static func line(_ cells: String...) -> String {
    let widths = [5, 15, 12, 11, 4, 0]
    var line = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
      line += index == 0 ? padding + cell + "  " : cell + padding + " "
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

extension Decision {
  /// Whether another member goes on than the one that decided.
  fileprivate var isHandOver: Bool {
    let taken = alternatives[chosen]
    return taken.turn != .value && taken.turn != .ready && taken.value != member
  }
}
