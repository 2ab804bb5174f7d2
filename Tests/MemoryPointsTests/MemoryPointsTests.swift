// Scenarios whose state is plain: variables, collections, atomics, the standard library's Mutex. This target is built
// so that each access is a scheduling point, and what races is found, repeated and told by the line.
import Exploration
import Latewrite
import Synchronization
import Testing

/// @unchecked Sendable: that it is shared without protection is what is tested.
private final class Account: @unchecked Sendable {
  var balance = 0
  var receipt: String?
  var log: [Int] = []
}

private final class Register: Sendable {
  let count = Atomic(0), made = Atomic(0)
  let first = Mutex(0)
  let second = Mutex(0)
  let entries = Mutex<[String: Int]>([:])
}

private struct Pair<Left, Right> {
  let left: Left
  let right: Right
}

private enum Receipts {
  static let words: [String: [Int]] = Dictionary(uniqueKeysWithValues: (1...20).map { ("word \($0)", [$0]) })

  @inline(never) static func text<Left, Right>(of pair: Pair<Left, Right>) -> String {
    let count = words.values.reduce(0) { $0 + $1.count }
    return "\(pair.left) \(pair.right), \(count), \(type(of: pair) == Pair<String, Int>.self)"
  }
}

private enum PlainScenarios {
  static let lostUpdate = ExploredScenario(named: "lost update") { _ in
    let account = Account()
    return .init(
      threads: ["one", "two"].map { Part(named: $0) { account.balance += 1 } }, classify: { "\(account.balance)" })
  }
  static let lineOfTheUpdate = #line - 2

  static let madeTwice = ExploredScenario(named: "made twice") { _ in
    let account = Account()
    let register = Register()
    return .init(
      threads: (1...2).map { number in
        Part(named: "thread-\(number)") {
          if account.receipt == nil {
            register.made.add(1, ordering: .relaxed)
            account.receipt = "receipt of thread \(number), which is long"
          }
        }
      }, classify: { "made \(register.made.load(ordering: .relaxed))" })
  }

  static let atomicInTwoSteps = ExploredScenario(named: "atomic in two steps") { _ in
    let register = Register()
    return .init(
      threads: ["one", "two"].map { name in
        Part(named: name) {
          let before = register.count.load(ordering: .sequentiallyConsistent)
          register.count.store(before + 1, ordering: .sequentiallyConsistent)
        }
      }, classify: { "\(register.count.load(ordering: .relaxed))" })
  }

  /// Whoever comes second makes a global's value and looks types up, which the default order does not.
  static let onceInAProcess = ExploredScenario(named: "once in a process") { _ in
    let account = Account()
    let register = Register()
    return .init(
      threads: (1...2).map { number in
        Part(named: "thread-\(number)") {
          let before = account.balance
          account.balance = before + 1
          if before == 0 && number == 2 { account.receipt = Receipts.text(of: Pair(left: "late", right: number)) }
          register.made.add(account.balance, ordering: .relaxed)
        }
      }, classify: { account.receipt ?? "none" })
  }

  static let mutexInTwoSteps = ExploredScenario(named: "mutex in two steps") { _ in
    let register = Register()
    return .init(
      threads: ["one", "two"].map { name in
        Part(named: name) {
          let isNew = register.entries.withLock { $0["key"] == nil }
          if isNew { register.entries.withLock { $0["key", default: 0] += 1 } }
        }
      }, classify: { "\(register.entries.withLock { $0["key"] ?? 0 })" })
  }

  static let guarded = ExploredScenario(named: "guarded") { _ in
    let register = Register()
    return .init(
      threads: (1...3).map { number in
        Part(named: "thread-\(number)") { register.entries.withLock { $0["\(number % 2)", default: 0] += 1 } }
      }, classify: { register.entries.withLock { "\($0["0"] ?? 0) \($0["1"] ?? 0)" } })
  }

  static let crossed = ExploredScenario(named: "crossed") { _ in
    let register = Register()
    return .init(threads: [
      Part(named: "one") { register.first.withLock { value in register.second.withLock { value += $0 } } },
      Part(named: "two") { register.second.withLock { value in register.first.withLock { value += $0 } } },
    ])
  }
}

@Suite struct MemoryPointsTests {
  private typealias Case = (scenario: ExploredScenario, endings: Set<String>)

  private static let cases: [Case] = [
    (PlainScenarios.lostUpdate, ["1", "2"]),
    (PlainScenarios.madeTwice, ["made 1", "made 2"]),
    (PlainScenarios.atomicInTwoSteps, ["1", "2"]),
    (PlainScenarios.mutexInTwoSteps, ["1", "2"]),
    (PlainScenarios.guarded, ["1 2"]),
    (PlainScenarios.onceInAProcess, ["none", "late 2, 20, true"]),
  ]

  @Test(arguments: 0..<6) func `What races by plain memory is found, and what does not is not`(index: Int) async {
    #expect(Self.cases.count == 6 && Explorer.hasMemoryPoints)
    await #expect(processExitsWith: .success) { [index = index as Int] in
      let (scenario, endings) = Self.cases[index]
      let explorer = try Explorer(scenario)
      for seed in 1...3 as ClosedRange<UInt64> {
        let found = try explorer.explore(executions: 100, seed: seed)
        #expect(Set(found.endings.keys) == endings, "\(scenario.name), seed \(seed): \(found)")
        for (name, ending) in found.endings {
          let short = try explorer.shrink(ending.token, to: name)
          let (once, again) = (try explorer.replay(short), try explorer.replay(short))
          #expect(once.endings == [name] && once.stepTable == again.stepTable, "\(scenario.name): \(once.stepTable)")
        }
      }
      let bounded = try explorer.exhaust(bound: 1)
      #expect(bounded.isComplete && Set(bounded.endings.keys) == endings, "\(scenario.name): \(bounded)")
    }
  }

  @Test func `The steps name the lines of plain accesses`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(PlainScenarios.lostUpdate)
      let found = try explorer.explore(executions: 100, seed: 1)
      let token = try explorer.shrink(try #require(found.endings["1"]?.token), to: "1")
      let table = try explorer.replay(token).stepTable
      #expect(table.contains("MemoryPointsTests/MemoryPointsTests.swift:\(PlainScenarios.lineOfTheUpdate)"), "\(table)")
    }
  }

  @Test func `Two that take two mutexes in different orders are a hang that names who has what`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(PlainScenarios.crossed)
      let found = try explorer.explore(executions: 100, seed: 1)
      #expect(Set(found.endings.keys) == ["hang", "ok"], "\(found)")
      let standing = try #require(found.endings["hang"]?.standing).joined(separator: "\n")
      #expect(standing.contains(/one .* for the Mutex 0x[0-9a-f]+, held by two/), "\(standing)")
      #expect(standing.contains(/two .* for the Mutex 0x[0-9a-f]+, held by one/), "\(standing)")
    }
  }
}
