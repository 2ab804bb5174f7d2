// `latewrite explore --program`: programs that wait for children, pipes and sockets.
import Testing

@Suite(.serialized)
struct WorldProgramTests {
  @Test("A wait with a time-out that only a child can end is a wait for the child")
  func child() async throws {
    let command = try Command()
    try ProgramTests.build("waits_for_child", for: command)
    for _ in 0..<3 {
      let usual = try await command.run("explore", "--program", "./waits_for_child", "--bound", "0")
      #expect(usual.code == 0, "\(usual.output)\(usual.error)")
    }
    let found = try await command.run("explore", "--program", "./waits_for_child", "--executions", "60")
    #expect(found.output.contains("  exit 3: "), "a deviation is that the time passes: \(found.output)")
  }

  @Test("Reading, writing, polling and waiting for children of POSIX are under control, and none of it is a hang")
  func descriptors() async throws {
    let command = try Command()
    try ProgramTests.build("asks_by_pipe", for: command, "-Wno-unused")
    let all = try await command.run("explore", "--program", "./asks_by_pipe", "--executions", "100")
    #expect(!all.output.contains("hang") && !all.output.contains("LW0"), "\(all.output)")
    try ProgramTests.build("asks_by_pipe", for: command, "-DFREES", "-Wno-unused")
    let late = try await command.run("explore", "--program", "./asks_by_pipe", "--executions", "100")
    #expect(late.code == 1 && late.output.contains("LW002: "), "\(late.output)")
    #expect(late.output.contains("(1 deviation, shrunk from "), "\(late.output)")
    let token = try ProgramTests.token(of: "LW002", in: late.output)
    let again = try await command.run("replay", "--program", "./asks_by_pipe", token)
    #expect(again.output.contains("./asks_by_pipe: LW002"), "\(again.output)")
  }

  @Test("Who is about to read from a number waits for the file that has come to it meanwhile")
  func otherFile() async throws {
    let command = try Command()
    try ProgramTests.build("reads_other_file", for: command)
    let all = try await command.run("explore", "--program", "./reads_other_file", "--bound", "2")
    #expect(all.code == 0 && all.output.contains("All schedules with at most 2 deviations"), "\(all.output)")
  }

  @Test("Threads that read from each other are a hang with their lines, and so is a receive that nobody can answer")
  func hangs() async throws {
    let command = try Command()
    try ProgramTests.build("asks_by_pipe", for: command, "-DHANGS", "-Wno-unused")
    let pipes = try await command.run("explore", "--program", "./asks_by_pipe", "--bound", "1")
    #expect(pipes.code == 1 && pipes.output.contains("  hang: "), "\(pipes.output)")
    #expect(pipes.output.contains("asks_by_pipe.c:23 in take"), "\(pipes.output)")
    try ProgramTests.build("receives_nothing", for: command)
    let socket = try await command.run("explore", "--program", "./receives_nothing", "--bound", "0")
    #expect(socket.code == 1 && socket.output.contains("  hang: 1,"), "\(socket.output)")
    #expect(socket.output.contains("receives_nothing.c:22 in main"), "\(socket.output)")
  }
}
