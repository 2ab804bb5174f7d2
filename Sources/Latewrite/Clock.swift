// Time as the layer below keeps it: real when free running, virtual under control. Nothing else here asks for the time.
internal import CArena

/// The monotonic clock that everything in this project waits by.
public enum Clock {
  /// A point in time.
  public struct Instant: Sendable, Hashable, Comparable {
    /// Since an arbitrary start.
    public let nanoseconds: UInt64

    /// Later than any other.
    public static let never = Instant(nanoseconds: .max)

    /// Earlier than any other: what is waited for until then is only looked at.
    package static let past = Instant(nanoseconds: 0)

    init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// This instant moved by a duration; `never` stays, and a negative duration counts as none.
    public func advanced(by duration: Duration) -> Instant {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
      return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// By time.
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
  }

  /// The time now.
  public static var now: Instant { Instant(nanoseconds: lw_clock_now()) }

  /// The raw time stamp of events; ordered per thread, close to ordered between threads.
  public static var stamp: UInt64 { lw_clock_stamp() }

  /// A difference of two stamps in nanoseconds.
  public static func nanoseconds(from earlier: UInt64, to later: UInt64) -> UInt64 {
    lw_clock_stamp_difference_ns(later, earlier)
  }
}

extension Duration {
  /// In nanoseconds, at least 0 and at most what fits.
  package var wholeNanoseconds: UInt64 {
    guard self > .zero else { return 0 }
    let (seconds, attoseconds) = components
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowed) = product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
    return overflow || overflowed ? .max : sum
  }
}
