// The one way in which code of a scenario waits by other means than this project's.
internal import CSchedule

/// Runs `body`, which may block in a call that a controller does not see: a read, a lock of another library. Under
/// control other threads go on meanwhile, and that it returns is a choice. Free running it is just run. Nothing of this
/// project's may be used inside.
public func outsideControl<Result: ~Copyable, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  lw_outside_begin()
  defer { lw_outside_end() }
  return try body()
}
