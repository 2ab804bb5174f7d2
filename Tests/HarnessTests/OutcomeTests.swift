// The outcome of an operation: total, and with the precedence that it states.
import Latewrite
import Proactor
import Testing

@testable import Harness

struct OutcomeTests {
  static let allFacts: [OperationFacts] = {
    var all: [OperationFacts] = []
    for freed in [false, true] {
      for leaked in [false, true] {
        for landing in WriteLanding.allCases {
          for packet in PacketFate.allCases {
            for result in OperationResult.allCases {
              all.append(
                OperationFacts(
                  freedWhileLent: freed, landing: landing, packet: packet, result: result, leaked: leaked))
            }
          }
        }
      }
    }
    return all
  }()

  /// The conditions one by one, worst first; an outcome that an operation cannot have has none.
  static func applies(_ outcome: Outcome, to facts: OperationFacts) -> Bool {
    switch outcome {
    case .crash, .hang: false
    case .wrongResult: facts.result == .wrong
    case .falseCompletion: facts.packet == .completedAnother
    case .writeIntoReusedBlock: facts.landing == .reused
    case .staleWrite: facts.landing == .freed
    case .unexpectedEvent: facts.packet == .unexpected
    case .freedWhileLentUnharmed: facts.freedWhileLent
    case .leak: facts.leaked
    case .completedBeforeFree: true
    }
  }

  @Test("Every combination of facts has the first outcome in the order of the cases that applies")
  func isTotalWithPrecedence() {
    #expect(Self.allFacts.count == 2 * 2 * 4 * 6 * 3)
    for facts in Self.allFacts {
      let expected = Outcome.allCases.first { Self.applies($0, to: facts) }
      #expect(Outcome(facts) == expected, "\(facts)")
    }
  }

  @Test("Every outcome of an operation is reached by some combination")
  func everyOutcomeIsReached() {
    let reached = Set(Self.allFacts.map { Outcome($0) })
    #expect(reached == Set(Outcome.allCases).subtracting([.crash, .hang]))
  }

  @Test("The double packet is an outcome of its own: the write landed live and the packet found nobody")
  func doublePacket() {
    let facts = OperationFacts(freedWhileLent: false, landing: .live, packet: .unexpected, result: .none)
    #expect(Outcome(facts) == .unexpectedEvent)
  }

  @Test("Outcome names are those of the design, each once")
  func names() {
    #expect(
      Outcome.allCases.map(\.name) == [
        "crash", "hang", "wrong-result", "false-completion", "write-into-reused-block", "stale-write",
        "unexpected-event", "freed-while-lent-unharmed", "leak", "completed-before-free",
      ])
  }
}

struct VerdictTests {
  @Test("Without a declaration everything but a completion before the free is forbidden", arguments: Outcome.allCases)
  func nothingDeclared(outcome: Outcome) {
    #expect(Declaration().verdict(of: outcome) == (outcome == .completedBeforeFree ? .ok : .forbidden))
  }

  @Test("An outcome is expected exactly when a rule behind it is declared", arguments: Rule.allCases)
  func oneRuleDeclared(rule: Rule) {
    let declaration = Declaration([rule])
    for outcome in Outcome.allCases where outcome != .completedBeforeFree {
      let expected = outcome.rulesBehind?.contains(rule) ?? false
      #expect(declaration.verdict(of: outcome) == (expected ? .expectedBug : .forbidden), "\(outcome)")
    }
    for other in Rule.allCases {
      #expect(declaration.verdict(of: other) == (other == rule ? .expectedBug : .forbidden))
    }
  }

  @Test("A crash is forbidden whatever is declared")
  func crashIsNeverDeclared() {
    #expect(Declaration(Set(Rule.allCases)).verdict(of: .crash) == .forbidden)
  }

  @Test(
    "The fixed revision declares nothing, the one before the fix what the scenario shows",
    arguments: [Scenario.cancelWait, .subprocessExit])
  func declarations(scenario: Scenario) {
    #expect(scenario.declaration(of: .fix24dfa3c1) == Declaration())
    let broken = scenario.declaration(of: .beforeD0a28dee)
    for outcome in [
      Outcome.freedWhileLentUnharmed, .staleWrite, .writeIntoReusedBlock, .unexpectedEvent, .falseCompletion,
      .wrongResult,
    ] { #expect(broken.verdict(of: outcome) == .expectedBug) }
    #expect(broken.verdict(of: Outcome.leak) == .forbidden)
    #expect(broken.verdict(of: Outcome.hang) == .forbidden)
  }

  @Test("A wait pool as it is declares nothing, one that is wrong on purpose the late write")
  func pools() {
    #expect(Scenario.blockingUnregister.declaration(of: .fix24dfa3c1) == Declaration())
    for scenario in [Scenario.unregisterForgetsQueued, .unregisterForgetsRunning] {
      #expect(scenario.declaration(of: .fix24dfa3c1).verdict(of: Outcome.staleWrite) == .expectedBug)
      #expect(scenario.declaration(of: .fix24dfa3c1).verdict(of: Outcome.falseCompletion) == .forbidden)
    }
  }
}
