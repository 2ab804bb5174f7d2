// Scopes keep findings apart, count every occurrence and record each cause once.
import Latewrite
import LatewriteTesting
import Testing

@Suite("Scope")
struct ScopeTests {
  /// Frees a lent block, `times` times from the same line.
  @inline(never)
  static func freeWhileLent(in arena: borrowing Arena, times: Int) throws {
    for _ in 0..<times {
      let block = try arena.allocate(64)
      let loan = try arena.lend(block, to: "read")
      arena.free(block)
      loan.settle()
    }
  }

  static func quiet() throws -> Scope {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    return try Scope(quiet)
  }

  @Test("the same cause is counted each time and recorded once")
  func countsAndRecords() throws {
    let scope = try Self.quiet()
    scope.setExecution(seed: 11, number: 3)
    let arena = try Arena(scope: scope)
    try Self.freeWhileLent(in: arena, times: 5)
    #expect(scope.count(.freedWhileLent) == 5 && scope.counts == [.freedWhileLent: 5])
    let finding = try #require(scope.findings.first)
    #expect(scope.findings.count == 1 && finding.occurrences == 5)
    #expect(finding.seed == 11 && finding.execution == 3 && finding.block.arena == arena.number)
  }

  @Test("arenas of different scopes do not see each other's findings")
  func apart() throws {
    let mine = try Self.quiet()
    let theirs = try Self.quiet()
    let clean = try Arena(scope: mine)
    let broken = try Arena(scope: theirs)
    try Self.freeWhileLent(in: broken, times: 1)
    #expect(mine.counts.isEmpty && theirs.counts == [.freedWhileLent: 1])
    clean.close()
    broken.close()
  }

  @Test("an observer is told every occurrence, with its incarnation")
  func observer() throws {
    let scope = try Self.quiet()
    let seen = Shared<[Incarnation?]>([])
    scope.observe { rule, _, incarnation in
      if rule == .freedWhileLent { seen.withLock { $0.append(incarnation) } }
    }
    let arena = try Arena(scope: scope)
    try Self.freeWhileLent(in: arena, times: 4)
    let told = seen.read()
    #expect(told.count == 4 && Set(told).count == 4 && !told.contains(nil))
  }

  @Test("raw records begin with the format's magic and hold what was found")
  func rawRecords() throws {
    let scope = try Self.quiet()
    let arena = try Arena(scope: scope)
    let empty = scope.rawRecords
    try Self.freeWhileLent(in: arena, times: 1)
    #expect(empty.starts(with: Array("LWRAW".utf8)) && scope.rawRecords.count > empty.count)
  }

  @Test("every rule has its number and the name that C gives it")
  func rules() {
    #expect(Rule.allCases.map(\.rawValue) == Array(1...18))
    #expect(Rule.staleWrite.description == "LW002 stale-write" && Rule.selfUnregister.id == "LW018")
    #expect(Set(Rule.allCases.map(\.name)).count == 18)
  }
}
