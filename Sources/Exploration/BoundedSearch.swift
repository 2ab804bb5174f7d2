// All schedules with at most k deviations, by depth first over prefixes: an execution shows, at each of its decisions
// behind its own last deviation, what else could have happened; each of these is one more deviation. Iterative in k:
// the pass for k runs every schedule with exactly k deviations, and again those with fewer that lead to them.
//
// Reduction. What is done before a decision, whatever the order of independent acts in it, leads to one state; from a
// state the default rule and the same further deviations lead to the same execution up to the order of independent
// acts. So a state from which as many further deviations were tried before is not tried again. That is sound for the
// bound, because the number of deviations that are left is part of what is remembered, and it needs no more than each
// act's footprint (Musuvathi and Qadeer 2007: happens-before caching; Coons, Musuvathi and McKinley 2013 on why a bound
// and a reduction may not be combined without care).
//
// What is remembered is bounded; when the memory is full, later states are simply tried.

/// A search through all schedules of at most `bound` deviations.
public struct BoundedSearch: Sendable {
  /// Where a search stands, for going on later.
  public struct Position: Sendable, Hashable, Codable {
    /// The pass: schedules with this many deviations.
    public var pass: Int
    /// On each level the place of the alternative that is being tried, among those of its execution.
    public var path: [Int]

    /// A position as it was noted.
    public init(pass: Int, path: [Int]) {
      self.pass = pass
      self.path = path
    }

    /// Behind the schedule that stands here: where a search goes on that has run it, or shall not run it again.
    public var next: Position {
      guard let last = path.last else { return Position(pass: pass + 1, path: []) }
      return Position(pass: pass, path: path.dropLast() + [last + 1])
    }
  }

  private struct Level {
    /// In the order of the execution; nil where the same was tried before.
    var candidates: [Deviation?]
    var next = 0
  }

  private static let memoryMax = 1 << 22

  /// The largest number of deviations.
  public let bound: Int
  /// Whether states are remembered.
  public let reduces: Bool
  private let share: (index: Int, count: Int)
  private var pass = 0
  private var levels: [Level] = []
  private var isDone = false
  /// Whether this pass has shown that there are schedules with so many deviations; a pass that is gone on with may have
  /// shown it before.
  private var hasLongest = false
  private var pendingPath: [Int] = []
  private var remembered: Set<UInt64> = []
  /// The schedule that was handed out last.
  private var current: Schedule?

  /// A search; of several that share the work, number `share.index` of `share.count`.
  public init(
    bound: Int, reduces: Bool = true, share: (index: Int, count: Int) = (0, 1), from position: Position? = nil
  ) {
    self.bound = bound
    self.reduces = reduces
    self.share = share
    pass = position?.pass ?? 0
    pendingPath = position?.path ?? []
    hasLongest = !pendingPath.isEmpty
  }

  /// Where the schedule stands that was handed out last, or to which it leads: a search that goes on from here runs it
  /// again.
  public var position: Position { Position(pass: pass, path: levels.map { max(0, $0.next - 1) } + pendingPath) }

  /// What to run next, and whether it is new (true) or only leads to new ones; nil when all has been run. After each
  /// one `observe` must be told what it showed.
  public mutating func next() -> (schedule: Schedule, isNew: Bool)? {
    while !isDone {
      guard !levels.isEmpty else {
        current = Schedule()
        let isMine = pass > 0 || share.index == 0
        if isMine { return (Schedule(), pass == 0) }
        finishPass()
        continue
      }
      let depth = levels.count
      guard levels[depth - 1].next < levels[depth - 1].candidates.count else {
        levels.removeLast()
        if levels.isEmpty { finishPass() }
        continue
      }
      let place = levels[depth - 1].next
      levels[depth - 1].next += 1
      if depth == 1 && place % share.count != share.index { continue }
      guard levels[depth - 1].candidates[place] != nil else { continue }
      let schedule = Schedule(levels.compactMap { $0.candidates[$0.next - 1] })
      current = schedule
      if depth == pass { hasLongest = true }
      return (schedule, depth == pass)
    }
    return nil
  }

  /// What the execution of the last schedule decided.
  public mutating func observe(_ decisions: [Decision]) {
    guard let current else { return }
    self.current = nil
    guard current.count < pass else {
      if current.count == 0 { finishPass() }
      return
    }
    var level = Level(candidates: candidates(behind: current, in: decisions))
    if !pendingPath.isEmpty { level.next = pendingPath.removeFirst() }
    levels.append(level)
  }

  /// All alternatives behind the last deviation of `schedule`, but where the same was tried before.
  private mutating func candidates(behind schedule: Schedule, in decisions: [Decision]) -> [Deviation?] {
    let first =
      schedule.deviations.last.flatMap { last in
        decisions.firstIndex { $0.alternatives[$0.chosen] == last }.map { $0 + 1 }
      } ?? 0
    let left = UInt64(pass - schedule.count)
    var found: [Deviation?] = []
    for decision in decisions[first...] where decision.alternatives.count > 1 {
      let isNew = !reduces || remember(decision, left: left)
      for (place, alternative) in decision.alternatives.enumerated() where place != decision.chosen {
        found.append(isNew ? alternative : nil)
      }
    }
    return found
  }

  /// Whether nothing was tried from this state yet with so many deviations left.
  private mutating func remember(_ decision: Decision, left: UInt64) -> Bool {
    let key = (decision.state ^ UInt64(decision.member) << 56) &* 0x9E37_79B9_7F4A_7C15 &+ left
    if remembered.contains(key) { return false }
    if remembered.count < Self.memoryMax { remembered.insert(key) }
    return true
  }

  /// Where nothing has as many deviations as the pass, nothing has more. (That nothing deviates at all is for one of
  /// those who share the work to find out.)
  private mutating func finishPass() {
    if pass >= bound || (pass > 0 && !hasLongest) { isDone = true }
    pass += 1
    hasLongest = false
    levels = []
    remembered.removeAll(keepingCapacity: true)
  }
}
