// What the C layers find on this machine, for `latewrite doctor`: the command itself stays above them.
internal import CStack
internal import Latewrite
internal import OverlappedIO

/// Facts about the machine that decide how well Latewrite works on it.
public enum MachineFacts {
  /// What one time stamp costs, measured now over a million of them.
  public static var nanosecondsPerStamp: Double {
    let count = 1_000_000
    var sum: UInt64 = 0
    let start = Clock.now.nanoseconds
    for _ in 0..<count { sum &+= Clock.stamp }
    let end = Clock.now.nanoseconds
    // The sum is used, so that the loop is not optimised away.
    return sum == 0 ? 0 : Double(end - start) / Double(count)
  }

  /// Starts a child process and waits for its end. Returns the nanoseconds that took.
  public static func childProcessRoundTrip() throws -> UInt64 {
    let start = Clock.now.nanoseconds
    let child = try ToldChild()
    child.tellToExit()
    _ = try wait(for: child.process.handle, timeout: .seconds(5))
    guard child.process.exitCode == 0 else {
      throw HarnessError.environment("/bin/cat did not end within 5 s after its input was closed")
    }
    return Clock.now.nanoseconds - start
  }

  /// What is missing for stacks without frame pointers; nil when nothing is.
  public static var unwinderDegradation: String? {
    if lw_stack_prepare() { return nil }
    return unsafe lw_stack_degradation().map { unsafe String(cString: $0) } ?? "libunwind.so.8 could not be loaded"
  }

  /// Whether a stack taken here by frame pointers reaches beyond its own function.
  public static var framePointersWork: Bool {
    var frames = [UInt64](repeating: 0, count: LW_STACK_FRAMES_MAX)
    return unsafe lw_stack_frames(lw_stack_capture(.LW_STACKS_FRAME_POINTERS), &frames, frames.count) > 2
  }
}
