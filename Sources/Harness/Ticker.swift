// The pace at which the command looks at its workers. Waiting is CSchedule's business everywhere, so the beat comes
// from one of its threads and reaches the command as an asynchronous sequence.
internal import Latewrite

/// Beats at a fixed distance until it is stopped. Beats that nobody has taken yet are one.
struct Ticker: ~Copyable {
  /// The beats; for one consumer.
  let beats: AsyncStream<Void>
  private let stopping = StopRequest()
  private let parker = Shared<Parker?>(nil)
  private let thread: LatewriteThread

  /// Starts to beat at every `interval`.
  init(every interval: Duration) throws(HarnessError) {
    let (beats, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.beats = beats
    let (stopping, parker) = (stopping, parker)
    do {
      thread = try LatewriteThread(named: "lw-ticker") {
        parker.withLock { $0 = Parker.current }
        while !stopping.isMade {
          _ = Parker.park(until: Clock.now.advanced(by: interval))
          continuation.yield()
        }
        continuation.finish()
      }
    } catch {
      throw .environment("no thread could be started: \(error.sentence)")
    }
  }

  /// Ends the beats, after at most one more.
  func stop() {
    stopping.make()
    parker.read()?.unpark()
  }
}
