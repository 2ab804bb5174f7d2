// The Swift of README.md, word for word: what a newcomer copies compiles and does what is said of it. The style test
// looks for each of README's examples here.
import AsyncProactor
import Exploration
import Latewrite
import LatewriteTesting
import Testing

/// Fails each test that has no finding of the rule: those of README break it on purpose.
private struct Breaking: SuiteTrait, TestTrait, TestScoping {
  let rule: Rule
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withKnownIssue("broken on purpose") {
      try await function()
    } matching: { issue in
      issue.comments.contains { $0.rawValue.contains("Latewrite \(rule.id) ") }
    }
  }
}

@Suite("README, in your own tests", Breaking(rule: .freedWhileLent))
struct ReadmeTraitTests {
  @Test(.latewrite) func cancelledReadKeepsItsBuffer() throws {
    let test = LatewriteTest.current
    let buffer = try test.arena.allocate(4096)
    let loan = try test.arena.lend(buffer, to: "read")
    test.arena.free(buffer)
    loan.settle()
  }
}

@Suite("README")
struct ReadmeTests {
  @Test("a scenario of one's own is explored, exhausted, shrunk and replayed")
  func scenario() async {
    await #expect(processExitsWith: .success) {
      let late = ExploredScenario(named: "late-write") { stage in
        let block = try stage.arena.allocate(64)
        let loan = Shared<Loan?>(try stage.arena.lend(block, to: "read"))
        return .init(threads: [
          Part(named: "owner") { stage.arena.free(block) },
          Part(named: "borrower") {
            loan.withLock { loan in
              loan?.store(UInt64(1))
              loan = nil
            }
          },
        ])
      }
      let explorer = try Explorer(late)
      let found = try explorer.explore(executions: 100, seed: 1)
      let proof = try explorer.exhaust(bound: 2)
      let short = try explorer.shrink(found.endings["LW002"]!.token, to: "LW002")
      print(try explorer.replay(short).stepTable)
      #expect(Set(found.endings.keys).isSubset(of: proof.endings.keys) && proof.isComplete)
      #expect(Set(proof.endings.keys) == ["LW001", "LW002", "ok"])
      #expect(try Explorer(late).exhaust(bound: 2).endings.keys.sorted() == ["LW001", "LW002", "ok"])
    }
  }
  @Test("a server is a loop over a listener")
  func server() {
    // Compiled and not run, for it serves for ever; the echo server among the examples is this one, and is run.
    let serve: @Sendable () throws -> Void = {
      try EventLoop.run { loop in
        let listener = try await loop.listen(on: .loopback(port: 7777))
        try await withThrowingDiscardingTaskGroup { clients in
          for try await client in listener {
            clients.addTask {
              defer { client.close() }
              for try await bytes in client { try await client.write(bytes) }
            }
          }
        }
      }
    }
    withExtendedLifetime(serve) {}
  }
}
