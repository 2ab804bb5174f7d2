// The run-twice check. An execution under control depends on nothing but its schedule; what does not repeat is not
// under control - a thread that was made behind the controller's back, a clock that was read, an address that was
// hashed - and no result could be trusted.

/// Where two executions of one schedule part.
package enum Divergence {
  /// A sentence about the first step that differs; nil when none does.
  package static func sentence(_ one: [Decision], _ other: [Decision]) -> String? {
    for (left, right) in zip(one, other) where !isSame(left, right) {
      return "at step \(left.step) \(describe(left)), and the second time \(describe(right))"
    }
    guard one.count != other.count else { return nil }
    let (longer, isFirst) = one.count > other.count ? (one, true) : (other, false)
    let next = longer[min(one.count, other.count)]
    return isFirst
      ? "at step \(next.step) \(describe(next)), and the second time it was over"
      : "at step \(next.step) it was over, and the second time \(describe(next))"
  }

  private static func isSame(_ left: Decision, _ right: Decision) -> Bool {
    left.member == right.member && left.point == right.point && left.alternatives == right.alternatives
      && left.alternatives[left.chosen] == right.alternatives[right.chosen]
  }

  private static func describe(_ decision: Decision) -> String {
    let ways = decision.alternatives.count
    return "\(Controller.name(of: decision.member)) is at '\(decision.point)' with "
      + (ways == 1 ? "1 way to go on" : "\(ways) ways to go on")
  }
}
