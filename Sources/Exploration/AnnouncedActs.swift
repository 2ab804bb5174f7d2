// The acts of a scenario of one's own, as its threads announced them at points: on memory that they share, on locks. No
// event tells of these, so the decisions at the points do; an act is done when its thread goes on behind its decision.
internal import CSchedule

enum AnnouncedActs {
  /// The acts that `decisions` tell of, in the order in which they were done; `places` are those of the decisions. What
  /// only one thread touches, and the repetitions of an act that follow it at once, are left out.
  static func acts(of decisions: [Decision], at places: [UInt64: String]) -> [CanonicalAct] {
    var numbers: [Key: Int] = [:]
    var users: [Key: Set<UInt16>] = [:]
    for decision in decisions {
      guard let key = Key(decision) else { continue }
      numbers[key] = numbers[key] ?? numbers.count(where: { $0.key.isLock == key.isLock }) + 1
      users[key, default: []].insert(decision.member)
    }
    var pending: [UInt16: Decision] = [:]
    var last: (act: CanonicalAct, times: Int)?
    var acts: [CanonicalAct] = []
    for decision in decisions {
      pending[decision.member] = decision
      let taken = decision.alternatives[decision.chosen]
      let runner = taken.turn == .value || taken.turn == .ready ? decision.member : taken.value
      guard let done = pending.removeValue(forKey: runner), let key = Key(done), users[key, default: []].count > 1
      else { continue }
      let act = CanonicalAct(
        step: UInt64(decision.step) + 1, member: runner, event: key.isLock ? "lock" : done.isWrite ? "write" : "read",
        object: "\(key.isLock ? "lock" : "object") \(numbers[key, default: 0])", incarnation: 0,
        result: places[done.place] ?? "")
      if let before = last, before.act.isSame(as: act) {
        last = (before.act, before.times + 1)
        acts[acts.count - 1] = before.act.repeated(before.times + 1)
      } else {
        last = (act, 1)
        acts.append(act)
      }
    }
    return acts
  }

  /// What an act touches.
  private struct Key: Hashable {
    let isLock: Bool
    let address: UInt64

    init?(_ decision: Decision) {
      guard decision.object != 0, decision.isAt(.LW_POINT_USER) || decision.isAt(.LW_POINT_LOCK) else { return nil }
      isLock = decision.isAt(.LW_POINT_LOCK)
      address = decision.object
    }
  }
}

extension CanonicalAct {
  fileprivate func isSame(as other: CanonicalAct) -> Bool {
    member == other.member && event == other.event && object == other.object && result == other.result
  }

  fileprivate func repeated(_ times: Int) -> CanonicalAct {
    CanonicalAct(
      step: step, member: member, event: event, object: object, incarnation: incarnation,
      result: "\(result), \(times) times")
  }
}
