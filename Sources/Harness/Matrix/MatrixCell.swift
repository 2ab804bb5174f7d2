// One cell of the matrix: a situation on a revision, what was declared and what was observed.
internal import Latewrite
internal import Proactor

/// What a revision made of a situation.
public struct MatrixCell: Codable, Sendable, Equatable {
  /// What one wait costs from its start until its memory is free again.
  public struct Cost: Codable, Sendable, Equatable {
    /// Registrations with the wait pool.
    public var registrations: Int
    /// Handles made by the proactor.
    public var handles: Int
    /// OVERLAPPEDs.
    public var overlappeds: Int
    /// Packets through the port.
    public var packets: Int
    /// Turns of the loop; 0: its memory never became free.
    public var turns: Int
  }

  /// The situation's name.
  public let situation: String
  /// The revision's name.
  public let revision: String
  /// What was seen.
  public let observed: [CellWord]
  /// What was to be seen.
  public let declared: [CellWord]
  /// How often each rule was broken, by its id.
  public let findings: [String: UInt64]
  /// The rules that were to be broken.
  public let declaredFindings: [String]
  /// Calls and acts in their order; those of other threads than the loop's in brackets.
  public let calls: [String]
  /// What calls answered and what the proactor logged.
  public let log: [String]
  /// Of all waits of the situation.
  public let cost: Cost
  /// Repeats it: see `latewrite replay`.
  public let schedule: String?

  /// Whether everything was as declared.
  public var isAsDeclared: Bool { observed == declared && findings.keys.sorted() == declaredFindings }

  /// As the table prints it.
  public var text: String { CellWord.text(observed) }

  /// The sentence that names both, when they differ.
  public var difference: String? {
    if observed != declared {
      return "\(situation) on \(revision): declared '\(CellWord.text(declared))', observed '\(text)'"
    }
    if findings.keys.sorted() != declaredFindings {
      return "\(situation) on \(revision): declared to break \(Self.list(declaredFindings)), observed to break "
        + Self.list(findings.keys.sorted())
    }
    return nil
  }

  private static func list(_ rules: [String]) -> String { rules.isEmpty ? "nothing" : rules.joined(separator: ", ") }
}
