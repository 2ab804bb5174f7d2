// The facts behind a table, as counts. They stand beside the outcomes so that nothing hides behind precedence: an
// operation has one outcome and any number of facts.

/// How often each fact was observed. A flat row of 64-bit numbers, because it lives in the mapping that a worker shares
/// with the command.
public struct FactTally: Equatable, Sendable {
  /// Operations that the scenario started.
  public var operations: UInt64 = 0
  /// Blocks freed while a loan on them was open.
  public var freedWhileLent: UInt64 = 0
  /// Borrowers' writes into the live block that was lent.
  public var writesLive: UInt64 = 0
  /// Borrowers' writes into the freed block.
  public var writesFreed: UInt64 = 0
  /// Borrowers' writes into another incarnation of the block.
  public var writesReused: UInt64 = 0
  /// Late writes that the arena refused.
  public var writesRefused: UInt64 = 0
  /// Packets that completed the operation they were posted for.
  public var packetsOwn: UInt64 = 0
  /// Packets that belonged to no registered operation.
  public var packetsUnexpected: UInt64 = 0
  /// Packets that completed another operation than theirs.
  public var packetsCompletedAnother: UInt64 = 0
  /// Packets that were put aside because their operation was still pending.
  public var packetsFalseAlarm: UInt64 = 0
  /// Packets that were in the port when the execution ended.
  public var packetsStillQueued: UInt64 = 0
  /// Operations whose result was the truth.
  public var resultsRight: UInt64 = 0
  /// Operations whose result was not.
  public var resultsWrong: UInt64 = 0

  /// Nothing seen yet.
  public init() {}

  /// Every field, in a fixed order; what the shared mapping holds.
  static let fields: [any WritableKeyPath<FactTally, UInt64> & Sendable] = [
    \.operations, \.freedWhileLent, \.writesLive, \.writesFreed, \.writesReused, \.writesRefused, \.packetsOwn,
    \.packetsUnexpected, \.packetsCompletedAnother, \.packetsFalseAlarm, \.packetsStillQueued, \.resultsRight,
    \.resultsWrong,
  ]

  /// Adds what another worker or execution saw.
  public static func += (sum: inout FactTally, other: FactTally) {
    for field in fields { sum[keyPath: field] += other[keyPath: field] }
  }
}
