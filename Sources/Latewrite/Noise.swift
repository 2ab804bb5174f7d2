// Seeded random delays at scheduling points. Without them a late write hardly ever shows its harm on an idle machine;
// with them it shows within a fraction of a second.
internal import CArena

/// How a stress run disturbs its threads.
public struct Noise: Sendable, Hashable {
  /// Of the execution; the same seed makes the same decisions on a thread of the same name.
  public var seed: UInt64
  /// A delay at one point in this many; 0 turns delays off.
  public var oneIn: UInt32
  /// An ordinary delay spins for 0 ... this.
  public var spinNanosecondsMax: UInt32
  /// One delay in this many is a long one; 0 for none.
  public var longOneIn: UInt32
  /// A long delay parks the thread for 0 ... this.
  public var longNanosecondsMax: UInt32

  /// The delays that were measured to bring out every kind of harm: up to 30 us at one point in 64, and rare long ones.
  public init(
    seed: UInt64, oneIn: UInt32 = 64, spinNanosecondsMax: UInt32 = 30_000, longOneIn: UInt32 = 64,
    longNanosecondsMax: UInt32 = 1_000_000
  ) {
    self.seed = seed
    self.oneIn = oneIn
    self.spinNanosecondsMax = spinNanosecondsMax
    self.longOneIn = longOneIn
    self.longNanosecondsMax = longNanosecondsMax
  }

  /// Starts delays in the whole process, or restarts them for the next execution.
  public func start() {
    var noise = lw_noise()
    noise.seed = seed
    noise.one_in = oneIn
    noise.spin_ns_max = spinNanosecondsMax
    noise.long_one_in = longOneIn
    noise.long_ns_max = longNanosecondsMax
    unsafe lw_noise_start(&noise)
  }

  /// Ends them.
  public static func stop() { lw_noise_stop() }

  /// Points passed and delays made since the process started; approximate while threads run.
  public static var totals: (points: UInt64, delays: UInt64) {
    var points: UInt64 = 0
    var delays: UInt64 = 0
    unsafe lw_noise_totals(&points, &delays)
    return (points, delays)
  }
}
