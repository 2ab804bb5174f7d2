// Locks, conditions and semaphores of Foundation, Dispatch and the C library in scenarios: threads that wait for one
// another by them wait where the controller sees it, and taking one is a point.
import Dispatch
import Exploration
import Foundation
import Latewrite
import Testing

@Suite struct FoundationLockTests {
  @Test(arguments: 0..<5) func `Two locks that are taken in different orders are a hang`(index: Int) async {
    await #expect(processExitsWith: .success) { [index = index as Int] in
      let door = Door.all[index]
      let crossed = ExploredScenario(named: "crossed") { _ in
        let store = LockedStore()
        return .init(threads: [
          Part(named: "one") {
            store.lock.lock()
            door.enter(store)
            door.leave(store)
            store.lock.unlock()
          },
          Part(named: "two") {
            door.enter(store)
            store.lock.lock()
            store.lock.unlock()
            door.leave(store)
          },
        ])
      }
      let explorer = try Explorer(crossed)
      let found = try explorer.explore(executions: 100, seed: 1) { $0.endings["hang"] != nil }
      let hang = try #require(found.endings["hang"], "\(door.name): \(found)")
      let standing = hang.standing.joined(separator: "\n")
      #expect(
        standing.contains(/two .* for the mutex 0x[0-9a-f]+, held by one, at .*[a-z]:[0-9]+/), "\(standing)")
      #expect(standing.contains(/one .* 0x[0-9a-f]+, held by two, at .*LockedStore.swift:/), "\(standing)")
      let short = try explorer.shrink(hang.token, to: "hang")
      #expect(try explorer.replay(short).endings == ["hang"])
    }
  }

  @Test(arguments: 0..<5) func `What is done under one lock is done by one after the other`(index: Int) async {
    await #expect(processExitsWith: .success) { [index = index as Int] in
      let door = Door.all[index]
      let guarded = ExploredScenario(named: "guarded") { _ in
        let store = LockedStore()
        let inside = Shared(0), most = Shared(0)
        return .init(
          threads: (1...3).map { number in
            Part(named: "thread-\(number)") {
              door.enter(store)
              let count = inside.withLock { inside in
                inside += 1
                return inside
              }
              most.withLock { $0 = max($0, count) }
              inside.withLock { $0 -= 1 }
              door.leave(store)
            }
          }, classify: { "at most \(most.read())" })
      }
      let explorer = try Explorer(guarded)
      #expect(try explorer.explore(executions: 200, seed: 1).endings.keys.sorted() == ["at most 1"], "\(door.name)")
      let bounded = try explorer.exhaust(bound: 2)
      #expect(bounded.isComplete && bounded.endings.keys.sorted() == ["at most 1"], "\(door.name): \(bounded)")
    }
  }

  @Test func `Two uses of a lock in a row are a race`() async {
    await #expect(processExitsWith: .success) {
      let twice = ExploredScenario(named: "twice") { _ in
        let store = LockedStore()
        return .init(
          threads: ["one", "two"].map { name in
            Part(named: name) {
              let isEmpty = store.lock.withLock { store.items.isEmpty }
              if isEmpty { store.add(name) }
            }
          }, classify: { "\(store.items.count)" })
      }
      let bounded = try Explorer(twice).exhaust(bound: 1)
      #expect(
        bounded.isComplete && bounded.endings.keys.sorted() == ["1", "2"] && bounded.warnings == [], "\(bounded)")
    }
  }

  @Test func `A signal that comes before anybody waits is lost, and that is a hang`() async {
    await #expect(processExitsWith: .success) {
      let lost = ExploredScenario(named: "lost") { _ in
        let store = LockedStore()
        return .init(threads: [
          Part(named: "consumer") {
            let isReady = store.condition.withLock { store.isReady }
            store.condition.lock()
            if !isReady { store.condition.wait() }
            store.condition.unlock()
          },
          Part(named: "producer") {
            store.condition.lock()
            store.isReady = true
            store.condition.signal()
            store.condition.unlock()
          },
        ])
      }
      let explorer = try Explorer(lost)
      let bounded = try explorer.exhaust(bound: 1)
      #expect(bounded.endings.keys.sorted() == ["hang", "ok"], "\(bounded)")
      let hang = try #require(bounded.endings["hang"])
      let standing = hang.standing.joined(separator: "\n")
      #expect(
        standing.contains(/consumer .* for the condition variable 0x[0-9a-f]+, at .*FoundationLockTests/), "\(standing)"
      )
      #expect(try explorer.replay(hang.token).endings == ["hang"])
    }
  }

  @Test func `Whoever looks again behind each wait, under the lock, is never stuck`() async {
    await #expect(processExitsWith: .success) {
      let queue = ExploredScenario(named: "queue") { _ in
        let store = LockedStore()
        return .init(
          threads: [
            Part(named: "consumer") {
              store.condition.lock()
              while store.items.count < 2 { store.condition.wait() }
              store.condition.unlock()
            },
            Part(named: "producer-1") { store.produce("a") }, Part(named: "producer-2") { store.produce("b") },
          ], classify: { store.items.sorted().joined() })
      }
      let bounded = try Explorer(queue).exhaust(bound: 2)
      #expect(bounded.isComplete && bounded.endings.keys.sorted() == ["ab"], "\(bounded)")
    }
  }

  @Test func `A credit of a semaphore is waited for, and a missing one is a hang`() async {
    await #expect(processExitsWith: .success) {
      let credited = ExploredScenario(named: "credited") { _ in
        let store = LockedStore()
        let isSpent = Shared(false)
        let spend = { @Sendable in
          store.credits.wait()
          isSpent.withLock { $0 = true }
        }
        return .init(threads: [
          Part(named: "spender", spend),
          Part(named: "another") { if isSpent.read() { spend() } },
          Part(named: "giver") { store.credits.signal() },
        ])
      }
      let explorer = try Explorer(credited)
      let bounded = try explorer.exhaust(bound: 1)
      #expect(bounded.endings.keys.sorted() == ["hang", "ok"], "\(bounded)")
      let standing = try #require(bounded.endings["hang"]).standing.joined(separator: "\n")
      #expect(
        standing.contains(/another .* nobody lets it go, for the semaphore 0x[0-9a-f]+/), "\(standing)")
    }
  }

  @Test func `A stage of a condition lock is waited for`() async {
    await #expect(processExitsWith: .success) {
      let staged = ExploredScenario(named: "staged") { _ in
        let store = LockedStore()
        return .init(
          threads: [
            Part(named: "last") {
              // Without a date Foundation's own traps as soon as it has to wait.
              _ = store.stage.lock(whenCondition: 1, before: Date(timeIntervalSinceNow: 3600))
              store.items.append("last")
              store.stage.unlock()
            },
            Part(named: "first") {
              store.stage.lock()
              store.items.append("first")
              store.stage.unlock(withCondition: 1)
            },
          ], classify: { store.items.joined(separator: " ") })
      }
      let found = try Explorer(staged).exhaust(bound: 0)
      #expect(found.endings.keys.sorted() == ["first last"])
    }
  }

  @Test func `A time that is waited for, or slept, is one of the schedule`() async {
    await #expect(processExitsWith: .success) {
      let timed = ExploredScenario(named: "timed") { _ in
        let store = LockedStore()
        let seen = Shared<[String]>([])
        return .init(
          threads: [
            Part(named: "waiter") {
              store.condition.lock()
              let end = Date(timeIntervalSinceNow: 3600)
              var isInTime = true
              while !store.isReady && isInTime { isInTime = store.condition.wait(until: end) }
              store.condition.unlock()
              seen.withLock { $0.append(isInTime ? "told" : "timed out") }
            },
            Part(named: "teller") {
              Thread.sleep(forTimeInterval: 1800)
              store.condition.withLock { store.isReady = true }
              store.condition.signal()
            },
            Part(named: "asker") {
              if store.credits.wait(timeout: .now() + 7200) == .timedOut { seen.withLock { $0.append("asked") } }
            },
          ], classify: { seen.read().joined(separator: ", ") })
      }
      let explorer = try Explorer(timed)
      #expect(try explorer.exhaust(bound: 0).endings.keys.sorted() == ["told, asked"])
      let found = try explorer.explore(executions: 300, seed: 1)
      #expect(found.endings.keys.contains("told, asked") && !found.endings.keys.contains("stalled"), "\(found)")
    }
  }
}
