// One deviation in the place of two: what deleting cannot reach. Two that lead a long way round can mostly be left out
// where another one, near the first of them, leads there directly.

/// What is tried in the place of two deviations of a schedule.
struct Swap: Sendable {
  /// How many decisions from the first one on may be the other's.
  private static let decisionsMax = 48

  /// The places of the two, the first one first.
  let places: (first: Int, second: Int)
  private let removed: [Deviation]
  private let left: [Deviation]
  /// What may stand in their place; nil as long as nobody knows what happens without them.
  private var additions: [Deviation]?
  private var next = 0

  /// The swaps of the two at `first` and `second`.
  init(_ schedule: Schedule, _ first: Int, _ second: Int) {
    places = (first, second)
    removed = [schedule.deviations[first], schedule.deviations[second]]
    var left = schedule.deviations
    left.remove(at: second)
    left.remove(at: first)
    self.left = left
  }

  /// The two of a schedule that are tried first: those that stand beside each other before those that are apart.
  static func first(of schedule: Schedule) -> Swap { Swap(schedule, 0, 1) }

  /// The swaps of the next two of `schedule`, nil when there are no more.
  func following(in schedule: Schedule) -> Swap? {
    let distance = places.second - places.first
    if places.second + 1 < schedule.count { return Swap(schedule, places.first + 1, places.second + 1) }
    return distance + 1 < schedule.count ? Swap(schedule, 0, distance + 1) : nil
  }

  /// What to run next, and whether its decisions are asked for; nil when all has been run.
  func candidate() -> Shrinking.Candidate? {
    guard let additions else { return Shrinking.Candidate(schedule: Schedule(left), isLogged: true) }
    guard next < additions.count else { return nil }
    return Shrinking.Candidate(schedule: Schedule(inserting(additions[next])), isLogged: false)
  }

  /// What the candidate's execution decided, which did not show what is wanted.
  mutating func observe(_ decisions: [Decision]) {
    guard additions == nil else {
      next += 1
      return
    }
    let begin =
      decisions.firstIndex {
        $0.alternatives[0].member == removed[0].member && $0.alternatives[0].ordinal == removed[0].ordinal
      } ?? 0
    additions = decisions[begin...].prefix(Self.decisionsMax).flatMap { decision in
      decision.alternatives.enumerated().filter { place, alternative in
        place != decision.chosen && !removed.contains(alternative)
      }.map(\.element)
    }
  }

  /// A member's deviations stand in the order of its decisions.
  private func inserting(_ addition: Deviation) -> [Deviation] {
    let later = left.firstIndex { $0.member == addition.member && $0.ordinal > addition.ordinal }
    var all = left
    all.insert(addition, at: later ?? left.count)
    return all
  }
}
