// Small programs with known ends: for whatever must hold of any program under control. Each one's ends differ by
// the order of its threads' acts, or, where the acts are independent, do not.
import Exploration
import Latewrite

enum SmallScenarios {
  static let all: [ExploredScenario] =
    [
      independent, oneCell, readAndWrite, lostUpdate, checkThenAct, threeInARow, handshake, spurious, deadline, choice,
      child, tryLock, tryHeld,
    ] + blocks

  static func words(_ log: Shared<[String]>) -> String { log.read().joined(separator: " ") }

  // ---------------------------------------------------------------------------------------------- memory and locks

  static let independent = ExploredScenario(named: "independent") { _ in
    let left = Shared(0), right = Shared(0)
    return .init(
      threads: [
        Part(named: "left") { for _ in 0..<3 { left.withLock { $0 += 1 } } },
        Part(named: "right") { for _ in 0..<3 { right.withLock { $0 += 1 } } },
      ], classify: { "\(left.read()) \(right.read())" })
  }

  static let oneCell = ExploredScenario(named: "one-cell") { _ in
    let log = Shared<[String]>([])
    return .init(
      threads: [
        Part(named: "a") { for name in ["a1", "a2"] { log.withLock { $0.append(name) } } },
        Part(named: "b") { for name in ["b1", "b2"] { log.withLock { $0.append(name) } } },
      ], classify: { words(log) })
  }

  static let readAndWrite = ExploredScenario(named: "read-and-write") { _ in
    let value = Shared(0), seen = Shared<[Int]>([])
    return .init(
      threads: [
        Part(named: "writer") { for next in 1...2 { value.withLock { $0 = next } } },
        Part(named: "reader") {
          let first = value.read()
          seen.withLock { $0 = [first, value.read()] }
        },
      ], classify: { "\(seen.read())" })
  }

  static let lostUpdate = ExploredScenario(named: "lost-update") { _ in
    let value = Shared(0)
    let add: @Sendable () -> Void = {
      let old = value.read()
      value.withLock { $0 = old + 1 }
    }
    return .init(
      threads: [Part(named: "a", add), Part(named: "b", add)],
      invariants: [.init("no update is lost") { value.read() == 2 }])
  }

  static let checkThenAct = ExploredScenario(named: "check-then-act") { _ in
    let isOpen = Shared(true), used = Shared("unused")
    return .init(
      threads: [
        Part(named: "user") { if isOpen.read() { used.withLock { $0 = isOpen.read() ? "open" : "closed" } } },
        Part(named: "closer") { isOpen.withLock { $0 = false } },
      ], classify: { used.read() })
  }

  static let threeInARow = ExploredScenario(named: "three-in-a-row") { _ in
    let log = Shared<[String]>([])
    return .init(
      threads: ["a", "b", "c"].map { name in Part(named: name) { log.withLock { $0.append(name) } } },
      classify: { words(log) })
  }

  static let tryLock = ExploredScenario(named: "try-lock") { _ in
    let lock = Lock(), log = Shared<[String]>([])
    return .init(
      threads: [
        Part(named: "holder") { lock.withLock { log.withLock { $0.append("held") } } },
        Part(named: "trier") {
          let got: Void? = lock.withLockIfAvailable {}
          log.withLock { $0.append(got == nil ? "busy" : "free") }
        },
      ], classify: { words(log) })
  }

  /// Nothing but locks: what is tried is taken while its holder does nothing that others could see.
  static let tryHeld = ExploredScenario(named: "try-held") { _ in
    let lock = Lock(), got = Shared(true)
    return .init(
      threads: [
        Part(named: "holder") { lock.withLock {} },
        Part(named: "trier") {
          if lock.withLockIfAvailable({}) == nil { got.withLock { $0 = false } }
        },
      ], classify: { got.read() ? "free" : "busy" })
  }

  // ------------------------------------------------------------------------------------------- waiting and choosing

  static let handshake = ExploredScenario(named: "handshake") { _ in
    let waiting = Shared<Parker?>(nil), isReady = Shared(false), log = Shared<[String]>([])
    return .init(
      threads: [
        Part(named: "waiter") {
          waiting.withLock { $0 = .current }
          while !isReady.read() { _ = Parker.park(on: isReady) }
          log.withLock { $0.append("woken") }
        },
        Part(named: "waker") {
          log.withLock { $0.append("ready") }
          isReady.withLock { $0 = true }
          waiting.read()?.unpark()
        },
      ], classify: { words(log) })
  }

  /// A park without a loop: whoever returns from it for no reason goes on too early.
  static let spurious = ExploredScenario(named: "spurious") { _ in
    let parker = Shared<Parker?>(nil), isReady = Shared(false), saw = Shared("nothing")
    return .init(
      threads: [
        Part(named: "waiter") {
          parker.withLock { $0 = .current }
          if !isReady.read() { _ = Parker.park(until: Clock.now.advanced(by: .seconds(1))) }
          saw.withLock { $0 = isReady.read() ? "ready" : "too early" }
        },
        Part(named: "waker") {
          isReady.withLock { $0 = true }
          parker.read()?.unpark()
        },
      ], classify: { saw.read() })
  }

  static let deadline = ExploredScenario(named: "deadline") { _ in
    let log = Shared<[String]>([])
    func sleeper(_ name: String, _ milliseconds: Int) -> Part {
      Part(named: name) {
        let end = Clock.now.advanced(by: .milliseconds(milliseconds))
        while Parker.park(until: end) != .timedOut {}
        log.withLock { $0.append(name) }
      }
    }
    return .init(threads: [sleeper("long", 20), sleeper("short", 10)], classify: { words(log) })
  }

  static let choice = ExploredScenario(named: "choice") { _ in
    let log = Shared<[String]>([])
    return .init(
      threads: ["a", "b"].map { name in
        Part(named: name) {
          let chosen = Choices.choose(below: 3)
          log.withLock { $0.append("\(name)\(chosen)") }
        }
      }, classify: { words(log) })
  }

  static let child = ExploredScenario(named: "child") { _ in
    let log = Shared<[String]>([])
    return .init(
      threads: [
        Part(named: "parent") {
          guard let child = try? LatewriteThread(named: "child", { log.withLock { $0.append("child") } }) else {
            return
          }
          log.withLock { $0.append("parent") }
          child.join()
          log.withLock { $0.append("joined") }
        }
      ], classify: { words(log) })
  }
}
