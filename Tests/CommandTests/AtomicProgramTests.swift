// `latewrite explore --program`: threads and atomic operations of C11, and the compiler's own.
import Testing

@Suite(.serialized)
struct AtomicProgramTests {
  @Test("Threads, mutexes, conditions, once and thread storage of C11 do as they should in every order")
  func c11Calls() async throws {
    let command = try Command()
    try ProgramTests.build("c11_calls", for: command)
    let all = try await command.run("explore", "--program", "./c11_calls", "--bound", "1")
    #expect(all.code == 0, "\(all.output)\(all.error)")
    #expect(all.output.contains("All schedules with at most 1 deviation"), "\(all.output)")
    let some = try await command.run("explore", "--program", "./c11_calls", "--executions", "200")
    #expect(some.code == 0, "\(some.output)\(some.error)")
  }

  @Test(
    "What is built from atomic operations is explored: a pop that was overtaken is found",
    arguments: ["pops_stale", "pops_stale_c11"])
  func overtaken(_ name: String) async throws {
    let command = try Command()
    try ProgramTests.build(name, for: command)
    let usual = try await command.run("explore", "--program", "./\(name)", "--bound", "0")
    #expect(usual.code == 0, "the default order shows nothing: \(usual.output)")
    let found = try await command.run("explore", "--program", "./\(name)", "--executions", "100")
    #expect(found.code == 1 && found.output.contains("LW007 double-free"), "\(found.output)")
    #expect(found.output.contains("(1 deviation, shrunk from 1)"), "\(found.output)")
    let token = try ProgramTests.token(of: "LW007", in: found.output)
    let again = try await command.run("replay", "--step", "--program", "./\(name)", token)
    #expect(again.output.contains("./\(name): LW007"), "\(again.output)")
    let deviation = try #require(again.output.split(separator: "\n").first { $0.hasPrefix("*") })
    #expect(deviation.contains("(before \(name).c:"), "\(deviation)")
  }

  @Test("Two deviations let two threads into a wrong lock; a right one is proved up to as many")
  func wrongLock() async throws {
    let command = try Command()
    try ProgramTests.build("enters_together", for: command)
    let found = try await command.run("explore", "--program", "./enters_together", "--executions", "400")
    #expect(found.code == 1 && found.output.contains("  exit 5: "), "\(found.output)")
    #expect(found.output.contains("(2 deviations, shrunk from "), "the search finds what deleting cannot")
    let token = try ProgramTests.token(of: "exit 5", in: found.output)
    let again = try await command.run("replay", "--program", "./enters_together", token)
    #expect(again.output.contains("./enters_together: exit 5"), "\(again.output)")
    try ProgramTests.build("enters_together", for: command, "-DRIGHT")
    let right = try await command.run("explore", "--program", "./enters_together", "--bound", "2")
    #expect(right.code == 0 && right.output.contains("All schedules with at most 2 deviations"), "\(right.output)")
  }

  @Test("What destructors of thread-specific data do is done under control")
  func threadEnds() async throws {
    let command = try Command()
    try ProgramTests.build("frees_at_thread_end", for: command)
    let found = try await command.run("explore", "--program", "./frees_at_thread_end", "--bound", "1")
    #expect(found.code == 1, "\(found.output)")
    let token = try ProgramTests.token(of: "LW002", in: found.output)
    let steps = try await command.run("replay", "--step", "--program", "./frees_at_thread_end", token)
    let frees = steps.output.split(separator: "\n").filter { $0.contains(" free ") }
    #expect(frees.contains { $0.contains("pthread-1") }, "\(steps.output)")
  }
}
