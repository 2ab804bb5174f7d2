// From events to facts, joined by incarnation.
import Latewrite
import Testing

@testable import Harness

struct FactJoinTests {
  static func facts(_ script: BlockScript) -> ExecutionFacts {
    var join = FactJoin()
    return join.facts(from: script.trace, arena: BlockScript.arena)
  }

  @Test("An operation whose packet completed it before the free is well")
  func well() {
    var script = BlockScript()
    script.allocate()
    let own = script.lend()
    script.note(.operation, object: own, operation: 1)
    script.write()
    script.note(.post, object: own, operation: 1, result: 7)
    script.settle()
    script.note(.dequeue, object: own, before: own, result: 7)
    script.note(.completed, object: own, before: own, operation: 1, result: 7)
    script.note(.result, object: 0, operation: 1, result: 1)
    script.free()
    let facts = Self.facts(script)
    #expect(facts.operations == [OperationFacts(freedWhileLent: false, landing: .live, packet: .own, result: .right)])
    #expect(facts.tally.operations == 1)
    #expect(facts.tally.packetsOwn == 1)
    #expect(facts.tally.resultsRight == 1)
  }

  @Test("A late packet that completes the next incarnation is a fact of the old one, the wrong result of the new one")
  func falseCompletion() {
    var script = BlockScript()
    script.allocate()
    let old = script.lend()
    script.note(.operation, object: old, operation: 1)
    script.free()
    script.allocate()
    let new = script.lend()
    script.note(.operation, object: new, operation: 2)
    script.writeRetired(old)
    script.note(.post, object: old, operation: 1, result: 7)
    script.settleRetired(old)
    script.note(.dequeue, object: old, before: new, result: 7)
    script.note(.completed, object: old, before: new, operation: 2, result: 7)
    script.note(.result, object: 0, operation: 2, result: 2)
    script.settle()
    script.free()
    let facts = Self.facts(script)
    #expect(
      facts.operations == [
        OperationFacts(freedWhileLent: true, landing: .reused, packet: .completedAnother, result: .none),
        OperationFacts(freedWhileLent: false, landing: .none, packet: .none, result: .wrong),
      ])
    #expect(facts.operations.map(Outcome.init) == [.falseCompletion, .wrongResult])
    #expect(facts.lateWriteDelays.count == 1)
    #expect(facts.tally.writesReused == 1)
    #expect(facts.tally.freedWhileLent == 1)
  }

  @Test("The second of two packets finds nobody although the write landed live")
  func doublePacket() {
    var script = BlockScript()
    script.allocate()
    let own = script.lend()
    script.note(.operation, object: own, operation: 1)
    script.write()
    script.note(.post, object: own, operation: 1, result: 7)
    script.note(.post, object: own, result: 8)
    script.settle()
    script.note(.dequeue, object: own, before: own, result: 7)
    script.note(.completed, object: own, before: own, operation: 1, result: 7)
    script.free()
    script.note(.dequeue, object: own, result: 8)
    script.note(.unexpected, object: own, result: 8)
    let facts = Self.facts(script)
    #expect(
      facts.operations == [OperationFacts(freedWhileLent: false, landing: .live, packet: .unexpected, result: .none)])
    #expect(facts.operations.map(Outcome.init) == [.unexpectedEvent])
  }

  @Test("Packets that stay in the port, leave with it, or are put aside are told apart")
  func packetsWithoutJudgement() {
    var script = BlockScript()
    script.allocate()
    let own = script.lend()
    script.note(.operation, object: own, operation: 1)
    script.note(.post, object: own, operation: 1, result: 7)
    #expect(Self.facts(script).operations[0].packet == .stillQueued)
    var discarded = script
    discarded.note(.discard, object: own, operation: 1, result: 7)
    #expect(Self.facts(discarded).operations[0].packet == .none)
    script.note(.dequeue, object: own, before: own, result: 7)
    #expect(Self.facts(script).operations[0].packet == .falseAlarm)
  }

  @Test("A loan that is never settled and a block that is never freed are leaks")
  func leaks() {
    var script = BlockScript()
    script.allocate()
    let own = script.lend()
    script.note(.operation, object: own, operation: 1)
    script.settle()
    #expect(Self.facts(script).operations.map(Outcome.init) == [.leak])
    script.free()
    #expect(Self.facts(script).operations.map(Outcome.init) == [.completedBeforeFree])
    var lent = BlockScript()
    lent.allocate()
    lent.note(.operation, object: lent.lend(), operation: 1)
    lent.free()
    #expect(
      Self.facts(lent).operations == [
        OperationFacts(freedWhileLent: true, landing: .none, packet: .none, result: .none, leaked: true)
      ])
  }

  @Test("An operation of the proactor's own counts only when it went wrong")
  func auxiliaryOperations() {
    var script = BlockScript()
    script.allocate()
    script.lend()
    script.settle()
    script.free()
    #expect(Self.facts(script).operations.isEmpty)
    script.allocate()
    script.lend()
    script.free()
    script.settle()
    #expect(Self.facts(script).operations.map(Outcome.init) == [.freedWhileLentUnharmed])
    #expect(Self.facts(script).tally.operations == 0)
  }

  @Test("A refused write landed nowhere and is counted as refused")
  func refusedWrite() {
    var script = BlockScript()
    script.allocate()
    let own = script.lend()
    script.note(.operation, object: own, operation: 1)
    script.free()
    script.write(.refused)
    script.settle()
    let facts = Self.facts(script)
    #expect(facts.operations.map(Outcome.init) == [.freedWhileLentUnharmed])
    #expect(facts.tally.writesRefused == 1)
  }
}
