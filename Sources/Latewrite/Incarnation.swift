// Who a block is, when addresses tell nothing: a slot is used again and again, an incarnation never.

/// A slot of an arena together with how many times it has been allocated; an identity that survives address reuse.
public struct Incarnation: Sendable, Hashable, CustomStringConvertible {
  /// Slot in the upper 24 bits, generation in the lower 40; 0 is no incarnation.
  public let bits: UInt64

  /// Takes the number apart that events and packets carry; nil for 0, which is no incarnation.
  public init?(bits: UInt64) {
    guard bits != 0 else { return nil }
    self.bits = bits
  }

  /// The slot's index in its arena.
  public var slot: UInt64 { bits >> 40 }
  /// How many times the slot has been allocated, this time included.
  public var generation: UInt64 { bits & ((1 << 40) - 1) }
  /// "slot 9, generation 3".
  public var description: String { "slot \(slot), generation \(generation)" }
}
