// What one controlled execution amounts to, and the decisions that it took.
internal import CSchedule

/// The outcome of one execution under control, as far as control goes.
public struct ControlledRun: Sendable {
  /// How it ended.
  public enum End: Sendable, Hashable {
    /// All parts have ended, and nothing else can go on.
    case ended
    /// Nothing can go on, and nothing outside is waited for.
    case stuck
    /// It took more decisions than it was allowed to.
    case endless
    /// The running member blocks or loops outside of control.
    case stalled
  }

  /// How it ended.
  public let end: End
  /// Decisions, those without an alternative included.
  public let steps: UInt32
  /// How often another member got to run.
  public let switches: UInt32
  /// Prescribed deviations that fitted nowhere.
  public let stray: UInt32
  /// Equal for executions that differ only in the order of independent acts.
  public let equivalenceClass: UInt64
  /// The kinds of points that were passed, as bits.
  public let pointsReached: UInt64
  /// The deviations that were taken: followed again, they repeat it.
  public let schedule: Schedule
  /// All decisions, when they were asked for.
  public let decisions: [Decision]
  /// Whether there were more decisions than the log had room for.
  public let isLogCut: Bool
  /// What parts threw, a sentence each: "owner threw: ...".
  public let errors: [String]

  init(_ result: lw_execution_result, schedule: Schedule, decisions: [Decision], errors: [String] = []) {
    self.errors = errors
    end =
      switch result.end {
      case .LW_EXECUTION_ENDED: .ended
      case .LW_EXECUTION_STUCK: .stuck
      case .LW_EXECUTION_ENDLESS: .endless
      case .LW_EXECUTION_STALLED: .stalled
      }
    steps = result.steps
    switches = result.switches
    stray = result.stray
    equivalenceClass = result.class_
    pointsReached = result.points_reached
    isLogCut = result.log_full
    self.schedule = schedule
    self.decisions = decisions
  }

  /// Whether something was lent, as far as points tell: a request or a block was ended, and somebody wrote for a
  /// request or told of its end.
  package var lends: Bool {
    func reached(_ kind: lw_point_kind) -> Bool { pointsReached >> UInt64(kind.rawValue) & 1 != 0 }
    return (reached(.LW_POINT_CANCEL) || reached(.LW_POINT_FREE))
      && (reached(.LW_POINT_WRITE) || reached(.LW_POINT_POST))
  }

  /// Whether no member has passed a point but where it began, waited or ended: nothing was there to be ordered.
  static func isBlind(_ pointsReached: UInt64) -> Bool {
    let trivial = 1 << UInt64(lw_point_kind.LW_POINT_BEGIN.rawValue) | 1 << UInt64(lw_point_kind.LW_POINT_PARK.rawValue)
    return pointsReached & ~UInt64(trivial) == 0
  }
}

/// One decision of an execution. Equal where the same was decided among the same in the same state.
public struct Decision: Sendable, Hashable {
  /// Its number in the execution, from 0.
  public let step: UInt32
  /// Who decided.
  public let member: UInt16
  private let kind: UInt8
  /// Whether the act that was announced there changes what it touches.
  let isWrite: Bool
  /// What was chosen, as an index of `alternatives`.
  public let chosen: Int
  /// What could happen next; the default first.
  public let alternatives: [Deviation]
  /// Equal where everything that was done before differs only in the order of independent acts.
  public let state: UInt64
  /// Where the member stands, 0 when nobody knows: of a program an address in its file, else what `PlaceNames` reads.
  public let place: UInt64
  /// The address of what the announced act touches, which other executions of the schedule find elsewhere; 0 for none.
  let object: UInt64

  /// The point at which: "free", "write", "park", ...
  public var point: String { unsafe String(cString: lw_point_name(lw_point_kind(rawValue: UInt32(kind))!)) }

  static func all(in bytes: UnsafeRawBufferPointer) -> [Decision] {
    var decisions: [Decision] = []
    var offset = 0
    while offset < bytes.count {
      let entry = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: lw_decision.self)
      let first = offset + MemoryLayout<lw_decision>.size
      let alternatives = (0..<Int(entry.count)).compactMap { place in
        Deviation(
          unsafe bytes.loadUnaligned(
            fromByteOffset: first + place * MemoryLayout<lw_deviation>.size, as: lw_deviation.self))
      }
      decisions.append(
        Decision(
          step: entry.step, member: entry.member, kind: entry.kind,
          isWrite: entry.access == lw_access.LW_ACCESS_WRITE.rawValue, chosen: Int(entry.chosen),
          alternatives: alternatives, state: entry.state, place: entry.place, object: entry.object))
      offset += Int(entry.bytes)
    }
    return decisions
  }

  func isAt(_ point: lw_point_kind) -> Bool { UInt32(kind) == point.rawValue }

  /// By everything but addresses.
  public static func == (left: Decision, right: Decision) -> Bool {
    left.step == right.step && left.member == right.member && left.kind == right.kind && left.chosen == right.chosen
      && left.alternatives == right.alternatives && left.state == right.state && left.place == right.place
  }

  /// Of what is compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(step)
    hasher.combine(state)
  }
}
