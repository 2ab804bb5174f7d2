// Small programs with known ends: for whatever must hold of any program under control. Each one's ends differ by
// the order of its threads' acts, or, where the acts are independent, do not.
import Exploration
import Latewrite

/// A loan that a thread's closure owns.
final class Borrower: @unchecked Sendable {
  // @unchecked: one thread of the scenario uses it.
  private var loan: Loan?

  init(_ loan: consuming Loan) { self.loan = consume loan }

  func write() { _ = loan?.store(UInt64(7)) }
  func settle() { loan = nil }
  /// As a driver does that loses a request.
  func forget() { _ = Unmanaged.passRetained(self) }
}

enum SmallScenarios {
  static let all: [ExploredScenario] =
    [
      independent, oneCell, readAndWrite, lostUpdate, checkThenAct, threeInARow, handshake, spurious, deadline, choice,
      child, tryLock, tryHeld,
    ] + blocks

  private static let blocks: [ExploredScenario] = [
    lateWrite, settledFirst, addressReuse, doubleFree, twoLoans, cancelFlag, outOfBounds, twoBlocks,
  ]

  private static func words(_ log: Shared<[String]>) -> String { log.read().joined(separator: " ") }

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

  /// Nobody settles the loan when the borrower comes first.
  static let forgotten = ExploredScenario(named: "forgotten") { stage in
    let block = try stage.arena.allocate(32)
    let borrower = Borrower(try stage.arena.lend(block, to: "read"))
    let wanted = Shared(false)
    return .init(threads: [
      Part(named: "asker") { wanted.withLock { $0 = true } },
      Part(named: "borrower") {
        guard wanted.read() else { return borrower.forget() }
        borrower.settle()
        stage.arena.free(block)
      },
    ])
  }

  // Scenarios that hang are not among `all`.

  /// Two locks in two orders.
  static let crossed = ExploredScenario(named: "crossed") { _ in
    let one = Lock(), other = Lock()
    return .init(threads: [
      Part(named: "forth") { one.withLock { other.withLock {} } },
      Part(named: "back") { other.withLock { one.withLock {} } },
    ])
  }

  /// By default the waker is too early: it does not know yet whom to wake.
  static let neverWoken = ExploredScenario(named: "never-woken") { _ in
    let sleeper = Shared<Parker?>(nil)
    return .init(threads: [
      Part(named: "waker") { sleeper.read()?.unpark() },
      Part(named: "sleeper") {
        sleeper.withLock { $0 = .current }
        _ = Parker.park()
      },
    ])
  }

  /// The child waits for what may have been before.
  static let hangingChild = ExploredScenario(named: "hanging-child") { _ in
    let sleeper = Shared<Parker?>(nil), isDone = Shared(false)
    return .init(threads: [
      Part(named: "parent") {
        let child = try? LatewriteThread(named: "child") {
          if isDone.read() { return }
          sleeper.withLock { $0 = .current }
          _ = Parker.park()
        }
        isDone.withLock { $0 = true }
        sleeper.read()?.unpark()
        child?.join()
      }
    ])
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

  // --------------------------------------------------------------------------------------------------------- blocks

  static let lateWrite = ExploredScenario(named: "late-write") { stage in
    let block = try stage.arena.allocate(64)
    let borrower = Borrower(try stage.arena.lend(block, to: "read"))
    return .init(threads: [
      Part(named: "owner") { stage.arena.free(block) },
      Part(named: "borrower") {
        borrower.write()
        borrower.settle()
      },
    ])
  }

  static let settledFirst = ExploredScenario(named: "settled-first") { stage in
    let block = try stage.arena.allocate(64)
    let borrower = Borrower(try stage.arena.lend(block, to: "read"))
    let isDone = Shared(false), owner = Shared<Parker?>(nil)
    return .init(threads: [
      Part(named: "owner") {
        owner.withLock { $0 = .current }
        while !isDone.read() { _ = Parker.park(on: isDone) }
        stage.arena.free(block)
      },
      Part(named: "borrower") {
        borrower.write()
        borrower.settle()
        isDone.withLock { $0 = true }
        owner.read()?.unpark()
      },
    ])
  }

  static let addressReuse = ExploredScenario(named: "address-reuse") { stage in
    let block = try stage.arena.allocate(64)
    let borrower = Borrower(try stage.arena.lend(block, to: "read"))
    let isReused = Shared(false)
    return .init(
      threads: [
        Part(named: "owner") {
          stage.arena.free(block)
          guard let next = try? stage.arena.allocate(64) else { return }
          isReused.withLock { $0 = next.address == block.address }
        },
        Part(named: "borrower") {
          borrower.write()
          borrower.settle()
        },
      ], classify: { isReused.read() ? "reused" : "elsewhere" })
  }

  static let doubleFree = ExploredScenario(named: "double-free") { stage in
    let block = try stage.arena.allocate(64)
    let isFreed = Shared(false)
    let free: @Sendable () -> Void = {
      if !isFreed.read() {
        isFreed.withLock { $0 = true }
        stage.arena.free(block)
      }
    }
    return .init(threads: [Part(named: "a", free), Part(named: "b", free)])
  }

  static let twoLoans = ExploredScenario(named: "two-loans") { stage in
    let block = try stage.arena.allocate(64)
    let left = Borrower(try stage.arena.lend(block, to: "read", operation: 1))
    let right = Borrower(try stage.arena.lend(block, to: "write", operation: 2))
    return .init(threads: [
      Part(named: "left") { left.settle() }, Part(named: "right") { right.settle() },
      Part(named: "owner") { stage.arena.free(block) },
    ])
  }

  static let cancelFlag = ExploredScenario(named: "cancel-flag") { stage in
    let block = try stage.arena.allocate(64)
    let borrower = Borrower(try stage.arena.lend(block, to: "read"))
    let isCancelled = Shared(false)
    return .init(threads: [
      Part(named: "owner") {
        isCancelled.withLock { $0 = true }
        stage.arena.free(block)
      },
      Part(named: "borrower") {
        if !isCancelled.read() { borrower.write() }
        borrower.settle()
      },
    ])
  }

  static let outOfBounds = ExploredScenario(named: "out-of-bounds") { stage in
    let block = try stage.arena.allocate(8)
    let borrower = Borrower(try stage.arena.lend(block, to: "read"))
    let length = Shared(8)
    return .init(threads: [
      Part(named: "owner") { length.withLock { $0 = 16 } },
      Part(named: "borrower") {
        if length.read() > 8 { stage.arena.free(block) }
        borrower.write()
        borrower.settle()
      },
    ])
  }

  static let twoBlocks = ExploredScenario(named: "two-blocks") { stage in
    let log = Shared<[String]>([])
    return .init(
      threads: ["a", "b"].map { name in
        Part(named: name) {
          guard let block = try? stage.arena.allocate(64) else { return }
          log.withLock { $0.append(name) }
          stage.arena.free(block)
        }
      }, classify: { words(log) })
  }
}
