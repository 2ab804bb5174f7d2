// Exploring in a process: what is found, that it repeats, that it shrinks, and that leaving out equivalent schedules
// leaves out no end. Every test has a process of its own, because a session ends with its process.
import Exploration
import Foundation
import Latewrite
import Testing

@Suite struct ExplorerTests {
  @Test(arguments: 0..<21)
  func `Leaving out equivalent schedules loses no end of a small program`(index: Int) async throws {
    #expect(SmallScenarios.all.count == 21)
    await #expect(processExitsWith: .success) { [index = index as Int] in
      let explorer = try Explorer(SmallScenarios.all[index])
      for bound in 0...2 {
        let reduced = try explorer.exhaust(bound: bound)
        let whole = try explorer.exhaust(bound: bound, reducing: false)
        #expect(reduced.isComplete && whole.isComplete)
        #expect(Set(reduced.endings.keys) == Set(whole.endings.keys), "bound \(bound)")
        #expect(reduced.executions <= whole.executions)
        #expect(reduced.classes == whole.classes, "bound \(bound)")
        let again = try explorer.exhaust(bound: bound)
        #expect(again.executions == reduced.executions && again.classes == reduced.classes)
      }
    }
  }

  @Test func `The ends of small programs are those that can be counted by hand`() async {
    await #expect(processExitsWith: .success) {
      let three = try Explorer(SmallScenarios.threeInARow).exhaust(bound: 3)
      #expect(three.endings.count == 6)
      let alone = try Explorer(SmallScenarios.independent).exhaust(bound: 2)
      #expect(alone.endings.keys.sorted() == ["3 3"])
      #expect(alone.classes == 1)
      let lost = try Explorer(SmallScenarios.lostUpdate).exhaust(bound: 1)
      #expect(Set(lost.endings.keys) == ["ok", "broken: no update is lost"])
      let sound = try Explorer(SmallScenarios.settledFirst).exhaust(bound: 3)
      #expect(sound.endings.keys.sorted() == ["ok"])
      let chosen = try Explorer(SmallScenarios.choice).exhaust(bound: 3)
      #expect(chosen.endings.count == 18)
      let early = try Explorer(SmallScenarios.spurious).exhaust(bound: 2)
      #expect(Set(early.endings.keys) == ["ready", "too early"])
    }
  }

  @Test func `Without a bound all schedules are run that there are, and below none`() async {
    await #expect(processExitsWith: .success) {
      for scenario in [SmallScenarios.threeInARow, SmallScenarios.choice] {
        let explorer = try Explorer(scenario)
        for reducing in [true, false] {
          let all = try explorer.exhaust(bound: .max, reducing: reducing)
          var bound = 0
          while try explorer.exhaust(bound: bound, reducing: reducing).executions < all.executions { bound += 1 }
          let more = try explorer.exhaust(bound: bound + 1, reducing: reducing)
          #expect(all.isComplete && bound > 1 && more.executions == all.executions)
          #expect(all.endings.keys == more.endings.keys)
        }
        #expect(throws: ExplorationError.self) { _ = try explorer.exhaust(bound: -1) }
      }
    }
  }

  @Test(arguments: Portfolio.all.map(\.name))
  func `Every strategy finds a late write within a few executions`(name: String) async {
    await #expect(processExitsWith: .success) { [name = name as String] in
      let portfolio = try #require(Portfolio.all.first { $0.name == name })
      let explorer = try Explorer(SmallScenarios.lateWrite)
      for seed in 1...20 as ClosedRange<UInt64> {
        let result = try explorer.explore(executions: 100, portfolio: portfolio, seed: seed) {
          $0.endings["LW002"] != nil
        }
        #expect(result.endings["LW002"] != nil, "seed \(seed)")
      }
    }
  }

  @Test func `What was found repeats from its token, twice and as often as one likes`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.addressReuse)
      let result = try explorer.explore(executions: 300, seed: 11)
      let ending = try #require(result.endings["LW003"])
      let first = try explorer.replay(ending.token)
      #expect(first.endings.contains("LW003"))
      for _ in 0..<200 {
        let again = try explorer.replay(ending.token)
        #expect(again.endings == first.endings)
        #expect(again.run.decisions == first.run.decisions)
        #expect(again.run.schedule == first.run.schedule)
      }
    }
  }

  @Test func `A shrunk schedule is as short as any, and shrinks the same every time`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.addressReuse)
      let result = try explorer.explore(
        executions: 300, portfolio: Portfolio.all.first { $0.name == "random" }!, seed: 5)
      let found = try #require(result.endings["LW003"])
      let shrunk = try explorer.shrink(found.token, to: "LW003")
      #expect(try explorer.shrink(found.token, to: "LW003") == shrunk)
      #expect(try explorer.replay(shrunk).endings.contains("LW003"))
      let fewest = try explorer.replay(shrunk).run.schedule.count
      for bound in 0..<fewest { #expect(try explorer.exhaust(bound: bound).endings["LW003"] == nil) }
    }
  }

  @Test func `Where all deviations of a long way round are needed, one in the place of two shortens it`() async {
    await #expect(processExitsWith: .success) {
      // All five ones lead there, and so does a two in the place of the first two of them.
      let roundabout = ExploredScenario(named: "roundabout") { _ in
        let taken = Shared<[UInt32]>([])
        return .init(
          threads: [
            Part(named: "walker") {
              for count in [2, 2, 3, 2, 2, 2] as [UInt32] {
                let way = Choices.choose(below: count)
                taken.withLock { $0.append(way) }
              }
            }
          ],
          invariants: [
            .init("it is not reached") {
              let ways = taken.read()
              return ways[3...] != [1, 1, 1] || (ways[..<2] != [1, 1] && ways[2] != 2)
            },
            .init("it is no long way") { taken.read() != [1, 1, 0, 1, 1, 1] },
          ])
      }
      let explorer = try Explorer(roundabout)
      let result = try explorer.explore(
        executions: 3_000, portfolio: Portfolio.all.first { $0.name == "random" }!, seed: 1
      ) { $0.endings["broken: it is no long way"] != nil }
      let long = try #require(result.endings["broken: it is no long way"])
      #expect(try explorer.replay(long.token).run.schedule.count == 5)
      let shrunk = try explorer.shrink(long.token, to: "broken: it is not reached")
      #expect(try explorer.replay(shrunk).run.schedule.count == 4)
    }
  }

  @Test func `Behind an execution that hangs the search goes on, and the hang repeats and shrinks`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.crossed)
      let all = try explorer.exhaust(bound: 2)
      #expect(all.isComplete)
      #expect(Set(all.endings.keys) == ["ok", "hang"])
      let whole = try explorer.exhaust(bound: 2, reducing: false)
      #expect(whole.isComplete && Set(whole.endings.keys) == ["ok", "hang"])
      let found = try #require(try explorer.explore(executions: 100, seed: 3).endings["hang"])
      for _ in 0..<2 {
        let again = try explorer.replay(found.token)
        #expect(again.endings == ["hang"])
        let forth = try #require(again.standing.first { $0.hasPrefix("forth ") })
        #expect(forth.contains("waits for the lock") && forth.contains("held by back, at "), "\(forth)")
        #expect(forth.contains("/SmallScenarios+Hangs.swift:"), "\(forth)")
      }
      let shrunk = try explorer.shrink(found.token, to: "hang")
      let short = try explorer.replay(shrunk)
      #expect(short.endings == ["hang"] && short.run.schedule.count == 1)
      #expect(try explorer.replay(explorer.token(of: Schedule())).endings == ["ok"])
    }
  }

  @Test func `A search ends behind so many hangs, and leaves room for others`() async {
    await #expect(processExitsWith: .success) {
      for seed in 1...3 as ClosedRange<UInt64> {
        let found = try Explorer(SmallScenarios.crossed).explore(executions: 100_000, seed: seed)
        #expect(found.endings["hang"]?.count == Explorer.hangsMax)
      }
    }
  }

  @Test func `Of a hang those threads are told that take part, and none of an earlier scenario`() async {
    await #expect(processExitsWith: .success) {
      _ = try Explorer(SmallScenarios.threeInARow).explore(executions: 10, seed: 1)
      let found = try #require(try Explorer(SmallScenarios.crossed).explore(executions: 100, seed: 3).endings["hang"])
      #expect(found.standing.map { $0.prefix { $0 != " " } } == ["forth", "back"], "\(found.standing)")
    }
  }

  @Test func `A hang of the default order is an ending like others`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.neverWoken)
      let all = try explorer.exhaust(bound: 1)
      #expect(all.isComplete && Set(all.endings.keys) == ["ok", "hang"])
      #expect(try explorer.shrink(try #require(all.endings["ok"]).token, to: "ok") == all.endings["ok"]?.token)
    }
  }

  @Test func `A loan that nobody settles is an ending, and the search goes on behind it`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.forgotten)
      let all = try explorer.exhaust(bound: 2)
      #expect(all.isComplete && Set(all.endings.keys) == ["ok", "LW011"])
      let found = try #require(all.endings["LW011"])
      #expect(try explorer.replay(found.token).endings == ["LW011"])
      #expect(try explorer.replay(explorer.token(of: Schedule())).endings == ["ok"])
    }
  }

  @Test func `Neighbouring seeds have no executions in common`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.addressReuse)
      // Were they shifted, the first one that shows it would come one earlier from seed to seed.
      let firsts = try (1...8 as ClosedRange<UInt64>).map { seed in
        let random = Portfolio.all.first { $0.name == "random" }!
        return try explorer.explore(executions: 5000, portfolio: random, seed: seed).endings["LW003"]?.firstExecution
      }
      #expect(!zip(firsts, firsts.dropFirst()).allSatisfy { $0.flatMap { $0 == 0 ? 0 : $0 - 1 } == $1 }, "\(firsts)")
    }
  }

  @Test func `A thread that a part made and that hangs cannot be left behind, and that is said`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.hangingChild)
      #expect(try explorer.explore(executions: 50, seed: 1).endings["hang"]?.count == 1)
      let error = #expect(throws: ExplorationError.self) { _ = try explorer.exhaust(bound: 0) }
      let sentence = try #require(error?.description)
      #expect(
        sentence.hasPrefix(
          "an execution of hanging-child hung and its threads cannot be left behind: go on in another process ("))
      #expect(sentence.contains("child is parked and nobody lets it go"), "\(sentence)")
    }
  }

  @Test func `The token of another scenario is refused with a sentence`() async {
    await #expect(processExitsWith: .success) {
      let token = try Explorer(SmallScenarios.oneCell).token(of: Schedule())
      let error = #expect(throws: ExplorationError.self) { _ = try Explorer(SmallScenarios.choice).replay(token) }
      #expect(error?.description == "the token is not for choice: it belongs to another scenario")
    }
  }
}
