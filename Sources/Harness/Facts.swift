// What was observed about one operation, and nothing else: no counts, no revision, no guess. The outcome is a function
// of these four facts.

/// Where the borrower's write went.
public enum WriteLanding: Int, CaseIterable, Sendable {
  /// It never wrote, or its late write was refused.
  case none
  /// Into the live block that was lent.
  case live
  /// Into the block after it was freed.
  case freed
  /// Through the old incarnation into a new one at the same address.
  case reused
}

/// What the packets posted for an operation did at the port; with several packets, the worst.
public enum PacketFate: Int, CaseIterable, Sendable {
  /// No packet was posted, or it left with its port.
  case none
  /// It completed the operation it was posted for.
  case own
  /// It was still in the port when the execution ended.
  case stillQueued
  /// It was dequeued for an operation that was still pending.
  case falseAlarm
  /// It belonged to no registered operation.
  case unexpected
  /// It completed an operation that has a later incarnation of the address.
  case completedAnother
}

/// What the subject was told about an operation.
public enum OperationResult: Int, CaseIterable, Sendable {
  /// Nothing: it was cancelled, or never came back.
  case none
  /// The truth.
  case right
  /// Something that was not so.
  case wrong
}

/// The four facts that decide an operation's outcome, and whether it came to an end at all.
public struct OperationFacts: Hashable, Sendable {
  /// Whether its block was freed while a loan on it was open.
  public var freedWhileLent = false
  /// Where its borrower's write went; the worst of several.
  public var landing = WriteLanding.none
  /// What its packets did.
  public var packet = PacketFate.none
  /// What the subject was told.
  public var result = OperationResult.none
  /// Whether a loan was never settled, or the block never freed.
  public var leaked = false

  /// Facts of an operation of which nothing has been observed yet.
  public init() {}

  /// Facts as given.
  public init(
    freedWhileLent: Bool, landing: WriteLanding, packet: PacketFate, result: OperationResult, leaked: Bool = false
  ) {
    self.freedWhileLent = freedWhileLent
    self.landing = landing
    self.packet = packet
    self.result = result
    self.leaked = leaked
  }
}

/// The worse of two observations; the enumerations above are ordered from harmless to harmful.
func worse<Observation: RawRepresentable<Int>>(_ one: Observation, _ other: Observation) -> Observation {
  one.rawValue >= other.rawValue ? one : other
}
