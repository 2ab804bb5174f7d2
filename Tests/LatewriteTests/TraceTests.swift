// Events in Swift are C's records, read in place. Trace and noise belong to the whole process, so these tests run in
// one of their own.
import CArena
import Latewrite
import Testing

@Suite("Trace")
struct TraceTests {
  @Test("an event lies in memory as C's record does")
  func layout() {
    #expect(MemoryLayout<TraceEvent>.size == MemoryLayout<lw_event_record>.size)
    #expect(MemoryLayout<TraceEvent>.stride == MemoryLayout<lw_event_record>.stride)
    #expect(MemoryLayout<TraceEvent>.offset(of: \.kindNumber) == MemoryLayout<lw_event_record>.offset(of: \.kind))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.thread) == MemoryLayout<lw_event_record>.offset(of: \.thread))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.arena) == MemoryLayout<lw_event_record>.offset(of: \.arena))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.object) == MemoryLayout<lw_event_record>.offset(of: \.object))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.before) == MemoryLayout<lw_event_record>.offset(of: \.before))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.after) == MemoryLayout<lw_event_record>.offset(of: \.after))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.operation) == MemoryLayout<lw_event_record>.offset(of: \.operation))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.result) == MemoryLayout<lw_event_record>.offset(of: \.result))
    #expect(MemoryLayout<TraceEvent>.offset(of: \.step) == MemoryLayout<lw_event_record>.offset(of: \.step))
  }

  @Test("every kind of event has C's number")
  func kinds() {
    #expect(TraceEvent.Kind.allCases.count == Int(lw_event_kind.LW_EVENT_COUNT.rawValue))
    let names = [
      "alloc", "lend", "settle", "free", "poisoned", "retire", "verify", "verified", "write", "written", "reset",
      "register", "callback", "returned", "unregister", "signal", "post", "dequeue", "discard", "cancel", "operation",
      "unexpected", "completed", "result", "submit", "done", "queue-apc", "apc", "call", "future",
    ]
    #expect(TraceEvent.Kind.allCases.map(\.name) == names)
  }

  @Test("a drain hands over a block's life in order, once")
  func drain() async {
    await #expect(processExitsWith: .success) {
      let arena = try Arena()
      try Trace.start(eventsPerThread: 64)
      let block = try arena.allocate(64)
      let loan = try arena.lend(block, to: "read", operation: 5)
      loan.store(UInt64(1))
      loan.settle()
      arena.free(block)
      Trace.record(.result, operation: 5, result: 1)
      let (events, lost) = Trace.drain()
      let own = events.filter { $0.object == block.incarnation.bits && $0.arena == arena.number }
      #expect(own.compactMap(\.kind) == [.alloc, .lend, .writeBegin, .writeEnd, .settle, .free])
      #expect(lost == 0 && events.contains { $0.kind == .result && $0.operation == 5 && $0.result == 1 })
      for index in own.indices.dropFirst() { #expect(own[index].stamp >= own[index - 1].stamp) }
      let again = Trace.drain().events.filter { $0.object == block.incarnation.bits }
      #expect(again.isEmpty)
      Trace.stop()
    }
  }

  @Test("a full ring drops what comes and says how much")
  func lost() async {
    await #expect(processExitsWith: .success) {
      try Trace.start(eventsPerThread: 64)
      for number in 0..<100 { Trace.record(.result, operation: UInt64(number)) }
      let (events, lost) = Trace.drain()
      #expect(events.map(\.operation) == Array(0..<64) && lost == 36)
    }
  }

  @Test("the same seed makes the same choices on a thread of the same name, another seed others")
  func choices() async {
    await #expect(processExitsWith: .success) {
      func draw(seed: UInt64) throws -> [UInt32] {
        let drawn = Shared<[UInt32]>([])
        Choices.seed(seed)
        try LatewriteThread(named: "chooser") {
          let numbers = (0..<20).map { _ in Choices.choose(below: 1000) }
          drawn.withLock { $0 = numbers }
        }.join()
        return drawn.read()
      }
      let first = try draw(seed: 7)
      let second = try draw(seed: 7)
      let other = try draw(seed: 8)
      #expect(first == second && first != other && first.allSatisfy { $0 < 1000 })
    }
  }

  @Test("noise delays points and stops when it is told")
  func noise() async {
    await #expect(processExitsWith: .success) {
      let shared = Shared(0)
      Noise(seed: 1, oneIn: 1, spinNanosecondsMax: 100, longOneIn: 0).start()
      for _ in 0..<100 { _ = shared.read() }
      Noise.stop()
      let during = Noise.totals
      for _ in 0..<100 { _ = shared.read() }
      let after = Noise.totals
      #expect(during.points >= 100 && during.delays >= 100)
      #expect(after.delays == during.delays)
    }
  }
}
