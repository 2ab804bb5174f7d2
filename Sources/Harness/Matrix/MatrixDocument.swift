// The matrix for machines: the one object that `--format json` prints, with what only a matrix knows beside what every
// run has.
internal import Proactor

/// Everything that a `matrix` command did.
public struct MatrixDocument: Encodable, Sendable {
  private let matrix: Matrix

  /// The document of this matrix.
  public init(_ matrix: Matrix) { self.matrix = matrix }

  private enum Key: String, CodingKey { case schemaVersion, runs, verdict, situations, revisions, words }

  /// Encodes the object with its fixed set of keys.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(1, forKey: .schemaVersion)
    try object.encode(matrix.cells.map(CellObject.init), forKey: .runs)
    try object.encode(Self.verdict(of: matrix.cells).name, forKey: .verdict)
    try object.encode(
      matrix.situations.map { ["letter": $0.letter, "name": $0.name, "summary": $0.summary] }, forKey: .situations)
    try object.encode(
      matrix.revisions.map { ["name": $0.name, "commit": $0.commit, "date": $0.date, "sentence": $0.sentence] },
      forKey: .revisions)
    try object.encode(
      Dictionary(uniqueKeysWithValues: CellWord.allCases.map { ($0.rawValue, $0.meaning) }), forKey: .words)
  }

  private static func verdict(of cells: [MatrixCell]) -> Verdict {
    cells.map { verdict(of: $0) }.max { $0.rawValue < $1.rawValue } ?? .ok
  }

  fileprivate static func verdict(of cell: MatrixCell) -> Verdict {
    if !cell.isAsDeclared { return .forbidden }
    return cell.observed.isEmpty && cell.findings.isEmpty ? .ok : .expectedBug
  }
}

private struct CellObject: Encodable {
  let cell: MatrixCell

  enum Key: String, CodingKey {
    case scenario, revision, arena, strategy, seed, executions, operations, seconds, outcomes, findings, signatures
    case observed, declared, declaredFindings, verdict, calls, log, cost, schedule
  }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(cell.situation, forKey: .scenario)
    try object.encode(cell.revision, forKey: .revision)
    try object.encode("immediate", forKey: .arena)
    try object.encode("prescribed", forKey: .strategy)
    try object.encode(1, forKey: .seed)
    try object.encode(1, forKey: .executions)
    try object.encode(cell.cost.overlappeds, forKey: .operations)
    try object.encodeNil(forKey: .seconds)
    try object.encode([String](), forKey: .outcomes)
    try object.encode(cell.findings, forKey: .findings)
    try object.encode(cell.findings.count, forKey: .signatures)
    try object.encode(cell.observed, forKey: .observed)
    try object.encode(cell.declared, forKey: .declared)
    try object.encode(cell.declaredFindings, forKey: .declaredFindings)
    try object.encode(MatrixDocument.verdict(of: cell).name, forKey: .verdict)
    try object.encode(cell.calls, forKey: .calls)
    try object.encode(cell.log, forKey: .log)
    try object.encode(cell.cost, forKey: .cost)
    try object.encode(cell.schedule, forKey: .schedule)
  }
}
