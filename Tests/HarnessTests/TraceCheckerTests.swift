// The second opinion accepts what an arena can do and notices everything else.
import Latewrite
import Testing

@testable import Harness

struct TraceCheckerTests {
  /// Lent, written, settled, freed, used again, freed while lent, settled afterwards.
  static func twoLives() -> (script: BlockScript, freedWhileLent: Incarnation) {
    var script = BlockScript(slot: 3)
    script.allocate()
    script.lend()
    script.write()
    script.settle()
    script.free()
    script.allocate()
    let second = script.lend()
    script.free()
    script.write(.freed)
    script.settle()
    return (script, Incarnation(bits: second)!)
  }

  static func check(_ trace: ExecutionTrace, findings: [Incarnation]) throws -> CheckedTrace {
    var checker = TraceChecker()
    return try checker.check(trace, arena: BlockScript.arena, findings: findings)
  }

  @Test("A correct trace is accepted and tells which free was wrong")
  func accepts() throws {
    let (script, freed) = Self.twoLives()
    let checked = try Self.check(script.trace, findings: [freed])
    #expect(checked.freedWhileLent == [freed])
    #expect(checked.openLoans == 0)
    #expect(checked.liveBlocks == 0)
    #expect(checked.edges == script.events.count)
  }

  @Test("The order in which threads noted their acts does not matter")
  func orderIsFree() throws {
    let (script, freed) = Self.twoLives()
    var random = SplitMix64(seed: 11)
    for _ in 0..<50 {
      var events = script.events
      random.shuffle(&events)
      #expect(throws: Never.self) { try Self.check(ExecutionTrace(events: events, lost: 0), findings: [freed]) }
    }
  }

  @Test("Any event that is missing is noticed, by the chain of words or by what is open at the end")
  func droppedEvents() throws {
    let (script, freed) = Self.twoLives()
    let whole = try Self.check(script.trace, findings: [freed])
    for index in script.events.indices {
      var events = script.events
      events.remove(at: index)
      let checked = try? Self.check(ExecutionTrace(events: events, lost: 0), findings: [freed])
      #expect(checked == nil || checked?.openLoans != whole.openLoans, "event \(index) was not missed")
    }
  }

  @Test("A loan count that was swapped is noticed")
  func swappedCounts() {
    let (script, freed) = Self.twoLives()
    for index in script.events.indices {
      let event = script.events[index]
      var events = script.events
      events[index] = BlockScript.event(
        event.kind!, object: event.object, before: event.before ^ 1, after: event.after ^ 1)
      #expect(throws: TraceDisagreement.self, "event \(index)") {
        try Self.check(ExecutionTrace(events: events, lost: 0), findings: [freed])
      }
    }
  }

  @Test("A free and its poison are one event when nobody holds the block, and only then")
  func freeAtOnce() throws {
    var script = BlockScript()
    script.allocate()
    script.freeAtOnce()
    #expect(try Self.check(script.trace, findings: []).liveBlocks == 0)
    script.allocate()
    let lent = Incarnation(bits: script.lend())!
    script.freeAtOnce()
    #expect(throws: TraceDisagreement.self) { try Self.check(script.trace, findings: [lent]) }
  }

  @Test("A free that never was is noticed")
  func forgedFree() {
    var (script, freed) = Self.twoLives()
    let free = script.events.first { $0.kind == .free }!
    script.note(.free, object: free.object, before: free.before)
    #expect(throws: TraceDisagreement.self) { try Self.check(script.trace, findings: [freed]) }
  }

  @Test("A finding without a wrong free, and a wrong free without a finding, each name the block")
  func findingsDiffer() {
    let (script, freed) = Self.twoLives()
    #expect(
      throws: TraceDisagreement(
        slot: 3, sentence: "generation 2 was freed with loans open and LW001 was not reported")
    ) { try Self.check(script.trace, findings: []) }
    let innocent = Incarnation(bits: 3 << 40 | 1)!
    #expect(
      throws: TraceDisagreement(
        slot: 3, sentence: "LW001 was reported for generation 1, which was not freed with loans open")
    ) { try Self.check(script.trace, findings: [freed, innocent]) }
    #expect(throws: TraceDisagreement.self) { try Self.check(script.trace, findings: [freed, freed]) }
  }

  @Test("Lost events are said and not guessed at")
  func lostEvents() {
    var trace = ExecutionTrace()
    trace.lost = 3
    #expect(throws: TraceDisagreement(slot: nil, sentence: "3 events were lost: the rings are too small")) {
      try Self.check(trace, findings: [])
    }
  }

  @Test("An incarnation may leave its slot with loans, which are settled later")
  func retirement() throws {
    var script = BlockScript()
    script.allocate()
    let old = script.lend()
    script.lend()
    script.free()
    script.allocate()
    let checked = try Self.check(script.trace, findings: [Incarnation(bits: old)!])
    #expect(checked.openLoans == 2)
    #expect(checked.liveBlocks == 1)
    script.writeRetired(old)
    script.settleRetired(old)
    script.settleRetired(old)
    #expect(try Self.check(script.trace, findings: [Incarnation(bits: old)!]).openLoans == 0)
    script.settleRetired(old)
    #expect(throws: TraceDisagreement.self) { try Self.check(script.trace, findings: [Incarnation(bits: old)!]) }
  }

  @Test("Events of other arenas are not looked at")
  func otherArenas() throws {
    var (script, freed) = Self.twoLives()
    script.note(.lend, object: 99)
    let foreign = script.events.map {
      BlockScript.event($0.kind!, arena: 2, object: $0.object, before: $0.before, after: $0.after)
    }
    let (own, _) = Self.twoLives()
    #expect(throws: Never.self) {
      try Self.check(ExecutionTrace(events: own.events + foreign, lost: 0), findings: [freed])
    }
  }
}
