// What a scenario does that no schedule holds - random numbers, other threads, other locks, errors - is told and not
// taken for explored.
import Dispatch
import Exploration
import Foundation
import Latewrite
import Synchronization
import Testing

private struct Refusal: Error, CustomStringConvertible { var description: String { "the store is full" } }

private final class Counter: Sendable { let value = Atomic(0) }

@Suite struct UncontrolledTests {
  @Test func `A scenario that does not repeat itself is refused with the first step that differs`() async {
    await #expect(processExitsWith: .success) {
      let runs = Counter()
      let moody = ExploredScenario(named: "moody") { _ in
        let isOdd = runs.value.add(1, ordering: .relaxed).newValue % 2 == 1
        let cell = Shared(0)
        return .init(threads: [
          Part(named: "steady") { cell.withLock { $0 += 1 } },
          Part(named: "moody") { if isOdd { cell.withLock { $0 += 1 } } },
        ])
      }
      let explorer = try Explorer(moody)
      for explore in [{ try explorer.explore(executions: 20, seed: 1) }, { try explorer.exhaust(bound: 1) }] {
        let sentence = try #require(#expect(throws: ExplorationError.self) { _ = try explore() }?.description)
        #expect(sentence.hasPrefix("an execution of moody does not repeat itself, so something in it is not under"))
        #expect(sentence.contains("at step ") && sentence.contains("moody is at 'user'"), "\(sentence)")
      }
    }
  }

  @Test func `An end that differs between two executions of one schedule is refused too`() async {
    await #expect(processExitsWith: .success) {
      let runs = Counter()
      let fickle = ExploredScenario(named: "fickle") { _ in
        let number = runs.value.add(1, ordering: .relaxed).newValue
        return .init(threads: [Part(named: "only") {}], classify: { "run \(number)" })
      }
      let explorer = try Explorer(fickle)
      let error = #expect(throws: ExplorationError.self) { _ = try explorer.explore(executions: 20, seed: 1) }
      #expect(error?.description.hasSuffix("it ended in 'run 3', and the second time in 'run 4'") == true, "\(error!)")
    }
  }

  @Test func `What is done once in a process is told by the step where it was done`() async {
    await #expect(processExitsWith: .success) {
      let cell = Shared(false)
      let lazy = ExploredScenario(named: "lazy") { _ in
        .init(threads: [
          Part(named: "user") { if !cell.read() { cell.withLock { $0 = true } } }
        ])
      }
      let explorer = try Explorer(lazy)
      // The first execution of all is the explorer's own.
      cell.withLock { $0 = false }
      let error = #expect(throws: ExplorationError.self) { _ = try explorer.explore(executions: 20, seed: 1) }
      let sentence = try #require(error?.description)
      #expect(sentence.contains("user is at 'user'") && sentence.contains("and the second time"), "\(sentence)")
    }
  }

  @Test func `Without the steps it is told how many there were`() async {
    await #expect(processExitsWith: .success) {
      let runs = Counter(), cell = Shared(0)
      // The tenth execution is not logged, and is the first with its end.
      let late = ExploredScenario(named: "late") { _ in
        let number = runs.value.add(1, ordering: .relaxed).newValue
        return .init(
          threads: [Part(named: "user") { if number == 20 { cell.withLock { $0 += 1 } } }],
          classify: { number < 20 ? "early" : "late" })
      }
      let error = #expect(throws: ExplorationError.self) { _ = try Explorer(late).explore(executions: 50, seed: 1) }
      let sentence = try #require(error?.description)
      #expect(sentence.contains("steps, and the second time ") && sentence.contains("once in a process"), "\(sentence)")
    }
  }

  @Test func `Threads that no token binds are named where they took part`() async {
    await #expect(processExitsWith: .success) {
      let queued = ExploredScenario(named: "queued") { _ in
        let cell = Shared(0), other = Shared(0)
        return .init(threads: [
          Part(named: "asker") {
            _ = cell.read()
            let isDone = DispatchSemaphore(value: 0)
            Thread {
              other.withLock { $0 += 1 }
              isDone.signal()
            }.start()
            outsideControl { isDone.wait() }
          }
        ])
      }
      let result = try Explorer(queued).explore(executions: 3, seed: 1)
      let first = try #require(result.warnings.first, "\(result)")
      #expect(first.hasPrefix("not under control, so in no schedule: ") && first.hasSuffix("passed the point 'user'"))
      // Of another scenario they are not told.
      #expect(try Explorer(SmallScenarios.lostUpdate).explore(executions: 3, seed: 1).warnings == [])
    }
  }

  @Test func `That nothing could come between is said, and not that nothing was found`() async {
    await #expect(processExitsWith: .success) {
      let atomic = ExploredScenario(named: "atomic") { _ in
        let counter = Counter()
        let add: @Sendable () -> Void = {
          counter.value.store(counter.value.load(ordering: .relaxed) + 1, ordering: .relaxed)
        }
        return .init(
          threads: [Part(named: "a", add), Part(named: "b", add)],
          invariants: [.init("no update is lost") { counter.value.load(ordering: .relaxed) == 2 }])
      }
      let result = try Explorer(atomic).exhaust(bound: 2)
      #expect(result.isComplete && Array(result.endings.keys) == ["ok"])
      #expect(result.warnings.count == 1)
      #expect(result.warnings.first?.hasPrefix("no thread passed a point but where it begins and waits: ") == true)
      #expect(result.description.contains("\n  no thread passed a point"))
    }
  }

  @Test func `A thread that blocks outside of control is named, and the call can be bracketed`() async {
    await #expect(processExitsWith: .success) {
      let ends = [Pipe(), Pipe()]
      let blocking = ExploredScenario(named: "blocking") { _ in
        let cell = Shared(0)
        return .init(threads: [
          Part(named: "reader") {
            outsideControl { _ = ends[0].fileHandleForReading.readData(ofLength: 1) }
            _ = cell.read()
          },
          Part(named: "writer") {
            cell.withLock { $0 = 1 }
            ends[0].fileHandleForWriting.write(Data([1]))
          },
        ])
      }
      let all = try Explorer(blocking).exhaust(bound: 1)
      #expect(all.isComplete && Array(all.endings.keys) == ["ok"] && all.warnings == [])
    }
  }

  @Test func `What a part or an invariant throws is an ending`() async {
    await #expect(processExitsWith: .success) {
      let throwing = ExploredScenario(named: "throwing") { _ in
        let isFull = Shared(false)
        return .init(
          threads: [
            Part(named: "store") { if isFull.read() { throw Refusal() } },
            Part(named: "filler") { isFull.withLock { $0 = true } },
          ], invariants: [.init("it can be looked at") { if isFull.read() { throw Refusal() } else { true } }])
      }
      let all = try Explorer(throwing).exhaust(bound: 1)
      let broken = "broken: it can be looked at: the store is full"
      #expect(Set(all.endings.keys) == [broken, "store threw: the store is full"])
    }
  }

  @Test func `A block that nobody freed is a leak of the execution that left it`() async {
    await #expect(processExitsWith: .success) {
      let leaking = ExploredScenario(named: "leaking") { stage in
        let isKept = Shared(false)
        return .init(threads: [
          Part(named: "user") {
            let block = try stage.arena.allocate(32)
            if !isKept.read() { stage.arena.free(block) }
          },
          Part(named: "keeper") { isKept.withLock { $0 = true } },
        ])
      }
      let explorer = try Explorer(leaking)
      let all = try explorer.exhaust(bound: 1)
      #expect(all.isComplete && Set(all.endings.keys) == ["ok", "LW011"])
      #expect(try explorer.replay(try #require(all.endings["LW011"]).token).endings == ["LW011"])
    }
  }

  @Test(arguments: [0, 65])
  func `A scenario of too few or too many threads is refused with a sentence`(count: Int) async {
    await #expect(processExitsWith: .success) { [count = count as Int] in
      let crowd = ExploredScenario(named: "crowd") { _ in
        .init(threads: (0..<count).map { number in Part(named: "t\(number)") {} })
      }
      let error = #expect(throws: ExplorationError.self) { _ = try Explorer(crowd) }
      #expect(error?.description == "crowd has \(count) threads: between 1 and 64 can be ordered")
    }
  }
}
