// The standard library's Mutex in scenarios that are compiled as usual: taking and giving back a free one is no point,
// but whoever finds one taken waits where the controller sees it.
import Exploration
import Latewrite
import Synchronization
import Testing

private final class Ledger: Sendable {
  let entries = Mutex([Int]())
  let other = Mutex(0)
}

@Suite struct MutexTests {
  @Test func `Whoever finds a Mutex taken waits for it, and goes on when it is given back`() async {
    await #expect(processExitsWith: .success) {
      let queue = ExploredScenario(named: "queue") { _ in
        let ledger = Ledger()
        let step = Shared(0)
        return .init(
          threads: (1...3).map { number in
            Part(named: "thread-\(number)") {
              ledger.entries.withLock { entries in
                step.withLock { $0 += 1 }
                entries.append(step.read())
              }
            }
          }, classify: { ledger.entries.withLock { $0 == [1, 2, 3] } ? "one after the other" : "mixed" })
      }
      let explorer = try Explorer(queue)
      #expect(try explorer.explore(executions: 200, seed: 1).endings.keys.sorted() == ["one after the other"])
      let bounded = try explorer.exhaust(bound: 2)
      #expect(bounded.isComplete && bounded.endings.keys.sorted() == ["one after the other"], "\(bounded)")
    }
  }

  @Test func `A Mutex and a lock that are taken in different orders are a hang`() async {
    await #expect(processExitsWith: .success) {
      let crossed = ExploredScenario(named: "crossed") { _ in
        let ledger = Ledger()
        let cell = Shared(0)
        return .init(threads: [
          Part(named: "one") { ledger.other.withLock { value in cell.withLock { value += $0 } } },
          Part(named: "two") { cell.withLock { value in ledger.other.withLock { value += $0 } } },
        ])
      }
      let found = try Explorer(crossed).explore(executions: 200, seed: 1)
      #expect(Set(found.endings.keys) == ["hang", "ok"], "\(found)")
      let standing = try #require(found.endings["hang"]?.standing).joined(separator: "\n")
      #expect(standing.contains(/two .* for the Mutex 0x[0-9a-f]+, held by one/), "\(standing)")
    }
  }

  @Test func `Threads that nobody controls wait for a Mutex as ever`() throws {
    let ledger = Ledger()
    let write = { @Sendable in
      for _ in 0..<50_000 { ledger.other.withLock { $0 += 1 } }
    }
    let one = try LatewriteThread(named: "one", write), two = try LatewriteThread(named: "two", write)
    one.join()
    two.join()
    #expect(ledger.other.withLock { $0 } == 100_000)
  }
}
