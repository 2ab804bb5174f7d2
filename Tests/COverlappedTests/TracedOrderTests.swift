// The order of events of one wait, as the trace has it: DESIGN rules 3 and 4 in one line.
import CArena
import COverlapped
import CSchedule
import CWin32
import Testing

/// What was recorded so far, over all threads in the order of the stamps.
func drainedEvents() -> [lw_event_record] {
  final class Drained {
    var records: [lw_event_record] = []
  }
  let drained = Drained()
  _ = lw_trace_drain(
    { context, events, count in
      let drained = Unmanaged<Drained>.fromOpaque(context!).takeUnretainedValue()
      drained.records.append(contentsOf: UnsafeBufferPointer(start: events, count: count))
    }, Unmanaged.passUnretained(drained).toOpaque())
  return drained.records.sorted { $0.stamp < $1.stamp }
}

func name(_ event: lw_event_record) -> String {
  lw_event_kind(rawValue: UInt32(event.kind)).map { String(cString: lw_event_name($0)) } ?? "?"
}

@Suite struct TracedOrderTests {
  @Test func `A wait is lent, registered, called, written, posted, dequeued and settled, in this order`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(1024))
      let (f, later) = (Fixture(), Fixture())
      let wait = f.register(f.create())
      let laterWait = later.register(later.create())
      SetEvent(f.object)
      // Both waits have one thread: when the later one has come, the callback of the first is over.
      SetEvent(later.object)
      #expect(later.next() != nil)
      guard let packet = f.next() else { fatalError("no packet") }
      f.end(wait)
      later.end(laterWait)
      #expect(
        drainedEvents().filter { $0.operation == packet.loan.bits }.map(name) == [
          "lend", "register", "callback", "write", "written", "post", "dequeue", "settle", "unregister",
        ])
      lw_trace_stop()
    }
  }

  @Test func `A wait that is cancelled in time is unregistered and settled, and posts nothing`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(1024))
      let f = Fixture()
      let wait = f.register(f.create())
      #expect(UnregisterWait(wait) == 1)
      let names = drainedEvents().filter { $0.operation != 0 }.map(name)
      #expect(names == ["lend", "register", "unregister", "settle"])
      lw_trace_stop()
    }
  }
}
