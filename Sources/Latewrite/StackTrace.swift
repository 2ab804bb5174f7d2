// A stack as numbers. Names and lines are made elsewhere and later (CrashReports), so that a capture costs nanoseconds
// and needs nothing of the program it is taken in.
internal import CArena

/// The program counters of a thread at one moment, innermost first.
public struct StackTrace: Sendable, Hashable {
  /// Return addresses (symbolize one byte before), except the first when `isFirstExact`.
  public let programCounters: [UInt64]
  /// The first address is an instruction, taken from a signal's context.
  public let isFirstExact: Bool

  /// A stack from its parts, as a record holds them.
  public init(programCounters: [UInt64], isFirstExact: Bool) {
    self.programCounters = programCounters
    self.isFirstExact = isFirstExact
  }

  /// The calling thread's stack, at most 32 frames; the first frame is the caller. Empty when nothing can be captured.
  @inline(never)
  public static func capture() -> StackTrace {
    let id = lw_stack_capture(.LW_STACKS_FRAME_POINTERS)
    let limit = Int(LW_STACK_FRAMES_MAX)
    let frames = unsafe [UInt64](unsafeUninitializedCapacity: limit) { buffer, count in
      count = unsafe lw_stack_frames(id, buffer.baseAddress!, limit)
    }
    // The first frame is this function.
    return StackTrace(programCounters: Array(frames.dropFirst()), isFirstExact: false)
  }
}
