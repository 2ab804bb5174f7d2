// The trait, tried on bodies that break rules: the issue must be there, at the line of the wrong free, and nowhere
// else.
import Latewrite
import LatewriteTesting
import Testing

@Suite("Trait .latewrite")
struct TraitTests {
  /// Runs `body` as the trait runs a test, and returns the issues.
  static func issues(
    _ trait: LatewriteTrait = .latewrite(patience: .milliseconds(10)),
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws -> [Issue] {
    let test = try #require(Test.current)
    let testCase = try #require(Test.Case.current)
    let seen = Shared<[Issue]>([])
    try await withKnownIssue("broken on purpose", isIntermittent: true) {
      try await trait.provideScope(for: test, testCase: testCase) { try await body() }
    } matching: { issue in
      seen.withLock { $0.append(issue) }
      return true
    }
    return seen.read()
  }

  static let freeLine = #line + 5
  @inline(never)
  static func freeTooEarly() throws {
    let block = try LatewriteTest.arena.allocate(64)
    let loan = try LatewriteTest.arena.lend(block, to: "read", operation: 5)
    LatewriteTest.arena.free(block)
    loan.settle()
  }

  @Test("a wrong free fails the test at its own line, in the report's words")
  func wrongFree() async throws {
    let issues = try await Self.issues { try Self.freeTooEarly() }
    let issue = try #require(issues.first)
    #expect(issues.count == 1)
    #expect(issue.sourceLocation?.fileID == "LatewriteTestingTests/TraitTests.swift")
    #expect(issue.sourceLocation?.line == Self.freeLine)
    let words = issue.comments.map(\.rawValue).joined()
    #expect(words.contains("Latewrite LW001 freed-while-lent"))
    #expect(words.split(separator: "\n").count == 2)
  }

  @Test("a body that keeps the rules has no issue")
  func clean() async throws {
    let issues = try await Self.issues {
      let block = try LatewriteTest.arena.allocate(64)
      try LatewriteTest.arena.lend(block, to: "read").settle()
      LatewriteTest.arena.free(block)
    }
    #expect(issues.isEmpty)
  }

  @Test("an expected finding is no issue, and one that does not come is")
  func expected() async throws {
    let trait = LatewriteTrait.latewrite(expecting: [.freedWhileLent], patience: .milliseconds(10))
    let broken = try await Self.issues(trait) { try Self.freeTooEarly() }
    let kept = try await Self.issues(trait) {}
    #expect(broken.isEmpty)
    #expect(kept.count == 1)
    #expect(kept.first?.comments.first?.rawValue.contains("LW001 freed-while-lent was expected") == true)
  }

  @Test("an expected rule does not excuse another one")
  func otherRule() async throws {
    let issues = try await Self.issues(.latewrite(expecting: [.leak], patience: .milliseconds(10))) {
      _ = try LatewriteTest.arena.allocate(64)
      try Self.freeTooEarly()
    }
    #expect(issues.count == 1 && issues.first?.sourceLocation?.line == Self.freeLine)
  }

  @Test("a loan that is settled by another thread after the body is waited for")
  func waitsForLoans() async throws {
    let scope = Shared<Scope?>(nil)
    let issues = try await Self.issues(.latewrite(expecting: [.leak], patience: .seconds(3600))) {
      let test = LatewriteTest.current
      scope.withLock { $0 = test.scope }
      let block = try test.arena.allocate(64)
      let loan = Shared<Loan?>(try test.arena.lend(block, to: "read"))
      try LatewriteThread(named: "borrower") {
        loan.withLock { $0 = nil }
      }.detach()
    }
    // The block is never freed, and that is all that leaks.
    let leaks = scope.read()?.findings ?? []
    #expect(issues.isEmpty && leaks.map(\.block.openLoans) == [0])
  }

  @Test("a loan that nobody settles is LW011 after the time is up")
  func leak() async throws {
    let kept = Shared<Loan?>(nil)
    let issues = try await Self.issues {
      let block = try LatewriteTest.arena.allocate(64)
      try kept.withLock { $0 = try LatewriteTest.arena.lend(block, to: "read") }
    }
    #expect(!issues.isEmpty)
    #expect(issues.allSatisfy { $0.comments.contains { $0.rawValue.contains("LW011 leak") } })
    kept.withLock { $0 = nil }
  }

  @Test("tests that run at the same time do not see each other's findings")
  func parallel() async throws {
    let test = try #require(Test.current)
    let testCase = try #require(Test.Case.current)
    let trait = LatewriteTrait.latewrite(expecting: [.freedWhileLent])
    let (inside, insideReached) = AsyncStream.makeStream(of: Void.self)
    let (leave, mayLeave) = AsyncStream.makeStream(of: Void.self)
    let counts = Shared<[UInt64]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await trait.provideScope(for: test, testCase: testCase) {
          try Self.freeTooEarly()
          insideReached.yield()
          for await _ in leave { break }
          counts.withLock { $0.append(LatewriteTest.scope.count(.freedWhileLent)) }
        }
      }
      group.addTask {
        try await LatewriteTrait.latewrite.provideScope(for: test, testCase: testCase) {
          for await _ in inside { break }
          counts.withLock { $0.append(LatewriteTest.scope.count(.freedWhileLent)) }
          mayLeave.yield()
        }
      }
      try await group.waitForAll()
    }
    #expect(counts.read() == [0, 1])
  }

  @Test("an error of the body is thrown on, behind what was found")
  func bodyThrows() async throws {
    let issues = try await Self.issues {
      try Self.freeTooEarly()
      throw LatewriteTestingTestError()
    }
    #expect(issues.count == 2)
    #expect(issues.contains { $0.error is LatewriteTestingTestError })
  }

  @Test("outside a test the arena is refused with a sentence")
  func outside() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LatewriteTest.current
    }
    let said = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(said.contains("this is not inside a test with the trait .latewrite"))
  }
}

/// What a body throws.
struct LatewriteTestingTestError: Error {}
