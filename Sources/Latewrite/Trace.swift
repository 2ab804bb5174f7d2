// The recording of events: per thread, without locks, read out in place.
internal import CArena

/// The trace of the process. There is one; it is off until it is started.
public enum Trace {
  /// Starts recording in rings of `eventsPerThread`, rounded up to a power of two. A full ring drops what comes and
  /// counts it.
  public static func start(eventsPerThread: UInt32) throws(LatewriteError) {
    guard lw_trace_start(eventsPerThread) else {
      throw LatewriteError(.LW_NO_MEMORY, in: "Trace.start(eventsPerThread:)")
    }
  }

  /// For controlled executions of which nothing is asked but what they came to: nothing is recorded, and reports of
  /// what is found hold no events, no stamps and no stacks of handles.
  package static func startUnrecorded() { lw_trace_start_unrecorded() }

  /// Ends recording.
  public static func stop() { lw_trace_stop() }

  /// Hands over all that was recorded since the last drain, in place: thread by thread, each thread's events in order.
  /// Returns how many events were lost meanwhile. One drainer at a time; threads may go on recording.
  @discardableResult
  public static func drain(_ consume: (Span<TraceEvent>) -> Void) -> UInt64 {
    withoutActuallyEscaping(consume) { consume in
      var consume = consume
      return unsafe withUnsafeMutablePointer(to: &consume) { context in
        unsafe lw_trace_drain(
          { context, events, count in
            let consume = unsafe context!.assumingMemoryBound(to: ((Span<TraceEvent>) -> Void).self).pointee
            unsafe UnsafeBufferPointer(start: events, count: count).withMemoryRebound(to: TraceEvent.self) { events in
              unsafe consume(events.span)
            }
          }, context)
      }
    }
  }

  /// The same as an array, for tests and small traces.
  public static func drain() -> (events: [TraceEvent], lost: UInt64) {
    var all: [TraceEvent] = []
    let lost = drain { events in
      all.reserveCapacity(all.count + events.count)
      for index in events.indices { all.append(events[index]) }
    }
    return (all, lost)
  }

  /// Records an act of the layers above C. It stands right after the act.
  package static func record(
    _ kind: TraceEvent.Kind, arena: UInt32 = 0, object: UInt64 = 0, before: UInt64 = 0, after: UInt64 = 0,
    operation: UInt64 = 0, result: Int64 = 0
  ) {
    lw_event(lw_event_kind(rawValue: UInt32(kind.rawValue))!, arena, object, before, after, operation, result)
  }
}
