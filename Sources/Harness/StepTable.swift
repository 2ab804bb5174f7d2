// A controlled execution in fixed columns: every act, and every departure from the default order where it was taken;
// or only what a reader needs to see how the harm came about.
internal import Exploration

extension ReplayedExecution {
  /// Every act and every deviation, ending in a newline. Lines that begin with "*" are deviations.
  public var stepTable: String { table(acts) }

  /// The acts that lead to the first harm, and the deviations among them; nil when there is none.
  public var story: String? {
    guard let end = acts.firstIndex(where: Self.isHarm) else { return nil }
    let told = acts[...end].filter { Self.told.contains($0.event) || Self.isHarm($0) }
    return table(Array(told), until: acts[end].step)
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

  private func table(_ acts: [CanonicalAct], until end: UInt64 = .max) -> String {
    var lines = [Self.line("step", "thread", "act", "object", "inc", "result")]
    let deviations = decisions.filter { $0.chosen != 0 && UInt64($0.step) < end }
    var next = deviations.startIndex
    for act in acts {
      while next < deviations.endIndex, UInt64(deviations[next].step) < act.step {
        lines.append(describe(deviations[next]))
        next += 1
      }
      lines.append(
        Self.line(
          "\(act.step)", name(act.member), act.event, act.object, act.incarnation == 0 ? "" : "\(act.incarnation)",
          act.result))
    }
    lines += deviations[next...].map { describe($0) }
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
    return
      "*\(Self.line("\(decision.step)", name(decision.member), "at \(decision.point)", "-> \(subject)").dropFirst())"
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
