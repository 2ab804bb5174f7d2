// Event rings: ordered by thread, bounded, and honest about what was lost.
import CSchedule
import Glibc
import Testing

// There is one trace a process, so each of these tests has a process of its own.
@Suite struct TraceTests {
  @Test func `Each thread's events come in their order, with what was given`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(1_024))
      let threads = (1...3).map { index in
        RunningThread("recorder-\(index)") { for serial in 0..<500 { record(arena: UInt32(index), serial: serial) } }
      }
      threads.forEach { $0.join() }
      let (events, lost) = drain()
      #expect(lost == 0)
      for index in 1...3 as ClosedRange<UInt32> {
        let mine = events.filter { $0.arena == index }
        #expect(mine.map(\.result) == Array(0..<500))
        #expect(Set(mine.map(\.thread)).count == 1)
        #expect(zip(mine, mine.dropFirst()).allSatisfy { $0.stamp <= $1.stamp })
      }
      let last = events.last { $0.arena == 1 }!
      #expect(last.kind == UInt16(lw_event_kind.LW_EVENT_SIGNAL.rawValue) && last.object == 11 && last.before == 12)
      #expect(last.after == 13 && last.operation == 14 && last.step == 0)
      #expect(drain().events.isEmpty, "a drain removes what it hands over")
    }
  }

  @Test func `A full ring drops what comes and counts it`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(10))
      for serial in 0..<100 { record(serial: serial) }
      let first = drain()
      #expect(first.events.map(\.result) == Array(0..<64), "the smallest ring holds 64")
      #expect(first.lost == 36)
      record(serial: 100)
      let second = drain()
      #expect(second.events.map(\.result) == [100])
      #expect(second.lost == 0, "a loss is told once")
    }
  }

  @Test func `Draining while threads record loses nothing that is not counted`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(256))
      let count = 200_000
      let running = Counter()
      running.set(2)
      let recorders = (1...2).map { index in
        RunningThread("recorder-\(index)") {
          for serial in 0..<count { record(arena: UInt32(index), serial: serial) }
          running.add(-1)
        }
      }
      var events: [lw_event_record] = []
      var lost: UInt64 = 0
      var last = false
      repeat {
        last = running.value == 0
        let drained = drain()
        events += drained.events
        lost += drained.lost
      } while !last
      recorders.forEach { $0.join() }
      #expect(events.count + Int(lost) == 2 * count)
      for index in 1...2 as ClosedRange<UInt32> {
        let mine = events.filter { $0.arena == index }.map(\.result)
        #expect(!mine.isEmpty && zip(mine, mine.dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }

  @Test func `Nothing is recorded before the start and after the stop`() async {
    await #expect(processExitsWith: .success) {
      record(serial: 1)
      #expect(lw_trace_start(64))
      record(serial: 2)
      lw_trace_stop()
      record(serial: 3)
      #expect(drain().events.map(\.result) == [2])
      #expect(lw_trace_start(64))
      record(serial: 4)
      #expect(drain().events.map(\.result) == [4])
    }
  }

  @Test func `A start with another size replaces the rings and counts what was in them as lost`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(64))
      for serial in 0..<70 { record(serial: serial) }
      #expect(lw_trace_start(128))
      for serial in 0..<128 { record(serial: serial) }
      let drained = drain()
      #expect(drained.events.count == 128)
      #expect(drained.lost == 70)
    }
  }

  @Test func `Recent events are the newest of a slot over all threads, oldest first, and stay`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start(256))
      let turn = Counter()
      // Two threads in turn, each with an event of the slot, one of another slot and one of another arena.
      let threads = (0...1).map { me in
        RunningThread("recorder-\(me)") {
          for serial in stride(from: me, to: 20, by: 2) {
            while turn.value != serial { sched_yield() }
            record(arena: 1, slot: 5, serial: serial)
            record(arena: 1, slot: 6, serial: 1_000 + serial)
            record(arena: 2, slot: 5, serial: 2_000 + serial)
            turn.add()
          }
        }
      }
      threads.forEach { $0.join() }
      #expect(recent(arena: 1, slot: 5, limit: 8) == Array(12..<20))
      #expect(recent(arena: 1, slot: 5, limit: 100) == Array(0..<20))
      #expect(recent(arena: 3, slot: 5, limit: 8) == [])
      #expect(recent(arena: 1, slot: 5, limit: 0) == [])
      #expect(drain().events.count == 60)
      #expect(recent(arena: 1, slot: 5, limit: 4) == [16, 17, 18, 19], "a drained event is still in the ring")
    }
  }

  @Test func `A trace that no memory can hold is refused`() async {
    await #expect(processExitsWith: .success) {
      #expect(!lw_trace_start(.max))
      #expect(errno == ENOMEM)
      record(serial: 1)
      #expect(drain().events.isEmpty)
    }
  }

  @Test func `A ring that nobody drains keeps its newest events`() async {
    await #expect(processExitsWith: .success) {
      #expect(lw_trace_start_newest(64))
      for result in 0..<1_000 { lw_event(.LW_EVENT_ALLOC, 1, 5 << 40, 0, 0, 0, Int64(result)) }
      #expect(recent(arena: 1, slot: 5, limit: 3) == [997, 998, 999])
    }
  }
}

private func record(arena: UInt32 = 1, slot: UInt64 = 0, serial: Int) {
  lw_event(.LW_EVENT_SIGNAL, arena, slot << 40 | 11, 12, 13, 14, Int64(serial))
}

private func drain() -> (events: [lw_event_record], lost: UInt64) {
  let events = Shared<[lw_event_record]>([])
  let lost = lw_trace_drain(
    { context, records, count in
      let events = Unmanaged<Shared<[lw_event_record]>>.fromOpaque(context!).takeUnretainedValue()
      events.value += UnsafeBufferPointer(start: records, count: count)
    }, Unmanaged.passUnretained(events).toOpaque())
  return (events.value, lost)
}

private func recent(arena: UInt32, slot: UInt64, limit: Int) -> [Int64] {
  let records = [lw_event_record](unsafeUninitializedCapacity: max(limit, 1)) { buffer, count in
    count = lw_trace_recent(arena, slot, buffer.baseAddress!, limit)
  }
  return records.map(\.result)
}
