// The steps of a replay, by which a reader finds out what happened: of memory that threads share, of locks and blocks.
import Exploration
import Foundation
import Latewrite
import Testing

@Suite struct StepTableTests {
  @Test func `The steps of a shrunk schedule tell who did what to which object, and where in the source`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.lostUpdate)
      let ending = "broken: no update is lost"
      let found = try #require(try explorer.explore(executions: 200, seed: 2).endings[ending])
      let replayed = try explorer.replay(try explorer.shrink(found.token, to: ending))
      let lines = replayed.stepTable.split(separator: "\n").map(String.init)
      let told = lines.map { line in
        line.split(separator: " ", omittingEmptySubsequences: true).drop { $0 == "*" || Int($0) != nil }
          .joined(separator: " ")
      }
      let file = "ExplorationTests/SmallScenarios.swift"
      let numbers = try lines.compactMap { try /SmallScenarios\.swift:(\d+)/.firstMatch(in: $0).map { Int($0.1)! } }
      let (read, write) = (numbers.min()!, numbers.max()!)
      #expect(read + 1 == write)
      #expect(
        told.dropFirst() == [
          "a read object 1 \(file):\(read)", "a at user -> b runs (before \(file):\(write))",
          "b read object 1 \(file):\(read)", "b write object 1 \(file):\(write)", "b at park -> a runs",
          "a write object 1 \(file):\(write)",
        ], "\(replayed.stepTable)")
      #expect(lines.filter { $0.hasPrefix("*") }.count == 1)
      #expect(try explorer.replay(explorer.token(of: Schedule())).stepTable != replayed.stepTable)
    }
  }

  @Test func `What a thread repeats is one line, and what nobody else touches is none`() async {
    await #expect(processExitsWith: .success) {
      let busy = ExploredScenario(named: "busy") { stage in
        let own = Shared(0), common = Shared(0)
        return .init(threads: [
          Part(named: "busy") { for _ in 0..<100 { common.withLock { $0 += 1 } } },
          Part(named: "other") {
            own.withLock { $0 += 1 }
            let block = try stage.arena.allocate(8)
            stage.arena.free(block)
            _ = common.read()
          },
        ])
      }
      let explorer = try Explorer(busy)
      let table = try explorer.replay(explorer.token(of: Schedule())).stepTable
      #expect(table.split(separator: "\n").count < 10, "\(table)")
      #expect(table.contains(", 100 times\n"), "\(table)")
      #expect(!table.contains("object 2"), "\(table)")
      #expect(table.contains("other           free         block 1     1\n"), "\(table)")
    }
  }

  @Test func `A token whose deviations find no place is refused with a sentence`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.lostUpdate)
      let elsewhere = explorer.token(of: Schedule([Deviation(member: 0, ordinal: 900, turn: .run, value: 1)]))
      let error = #expect(throws: ExplorationError.self) { _ = try explorer.replay(elsewhere) }
      #expect(error?.description.hasPrefix("1 of the token's 1 deviations found no place: lost-update was") == true)
    }
  }
}
