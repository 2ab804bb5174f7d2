// A scenario that traps ends its process; which execution it was must not be lost with it. And explorers of tests that
// run side by side do not disturb each other.
import Exploration
import Foundation
import Latewrite
import Testing

@Suite struct CrashTests {
  /// Both may find one element and take it.
  private static let emptied = ExploredScenario(named: "emptied") { _ in
    let items = Shared([1])
    let take: @Sendable () -> Void = { if !items.read().isEmpty { _ = items.withLock { $0.removeLast() } } }
    return .init(threads: [Part(named: "a", take), Part(named: "b", take)])
  }
  /// The second one takes it twice.
  private static let reentered = ExploredScenario(named: "reentered") { _ in
    let lock = Lock(), isAgain = Shared(false)
    return .init(threads: [
      Part(named: "a") {
        let again = isAgain.read()
        lock.withLock { if again { lock.withLock {} } }
      },
      Part(named: "b") { isAgain.withLock { $0 = true } },
    ])
  }

  private static func token(in bytes: [UInt8], of name: String) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    let prefix = "latewrite: an execution of \(name) ends the program; it is repeated by replay of "
    return text.split(separator: "\n").first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  @Test func `A trap in a part tells the token, which repeats it in another process`() async throws {
    let crashExit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Explorer(Self.emptied).explore(executions: 1000, seed: 1)
    }
    let crash = try #require(crashExit)
    let token = try #require(Self.token(in: crash.standardErrorContent, of: "emptied"))
    #expect(try !ReplayToken(token).schedule.deviations.isEmpty)
    let againExit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [token = token as String] in
      _ = try Explorer(Self.emptied).replay(token)
    }
    let again = try #require(againExit)
    #expect(Self.token(in: again.standardErrorContent, of: "emptied") == token)
    #expect(String(decoding: again.standardErrorContent, as: UTF8.self).contains("Can't remove last element"))
  }

  @Test func `So does a misuse of a lock, and a trap in an invariant`() async throws {
    let misuseExit = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      _ = try Explorer(Self.reentered).explore(executions: 1000, seed: 1)
    }
    let misuse = try #require(misuseExit)
    let text = String(decoding: misuse.standardErrorContent, as: UTF8.self)
    #expect(text.contains("latewrite: a thread acquired a lock that it already holds\n"))
    #expect(Self.token(in: misuse.standardErrorContent, of: "reentered") != nil, "\(text)")
    let judgedExit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let wrong = ExploredScenario(named: "wrong") { _ in
        let items = Shared<[Int]>([])
        return .init(
          threads: [Part(named: "only") { _ = items.read() }],
          invariants: [.init("there is one") { items.read()[0] == 1 }])
      }
      _ = try Explorer(wrong)
    }
    let judged = try #require(judgedExit)
    #expect(Self.token(in: judged.standardErrorContent, of: "wrong") != nil)
  }

  @Test(arguments: [SIGTRAP, SIGILL])
  func `What is sent to the program ends it as a trap does`(number: CInt) async throws {
    let sentExit = await #expect(processExitsWith: .failure, observing: [\.exitStatus, \.standardErrorContent]) {
      [number] in
      let sends = ExploredScenario(named: "sends") { _ in .init(threads: [Part(named: "a") { raise(number) }]) }
      _ = try Explorer(sends)
    }
    let sent = try #require(sentExit)
    #expect(sent.exitStatus == .signal(number))
    #expect(Self.token(in: sent.standardErrorContent, of: "sends") != nil)
  }

  @Test func `A crash outside of executions tells of none`() async throws {
    let crashExit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Explorer(SmallScenarios.oneCell).exhaust(bound: 1)
      abort()
    }
    let crash = try #require(crashExit)
    #expect(!String(decoding: crash.standardErrorContent, as: UTF8.self).contains("repeated by replay"))
  }

  @Test func `An explorer may be asked in the midst of its own exploration`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(SmallScenarios.oneCell)
      var replayed = 0
      _ = try explorer.explore(executions: 5, seed: 1) { result in
        guard let token = result.endings.values.first?.token else { return false }
        if (try? explorer.replay(token)) != nil { replayed += 1 }
        return false
      }
      #expect(replayed == 4)
    }
  }

  @Test func `Explorers on several threads take turns`() async {
    await #expect(processExitsWith: .success) {
      let alone = try SmallScenarios.all.map { try Explorer($0).exhaust(bound: 1).executions }
      try await withThrowingTaskGroup(of: (Int, UInt64, [String]).self) { group in
        for (index, scenario) in SmallScenarios.all.enumerated() {
          group.addTask {
            let result = try Explorer(scenario).exhaust(bound: 1)
            return (index, result.executions, result.warnings)
          }
        }
        for try await (index, executions, warnings) in group {
          #expect(executions == alone[index] && warnings == [])
        }
      }
    }
  }
}
