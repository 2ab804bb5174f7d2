// The whole matrix: a process a row, because a situation may stand still for good, and then the next process goes on
// behind it.
internal import FoundationEssentials
internal import Latewrite
public import Proactor
internal import Subprocess

/// What a matrix is made of.
public struct MatrixPlan: Sendable {
  /// The rows.
  public var situations: [Situation]
  /// The columns.
  public var revisions: [ProactorRevision]
  /// A behaviour that is taken away from every revision that has it; nil for none.
  public var without: String?

  /// A matrix of these.
  public init(situations: [Situation], revisions: [ProactorRevision], without: String? = nil) {
    self.situations = situations
    self.revisions = revisions
    self.without = without
  }
}

/// The cells of one row that one process does.
public struct MatrixRow: Codable, Sendable {
  let situation: String
  let revisions: [String]
  let without: String?

  /// Does them in this process, one JSON line a cell, until one stands still. Returns what is to be printed.
  public static func lines(of argument: String) throws -> [String] {
    guard let row = try? JSONDecoder().decode(MatrixRow.self, from: Data(argument.utf8)),
      let situation = Situation.named(row.situation)
    else { throw HarnessError.usage("'worker' is how latewrite starts itself; it is not for people") }
    let runner = try CellRunner()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines: [String] = []
    for name in row.revisions {
      guard var revision = ProactorRevision(named: name) else { continue }
      if let without = row.without.flatMap({ ProactorBehaviours(named: $0) }) {
        revision = revision.with(revision.behaviours.subtracting(without))
      }
      let result = try runner.cell(situation, revision)
      lines.append(String(decoding: try encoder.encode(result.cell), as: UTF8.self))
      if result.isSpent { break }
    }
    return lines
  }
}

extension MatrixPlan {
  /// Runs it: the cells, row by row. `jobs` processes work at a time.
  public func cells(jobs: Int) async throws(HarnessError) -> [MatrixCell] {
    let rows = situations.map { $0.name }
    let result: Result<[String: [MatrixCell]], HarnessError> = await withTaskGroup(
      of: (String, Result<[MatrixCell], HarnessError>).self
    ) { group in
      var waiting = rows[...]
      var done: [String: [MatrixCell]] = [:]
      for _ in 0..<max(1, jobs) {
        if let row = waiting.popFirst() { group.addTask { (row, await self.row(row)) } }
      }
      while let (row, cells) = await group.next() {
        switch cells {
        case .success(let cells): done[row] = cells
        case .failure(let error): return .failure(error)
        }
        if let row = waiting.popFirst() { group.addTask { (row, await self.row(row)) } }
      }
      return .success(done)
    }
    let done = try result.get()
    return rows.flatMap { done[$0] ?? [] }
  }

  private func row(_ situation: String) async -> Result<[MatrixCell], HarnessError> {
    var cells: [MatrixCell] = []
    do throws(HarnessError) {
      while cells.count < revisions.count {
        let row = MatrixRow(
          situation: situation, revisions: revisions[cells.count...].map(\.name), without: without)
        let more = try await Self.run(row)
        guard !more.isEmpty else {
          throw .internalError("the cells of \(situation) ended before the first of them did")
        }
        cells += more
      }
    } catch {
      return .failure(error)
    }
    return .success(cells)
  }

  private static func run(_ row: MatrixRow) async throws(HarnessError) -> [MatrixCell] {
    do {
      let argument = String(decoding: try JSONEncoder().encode(row), as: UTF8.self)
      let ended = try await Subprocess.run(
        .name("exe"), arguments: Arguments(executablePathOverride: "latewrite", remainingValues: ["cells", argument]),
        environment: .inherit.updating(["PATH": "/proc/self"]), output: .bytes(limit: 16 << 20),
        error: .currentStandardError)
      guard ended.terminationStatus.isSuccess else {
        throw HarnessError.internalError("the cells of \(row.situation) ended early: \(ended.terminationStatus)")
      }
      return try ended.standardOutput.split(separator: 10).map {
        try JSONDecoder().decode(MatrixCell.self, from: Data($0))
      }
    } catch let error as HarnessError {
      throw error
    } catch {
      throw .environment("the cells of \(row.situation) could not be run: \(error)")
    }
  }
}
