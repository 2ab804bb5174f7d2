// Small programs with known ends that are about blocks of the arena and loans of them.
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

extension SmallScenarios {
  static let blocks: [ExploredScenario] = [
    lateWrite, settledFirst, addressReuse, doubleFree, twoLoans, cancelFlag, outOfBounds, twoBlocks,
  ]

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
