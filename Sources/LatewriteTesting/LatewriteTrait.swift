// The trait that makes a test fail by what it does to memory: it runs the body over an arena of its own, waits for
// borrowers, and turns findings into issues.
internal import CrashReports
public import Latewrite
public import Testing

/// Checks a test, or each test of a suite, for writes that arrive after their memory was given back.
public struct LatewriteTrait: TestTrait, SuiteTrait, TestScoping {
  /// Rules that the test breaks on purpose.
  public let expectedRules: Set<Rule>
  /// The arena that the test gets.
  public let arena: Arena.Configuration
  /// How long open loans are waited for after the body has ended.
  public let patience: Duration

  /// Each test of a suite gets its own surroundings.
  public var isRecursive: Bool { true }

  /// Runs one test over an arena of its own and records an issue for each finding that was not expected, and for each
  /// expected rule that was not broken.
  @concurrent public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    let surroundings = try LatewriteTest(arena: arena, name: test.name)
    var failure: (any Error)?
    do {
      try await LatewriteTest.$running.withValue(surroundings) { try await function() }
    } catch {
      failure = error
    }
    await surroundings.waitForLoans(patience: patience)
    surroundings.close()
    try await report(surroundings.scope, of: test)
    if let failure { throw failure }
  }

  private func report(_ scope: Scope, of test: Test) async throws {
    for rule in expectedRules.sorted() where scope.count(rule) == 0 {
      Issue.record(
        "\(rule) was expected and did not happen in \(test.name)", sourceLocation: test.sourceLocation)
    }
    guard scope.counts.keys.contains(where: { !expectedRules.contains($0) }) else { return }
    let records = try RawRecordFile(bytes: scope.rawRecords, origin: test.name)
    let reports = await CrashReport.reports(of: records)
    for report in reports where !expectedRules.contains(where: { $0.rawValue == UInt32(report.rule) }) {
      try record(report, of: test)
    }
  }

  private func record(_ report: CrashReport, of test: Test) throws {
    let place = TestLocation.of(report, in: test)
    let text = report.text()
    Issue.record("\(TestLocation.headline(of: text))", sourceLocation: place)
    let name = "\(report.ruleID.lowercased())-\(report.signature)"
    Attachment.record(text, named: "\(name).txt", sourceLocation: place)
    Attachment.record(try report.json(), named: "\(name).json", sourceLocation: place)
  }
}

extension Trait where Self == LatewriteTrait {
  /// Fails the test with each finding of its body, at the source line of the wrong free.
  public static var latewrite: Self { .latewrite() }

  /// Fails the test with each finding of its body, except those of `expecting`, which must be there.
  /// - Parameters:
  ///   - arena: the arena that `LatewriteTest.arena` is.
  ///   - patience: how long open loans are waited for after the body, as long as there are any; then they are leaks
  ///     (LW011).
  public static func latewrite(
    expecting: Set<Rule> = [], arena: Arena.Configuration = Arena.Configuration(), patience: Duration = .seconds(60)
  ) -> Self {
    Self(expectedRules: expecting, arena: arena, patience: patience)
  }
}
