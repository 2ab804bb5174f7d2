// Locks, conditions and semaphores of scenarios that threads use whom no token binds.
import Dispatch
import Exploration
import Foundation
import Latewrite
import Testing

@Suite struct ForeignThreadTests {
  /// Whether the member waits at all depends on who is faster, so such an execution need not repeat itself.
  @Test func `What a thread that nobody controls releases is waited for, and is no hang`() async {
    await #expect(processExitsWith: .success) {
      let controller = Controller()
      for _ in 0..<20 {
        let store = LockedStore()
        let run = controller.run([
          Part(named: "asker") {
            Thread {
              store.add("helped")
              store.credits.signal()
            }.start()
            store.credits.wait()
          }
        ])
        #expect(run.end == .ended && store.items == ["helped"], "\(run.end)")
      }
    }
  }

  @Test func `A lock that a thread has whom nobody controls is waited for until it is given back`() async {
    await #expect(processExitsWith: .success) {
      let store = LockedStore()
      let isTaken = DispatchSemaphore(value: 0), mayGo = DispatchSemaphore(value: 0)
      Thread {
        store.lock.withLock {
          isTaken.signal()
          mayGo.wait()
          store.items.append("foreign")
        }
      }.start()
      isTaken.wait()
      let run = Controller().run([
        Part(named: "taker") { store.add("taken") }, Part(named: "other") { mayGo.signal() },
      ])
      #expect(run.end == .ended && store.items == ["foreign", "taken"], "\(run.end), \(store.items)")
    }
  }

  @Test func `A lock inside of a bracketed call is nobody's business`() async {
    await #expect(processExitsWith: .success) {
      let bracketed = ExploredScenario(named: "bracketed") { _ in
        let store = LockedStore()
        let isTaken = DispatchSemaphore(value: 0)
        return .init(
          threads: [
            Part(named: "asker") {
              outsideControl {
                Thread {
                  store.lock.withLock {
                    isTaken.signal()
                    store.items.append("foreign")
                  }
                }.start()
                isTaken.wait()
                store.add("taken")
              }
            }
          ], classify: { store.items.joined(separator: " ") })
      }
      let found = try Explorer(bracketed).explore(executions: 20, seed: 1)
      #expect(found.endings.keys.sorted() == ["foreign taken"], "\(found)")
    }
  }

  @Test func `Threads that nobody controls use all of it as ever`() throws {
    let store = LockedStore()
    let write = { @Sendable in
      for _ in 0..<20_000 {
        for door in Door.all { door.enter(store) }
        store.items.append("x")
        for door in Door.all.reversed() { door.leave(store) }
      }
      store.credits.signal()
    }
    let one = try LatewriteThread(named: "one", write), two = try LatewriteThread(named: "two", write)
    for _ in 1...2 { store.credits.wait() }
    one.join()
    two.join()
    #expect(store.items.count == 40_000)
    #expect(store.credits.wait(timeout: .now()) == .timedOut)
  }
}
