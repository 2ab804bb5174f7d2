// Where a search through all schedules stopped, in a file: what it belongs to, and each worker's position.
internal import Exploration
internal import FoundationEssentials
internal import Harness

struct SavedSearch {
  private struct Content: Codable, Equatable {
    var schemaVersion = 1
    var scenario: String
    var revision: String
    var bound: Int
    var jobs: Int
    var schedules: UInt64 = 0
    var isComplete = false
    var positions: [BoundedSearch.Position] = []
  }

  private let path: String
  private let content: Content?
  private let scenario: String
  private let revision: String
  private let bound: Int

  /// Reads the file when it is there; throws a sentence when it belongs to another search.
  init(path: String, options: RunOptions, bound: Int) throws {
    self.path = path
    self.bound = bound
    scenario = options.scenario ?? ""
    revision = options.revision ?? ""
    guard let data = FileManager.default.contents(atPath: path) else {
      content = nil
      return
    }
    guard let content = try? JSONDecoder().decode(Content.self, from: data), content.schemaVersion == 1 else {
      throw HarnessError.usage("\(path) is not the file of a search: name another one")
    }
    guard content.scenario == scenario, content.revision == revision, content.bound == bound else {
      throw HarnessError.usage(
        "\(path) belongs to a search of \(content.scenario) on \(content.revision) up to \(content.bound) deviations")
    }
    self.content = content
  }

  /// Where each worker goes on; empty at the beginning.
  var positions: [BoundedSearch.Position] { content?.positions ?? [] }

  /// Keeps how far `run` came.
  func keep(_ run: RunSummary) throws {
    guard let exploration = run.exploration else { return }
    try keep(
      run.plan, exploration.schedules, isComplete: exploration.completeBound != nil, positions: exploration.positions)
  }

  /// Keeps how far a run has come that goes on, so that ending this program by force loses little of it.
  func keep(_ progress: RunProgress) {
    // There is somebody to tell of an error when the run ends.
    if progress.positions.count == progress.plan.jobs {
      try? keep(progress.plan, progress.executions, isComplete: false, positions: progress.positions)
    }
  }

  private func keep(
    _ plan: RunPlan, _ schedules: UInt64, isComplete: Bool, positions: [BoundedSearch.Position]
  ) throws {
    let kept = Content(
      scenario: scenario, revision: revision, bound: bound, jobs: plan.jobs,
      schedules: (content?.schedules ?? 0) + schedules, isComplete: isComplete, positions: positions)
    do { try JSONEncoder().encode(kept).write(to: URL(filePath: path), options: .atomic) } catch {
      throw HarnessError.environment("\(path) cannot be written: name a file that you may write")
    }
  }
}
