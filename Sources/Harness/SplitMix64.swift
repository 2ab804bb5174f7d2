// Where every decision of an execution comes from. A seed must repeat its decisions on every machine and in every
// later version, so the generator is written out here and not taken from the system.

/// Sebastiano Vigna's SplitMix64: one 64-bit state, 2^64 period, passes BigCrush; the sequence for a seed is fixed for
/// good (`SplitMix64(seed: 1234567)` starts 6457827717110365317, 3203168211198807973, as in Vigna's reference code).
public struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
  private var state: UInt64

  /// A generator whose whole future follows from `seed`.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The first number of the generator whose seed this is: one seed made of another.
  static func mixed(_ seed: UInt64) -> UInt64 {
    var generator = SplitMix64(seed: seed)
    return generator.next()
  }

  /// The seed of number `number` among those that follow from `seed`: neighbours have none in common.
  static func mixed(_ seed: UInt64, number: UInt64) -> UInt64 { mixed(mixed(seed) &+ number) }

  /// A number from 0 up to, not including, `count` (at least 1). The high bits of a product, so that the result needs
  /// no rejection and always consumes exactly one number of the sequence.
  public mutating func below(_ count: Int) -> Int {
    guard count > 0 else { fatalError("SplitMix64.below needs at least one possibility") }
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// True once in `count` calls on average.
  public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// Puts `elements` into an order that follows from the seed (Fisher and Yates, from the end).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, below(last + 1))
    }
  }
}
