// Parking: the one way in which Swift code of this project waits for another thread.
internal import CArena

/// A thread that can be parked and let go. Obtained on the thread itself, used from any.
public struct Parker: Sendable, Hashable {
  /// Why a park ended.
  public enum Outcome: Sendable {
    /// Somebody let it go, or nobody did: look at the condition again.
    case unparked
    /// The deadline passed.
    case timedOut
  }

  private let thread: UInt32

  /// The calling thread.
  public static var current: Parker { Parker(thread: lw_thread_self()) }

  private init(thread: UInt32) { self.thread = thread }

  /// Parks the calling thread until somebody unparks it or until `deadline`. An unpark that came first is not lost.
  /// Always in a loop around a condition; never with a lock held. `object` is what is waited for, as reports name it.
  public static func park(
    on object: AnyObject? = nil, until deadline: Clock.Instant = .never, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Outcome {
    SourcePlace(file, line).tell()
    let address = unsafe object.map { unsafe UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) }
    return unsafe lw_park(address, deadline.nanoseconds) == .LW_PARK_TIMEOUT ? .timedOut : .unparked
  }

  /// Lets the thread return from its current or next park. Harmless when it has ended.
  public func unpark() { lw_unpark(thread) }
}
