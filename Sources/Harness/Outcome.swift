// What an operation ended in: one total function of observed facts with a stated precedence, so that two runs, two
// revisions and two readers never disagree about what a row of the table means.
public import Latewrite

/// The ten outcomes, worst first: an operation has the first one that applies.
public enum Outcome: Int, CaseIterable, Sendable {
  /// The process died. Never of a single operation: the execution is counted once.
  case crash
  /// Nothing could run any more, or an end was waited for in vain. The execution is counted once.
  case hang
  /// The subject was told something that was not so.
  case wrongResult
  /// Its packet completed an operation that has its address now.
  case falseCompletion
  /// Its borrower wrote into a block that belongs to somebody else by now.
  case writeIntoReusedBlock
  /// Its borrower wrote into its freed block.
  case staleWrite
  /// Its packet found nobody.
  case unexpectedEvent
  /// Its block was freed while lent, and nothing came of it this time.
  case freedWhileLentUnharmed
  /// A loan of it was never settled, or its block never freed.
  case leak
  /// All is well: whatever was borrowed came back before the free.
  case completedBeforeFree

  /// The name in tables, JSON and declarations.
  public var name: String {
    switch self {
    case .crash: "crash"
    case .hang: "hang"
    case .wrongResult: "wrong-result"
    case .falseCompletion: "false-completion"
    case .writeIntoReusedBlock: "write-into-reused-block"
    case .staleWrite: "stale-write"
    case .unexpectedEvent: "unexpected-event"
    case .freedWhileLentUnharmed: "freed-while-lent-unharmed"
    case .leak: "leak"
    case .completedBeforeFree: "completed-before-free"
    }
  }

  /// The outcome of an operation. Total; the precedence is the order of the cases. A false alarm alone (the subject put
  /// the packet aside and went on) and a packet that is still queued harm nobody and have no outcome of their own.
  public init(_ facts: OperationFacts) {
    self =
      if facts.result == .wrong {
        .wrongResult
      } else if facts.packet == .completedAnother {
        .falseCompletion
      } else if facts.landing == .reused {
        .writeIntoReusedBlock
      } else if facts.landing == .freed {
        .staleWrite
      } else if facts.packet == .unexpected {
        .unexpectedEvent
      } else if facts.freedWhileLent {
        .freedWhileLentUnharmed
      } else if facts.leaked {
        .leak
      } else {
        .completedBeforeFree
      }
  }

  /// The rules of which one must be allowed to break for this outcome to be expected: empty when all is well, nil when
  /// no rule excuses it. A wrong result is the consequence of a false completion. No scenario makes a crash happen on
  /// purpose yet, so a crash is never excused.
  public var rulesBehind: Set<Rule>? {
    switch self {
    case .crash: nil
    case .hang: [.hang]
    case .wrongResult: [.falseCompletion]
    case .falseCompletion: [.falseCompletion]
    case .writeIntoReusedBlock: [.writeIntoReusedBlock]
    case .staleWrite: [.staleWrite]
    case .unexpectedEvent: [.unexpectedEvent]
    case .freedWhileLentUnharmed: [.freedWhileLent]
    case .leak: [.leak]
    case .completedBeforeFree: []
    }
  }
}
