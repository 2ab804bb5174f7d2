// The one concept under searching, replaying and shrinking: a departure from the default rule of a controlled
// execution. A schedule is its list of deviations.
internal import CSchedule

/// One departure from the default rule: who decided, at which of its decisions, and what happened instead.
public struct Deviation: Sendable, Hashable {
  /// What happened instead.
  public enum Turn: UInt16, Sendable, CaseIterable {
    /// Another member ran.
    case run
    /// The deadline of a parked member passed before its time.
    case timeout
    /// A parked member returned although nobody let it go.
    case wake
    /// A choice took another value.
    case value
    /// An outside source was noticed to be ready.
    case ready

    /// The word that steps print: "runs", "times out", ...
    public var verb: String { unsafe String(cString: lw_turn_name(lw_turn(rawValue: UInt32(rawValue))!)) }
  }

  /// The member that decided, from 0.
  public var member: UInt16
  /// Its how-manieth decision of the execution, from 0.
  public var ordinal: UInt16
  /// What happened instead.
  public var turn: Turn
  /// The member that the turn is about, the value, or the place of the source.
  public var value: UInt16

  /// A deviation as given.
  public init(member: UInt16, ordinal: UInt16, turn: Turn, value: UInt16) {
    self.member = member
    self.ordinal = ordinal
    self.turn = turn
    self.value = value
  }

  init?(_ deviation: lw_deviation) {
    guard let turn = Turn(rawValue: deviation.turn) else { return nil }
    self.init(member: deviation.member, ordinal: deviation.ordinal, turn: turn, value: deviation.value)
  }

  var c: lw_deviation { lw_deviation(member: member, ordinal: ordinal, turn: turn.rawValue, value: value) }
}

/// A schedule: deviations in the order of the execution that they belong to.
public struct Schedule: Sendable, Hashable {
  /// In the order of the execution.
  public var deviations: [Deviation]

  /// The schedule without deviations, by default.
  public init(_ deviations: [Deviation] = []) { self.deviations = deviations }

  /// How many deviations there are.
  public var count: Int { deviations.count }
}
