// Verdicts are declared on rules, never on outcomes: a revision says which rules it is known to break in a scenario,
// and what an outcome is worth follows from the rules behind it.
public import Latewrite
internal import Proactor

/// What an observation is worth.
public enum Verdict: Int, CaseIterable, Sendable {
  /// As it should be.
  case ok
  /// A known bug of this revision, declared.
  case expectedBug
  /// Nothing declares it: the run fails.
  case forbidden

  /// The word in JSON and reports.
  public var name: String {
    switch self {
    case .ok: "ok"
    case .expectedBug: "expected-bug"
    case .forbidden: "forbidden"
    }
  }
}

/// The rules that one revision is known to break in one scenario.
public struct Declaration: Sendable, Equatable {
  /// They may break; every other rule may not.
  public let rules: Set<Rule>
  /// Those of the rules that exploring must be able to show: by default all but a free in the middle of a write, which
  /// needs an order within one act, which is not up to the controller.
  public let essentialRules: Set<Rule>

  /// Declares `rules`; none by default.
  public init(_ rules: Set<Rule> = [], essential: Set<Rule>? = nil) {
    self.rules = rules
    essentialRules = essential ?? rules.subtracting([.writeDuringFree])
  }

  /// What an operation that ended so is worth.
  public func verdict(of outcome: Outcome) -> Verdict {
    guard let behind = outcome.rulesBehind else { return .forbidden }
    if behind.isEmpty { return .ok }
    return behind.isDisjoint(with: rules) ? .forbidden : .expectedBug
  }

  /// What a finding of `rule` is worth.
  public func verdict(of rule: Rule) -> Verdict {
    rules.contains(rule) ? .expectedBug : .forbidden
  }
}

extension Declaration {
  /// What a revision breaks where waits are cancelled while their handles are signalled.
  static func cancelRace(on revision: ProactorRevision) -> Declaration {
    let behaviours = revision.behaviours
    if behaviours.contains(.ioPendingMeansNotYet) { return Declaration() }
    let harms: Set<Rule> = [
      .freedWhileLent, .staleWrite, .writeIntoReusedBlock, .unexpectedEvent, .falseCompletion, .writeDuringFree,
    ]
    // A callback that is still to come when close() returns posts to a closed port.
    if behaviours.contains(.fakePacketOnCancel) {
      return Declaration(harms.union([.staleHandle]), essential: harms.subtracting([.writeDuringFree]))
    }
    // Before that packet a cancelled wait kept its OVERLAPPED until close(); after it, it depends on the callback.
    return Declaration(harms.union([.staleHandle]), essential: [])
  }
}
