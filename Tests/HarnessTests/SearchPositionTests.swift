// Searches through all schedules that stop and go on: wherever one stands, and whatever ended it, what is left is run,
// each schedule once.
import Exploration
import Latewrite
import Proactor
import Testing

@testable import Harness

@Suite
struct SearchPositionTests {
  private struct Step {
    let position: BoundedSearch.Position
    let schedule: Schedule
    let isNew: Bool
  }

  /// A scenario whose executions are known by their schedules.
  private struct Ground {
    private var stage: Stage
    private var known: [Schedule: [Decision]] = [:]

    init() throws {
      stage = try Stage(
        scenario: try #require(Scenario.named("unregister-blocking")), revision: .today, options: ExecutionOptions(),
        scope: try Scope(Scope.Configuration()), controller: Controller())
    }

    mutating func steps(from position: BoundedSearch.Position? = nil) throws -> ArraySlice<Step> {
      var search = BoundedSearch(bound: 2, reduces: false, from: position)
      var steps: ArraySlice<Step> = []
      while let next = search.next() {
        steps.append(Step(position: search.position, schedule: next.schedule, isNew: next.isNew))
        search.observe(try decisions(of: next.schedule))
      }
      return steps
    }

    private mutating func decisions(of schedule: Schedule) throws -> [Decision] {
      if let decisions = known[schedule] { return decisions }
      let result = try stage.run(seed: 1, number: 0, order: ExecutionOrder(schedule: schedule, logging: true))
      let decisions = try #require(result.controlled).decisions
      known[schedule] = decisions
      return decisions
    }
  }

  private static func new(_ steps: ArraySlice<Step>) -> [Schedule] { steps.filter(\.isNew).map(\.schedule) }

  @Test("from each schedule on, and behind each, also where it only leads to others")
  func goesOn() async {
    await #expect(processExitsWith: .success) {
      var ground = try Ground()
      let all = try ground.steps()
      #expect(Self.new(all).count > 20 && all.contains { !$0.isNew })
      for (index, step) in all.enumerated() {
        #expect(Self.new(try ground.steps(from: step.position)) == Self.new(all[index...]), "from \(step.position)")
        guard step.isNew else { continue }
        let behind = try ground.steps(from: step.position.next)
        #expect(Self.new(behind) == Self.new(all[(index + 1)...]), "behind \(step.position)")
      }
    }
  }

  @Test("what a worker has noted last is what it leaves, with or without the schedule that stands there")
  func notes() throws {
    let mapping = try WorkerMapping()
    #expect(mapping.searchGoesOn() == BoundedSearch.Position(pass: 0, path: []))
    mapping.noteSearch(at: BoundedSearch.Position(pass: 2, path: [4, 7]), hasRun: false)
    #expect(mapping.searchGoesOn() == BoundedSearch.Position(pass: 2, path: [4, 7]))
    #expect(mapping.searchGoesOn(behindRunning: true) == BoundedSearch.Position(pass: 2, path: [4, 8]))
    mapping.noteSearch(at: BoundedSearch.Position(pass: 2, path: [5]), hasRun: true)
    #expect(mapping.searchGoesOn() == BoundedSearch.Position(pass: 2, path: [6]))
    #expect(mapping.searchGoesOn(behindRunning: true) == BoundedSearch.Position(pass: 2, path: [6]))
  }
}
