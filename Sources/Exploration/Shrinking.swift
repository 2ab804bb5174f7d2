// Makes a schedule shorter while it shows the same. First deviations are deleted, large pieces first, until no two of
// them can go; what remains may still be a long way round, so then one is put in the place of two; and at last all
// schedules with fewer deviations are tried, the fewest first, each as far as a bounded number of executions reaches.
// Deterministic: no chance, no time.
//
// Whoever runs executions asks for the next candidate and tells what it showed.

/// The shrinking of one schedule.
public struct Shrinking {
  /// Executions that the search may take.
  public static let searchMax = 4_000
  /// Executions that putting one in the place of two may take.
  static let swapsMax = 2_000
  /// Schedules of more deviations are not searched: there are too many.
  public static let boundMax = 3
  /// Of more deviations not all pairs are tried.
  private static let pairsMax = 16

  /// A schedule to run.
  public struct Candidate: Sendable {
    /// The deviations to follow.
    public var schedule: Schedule
    /// Whether the decisions of its execution are asked for.
    public var isLogged: Bool
  }

  /// The execution of a candidate.
  public struct Trial: Sendable {
    /// Whether it shows the same.
    public var shows: Bool
    /// The deviations that it took.
    public var schedule: Schedule
    /// Its decisions, when they were asked for.
    public var decisions: [Decision]
    /// Whether no other can be run.
    public var isLast: Bool

    /// A trial.
    public init(shows: Bool, schedule: Schedule, decisions: [Decision], isLast: Bool = false) {
      self.shows = shows
      self.schedule = schedule
      self.decisions = decisions
      self.isLast = isLast
    }
  }

  /// What is tried now.
  private enum Stage {
    /// No deviation at all.
    case none
    /// Only the one at this place.
    case one(Int)
    /// All but `size` of them from `start` on; whether this round has deleted any.
    case pieces(size: Int, start: Int, hasDeleted: Bool)
    /// All but two.
    case pair(Int, Int)
    /// One in the place of two.
    case swap(Swap)
    /// Any others; whether the one that was handed out is new.
    case search(BoundedSearch, isNew: Bool)
    case done
  }

  /// The shortest schedule that was found.
  public private(set) var schedule: Schedule
  /// Executions that it took.
  public private(set) var executions = 0
  private var stage = Stage.none
  private var searched = 0
  private var swapped = 0
  private let isSearching: Bool
  private let isSwapping: Bool

  /// The shrinking of `schedule`, without the search when it is not `searching`, and without deviations that it does
  /// not have when it is not `swapping`.
  public init(_ schedule: Schedule, searching: Bool = true, swapping: Bool = true) {
    self.schedule = schedule
    isSearching = searching
    isSwapping = swapping
  }

  /// What to run next, nil at the end. After each one `observe` must be told what it showed.
  public mutating func next() -> Candidate? {
    var left = schedule.deviations
    switch stage {
    case .none: left = []
    case .one(let place): left = [left[place]]
    case .pieces(let size, let start, _): left.removeSubrange(start..<min(start + size, left.count))
    case .pair(let first, let second):
      left.remove(at: second)
      left.remove(at: first)
    case .swap(let swap):
      guard swapped < Self.swapsMax, let candidate = swap.candidate() else {
        stage = behindSwap(swap)
        return next()
      }
      swapped += 1
      executions += 1
      return candidate
    case .search(var search, _):
      guard searched < Self.searchMax, let next = search.next() else { return nil }
      searched += 1
      executions += 1
      stage = .search(search, isNew: next.isNew)
      return Candidate(schedule: next.schedule, isLogged: true)
    case .done: return nil
    }
    executions += 1
    return Candidate(schedule: Schedule(left), isLogged: false)
  }

  /// What the execution of the last candidate showed; nil when there was none and there is an end to it.
  public mutating func observe(_ trial: Trial?) {
    guard let trial else {
      stage = .done
      return
    }
    let isShorter = trial.shows && trial.schedule.count < schedule.count
    switch stage {
    case .none, .one:
      if isShorter { schedule = trial.schedule }
      stage = isShorter ? .done : behindOne()
    case .pieces(let size, let start, let hasDeleted):
      if isShorter { schedule = trial.schedule }
      stage = behindPiece(size: size, start: isShorter ? start : start + size, hasDeleted: hasDeleted || isShorter)
    case .pair(let first, let second):
      if isShorter { schedule = trial.schedule }
      stage = isShorter ? behindPiece(size: 1, start: 0, hasDeleted: true) : behindPair(first, second)
    case .swap(var swap):
      if isShorter { schedule = trial.schedule }
      swap.observe(trial.decisions)
      stage = isShorter ? behindPiece(size: 1, start: 0, hasDeleted: true) : .swap(swap)
    case .search(var search, let isNew):
      if isNew && isShorter {
        schedule = trial.schedule
        stage = .done
      } else {
        search.observe(trial.decisions)
        stage = .search(search, isNew: false)
      }
    case .done: break
    }
    if trial.isLast { stage = .done }
  }

  private func behindOne() -> Stage {
    var place = 0
    if case .one(let tried) = stage { place = tried + 1 }
    guard schedule.count > 1 else { return .done }
    return place < schedule.count ? .one(place) : .pieces(size: schedule.count / 2, start: 0, hasDeleted: false)
  }

  private func behindPiece(size: Int, start: Int, hasDeleted: Bool) -> Stage {
    guard schedule.count > 1 else { return .done }
    if start < schedule.count { return .pieces(size: size, start: start, hasDeleted: hasDeleted) }
    if size > 1 { return .pieces(size: size / 2, start: 0, hasDeleted: false) }
    if hasDeleted { return .pieces(size: 1, start: 0, hasDeleted: false) }
    return (3...Self.pairsMax).contains(schedule.count) ? .pair(0, 1) : swapping()
  }

  private func behindPair(_ first: Int, _ second: Int) -> Stage {
    if second + 1 < schedule.count { return .pair(first, second + 1) }
    return first + 2 < schedule.count ? .pair(first + 1, first + 2) : swapping()
  }

  /// Where there are so few that the search finds any with fewer, it need not be tried.
  private func swapping() -> Stage {
    isSwapping && schedule.count > Self.boundMax ? .swap(.first(of: schedule)) : searching()
  }

  private func behindSwap(_ swap: Swap) -> Stage {
    guard swapped < Self.swapsMax, let following = swap.following(in: schedule) else { return searching() }
    return .swap(following)
  }

  private func searching() -> Stage {
    guard isSearching else { return .done }
    return .search(BoundedSearch(bound: min(schedule.count - 1, Self.boundMax)), isNew: false)
  }
}

extension Shrinking {
  /// Shrinks `schedule` by what `perform` runs; nil from it is the end.
  public static func shrink(
    _ schedule: Schedule, searching: Bool = true, swapping: Bool = true, perform: (Candidate) throws -> Trial?
  ) rethrows -> Shrinking {
    var shrinking = Shrinking(schedule, searching: searching, swapping: swapping)
    while let candidate = shrinking.next() { shrinking.observe(try perform(candidate)) }
    return shrinking
  }
}
