// Programs with timers, under control: their time is the schedule's, and deleting one races its callback.
import Foundation
import Testing

@Suite(.serialized)
struct ProgramTimerTests {
  @Test("A timer's context that is freed too early is found, and with a deletion that waits nothing is")
  func freesContext() async throws {
    let command = try Command()
    try ProgramTests.build("frees_timer", for: command)
    let found = try await command.run("explore", "--program", "./frees_timer", "--bound", "1")
    #expect(found.code == 1, "\(found.error)")
    #expect(found.output.contains("frees_timer.c:18 in main"), "the line of the free: \(found.output)")
    let token = try ProgramTests.token(of: "LW002", in: found.output)
    let again = try await command.run("replay", "--program", "./frees_timer", token)
    #expect(again.output.contains("./frees_timer: LW002"), "\(again.output)")
    let waiting = try await command.run("explore", "--program", "./frees_timer", "--bound", "1", "--", "waits")
    #expect(waiting.code == 0, "\(waiting.output)")
    #expect(waiting.output.contains("All schedules with at most 1 deviation"))
  }
}
