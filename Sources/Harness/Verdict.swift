// Verdicts are declared on rules, never on outcomes: a revision says which rules it is known to break in a scenario,
// and what an outcome is worth follows from the rules behind it.
public import Latewrite

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

  /// Declares `rules`; none by default.
  public init(_ rules: Set<Rule> = []) { self.rules = rules }

  /// Those of the rules that exploring must be able to show: a free in the middle of a write needs an order within one
  /// act, which is not up to the controller.
  public var essentialRules: Set<Rule> { rules.subtracting([.writeDuringFree]) }

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
