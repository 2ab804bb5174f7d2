// `latewrite explore --program`: C programs that know nothing of it, built with tools/cc.
import Foundation
import Testing

@Suite(.serialized)
struct ProgramTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A program of Tests/CommandTests/programs in the command's folder.
  static func build(_ name: String, for command: Command, _ options: String...) throws {
    let process = Process()
    process.executableURL = root.appending(path: "tools/cc")
    process.arguments = [
      root.appending(path: "Tests/CommandTests/programs/\(name).c").path, "-o",
      command.folder.appending(path: name).path,
    ]
    process.arguments! += options
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// The first token that the output names for an ending.
  static func token(of ending: String, in output: String) throws -> String {
    let lines = output.split(separator: "\n")
    let place = try #require(lines.firstIndex { $0.contains("  \(ending): ") })
    return try #require(lines[place + 1].split(separator: " ").first { $0.hasPrefix("lw1-") }).description
  }

  @Test("A late write of a program is found, repeated and shrunk; its report says so")
  func lateWrite() async throws {
    let command = try Command()
    try Self.build("gives_up", for: command)
    let found = try await command.run("explore", "--program", "./gives_up", "--bound", "2")
    #expect(found.code == 1, "\(found.error)")
    #expect(found.output.contains("All schedules with at most 2 deviations"))
    #expect(found.output.contains("LW002 stale-write"))
    #expect(found.output.contains("gives_up.c:"))
    let token = try Self.token(of: "LW002", in: found.output)
    for _ in 0..<3 {
      let again = try await command.run("replay", "--program", "./gives_up", token)
      #expect(again.code == 0, "\(again.error)")
      #expect(again.output.hasPrefix("given up\n"))
      #expect(again.output.contains("./gives_up: LW002"))
      #expect(again.output.contains("REPLAY latewrite replay --program ./gives_up \(token)"))
    }
    let usual = try await command.run("explore", "--program", "./gives_up", "--bound", "0")
    #expect(usual.code == 0, "the default order shows nothing: \(usual.output)")
  }

  @Test("What interrupts the command does not reach the program, which would be found to die of it")
  func interrupted() async throws {
    let command = try Command()
    try Self.build("stands_alone", for: command)
    let found = try await command.run("explore", "--program", "./stands_alone", "--executions", "3")
    #expect(found.code == 0, "\(found.output)\(found.error)")
  }

  @Test("A thread that waits for a mutex whose holder has ended is told so")
  func endedHolder() async throws {
    let command = try Command()
    try Self.build("ends_with_mutex", for: command)
    let found = try await command.run("explore", "--program", "./ends_with_mutex", "--bound", "1")
    #expect(found.code == 1, "\(found.error)")
    #expect(found.output.contains("for the mutex lock, held by a thread that has ended, at ends_with_mutex.c:"))
    let token = try Self.token(of: "hang", in: found.output)
    let again = try await command.run("replay", "--program", "./ends_with_mutex", token)
    #expect(again.output.contains("held by a thread that has ended"), "\(again.output)")
  }

  @Test("A cancelled read that ends after its memory was freed is shown in the default order, with everybody's stack")
  func cancelledRead() async throws {
    let command = try Command()
    try Self.build("cancels_and_frees", for: command)
    let found = try await command.run("explore", "--program", "./cancels_and_frees", "--bound", "1")
    #expect(found.code == 1, "\(found.error)")
    #expect(found.output.contains("LW001: ") && found.output.contains("LW002: "))
    #expect(found.output.contains("  ok: 1,"), "one deviation lets the end come before the free")
    #expect(found.output.contains("The operation had been cancelled, which does not end it."))
    for moment in ["CANCELLED", "FREED", "LENT", "ALLOCATED"] {
      let lines = found.output.split(separator: "\n").map(String.init)
      let place = try #require(lines.firstIndex { $0.hasPrefix(moment) })
      #expect(lines[place + 1].contains("main") && lines[place + 1].contains("cancels_and_frees.c:"), "\(moment)")
    }
    let token = try Self.token(of: "LW002", in: found.output)
    let again = try await command.run("replay", "--program", "./cancels_and_frees", token)
    #expect(again.output.contains("LW002"))
  }

  @Test("A deadlock of a program is a hang that names where each thread stands")
  func deadlock() async throws {
    let command = try Command()
    try Self.build("two_locks", for: command)
    let found = try await command.run("explore", "--program", "./two_locks", "--bound", "1")
    #expect(found.code == 1)
    let token = try Self.token(of: "hang", in: found.output)
    let again = try await command.run("replay", "--program", "./two_locks", token)
    #expect(again.output.contains("waits for the lock"))
  }

  @Test("Threads of pthread_create come under control, and so does all that they wait for")
  func posixThreads() async throws {
    let command = try Command()
    try Self.build("gives_up_posix", for: command)
    let usual = try await command.run("explore", "--program", "./gives_up_posix", "--bound", "0")
    #expect(usual.code == 0, "the default order shows nothing: \(usual.output)")
    let found = try await command.run("explore", "--program", "./gives_up_posix", "--bound", "2")
    #expect(found.code == 1, "\(found.error)")
    #expect(found.output.contains("All schedules with at most 2 deviations"))
    #expect(found.output.contains("gives_up_posix.c:41"), "the line of the free: \(found.output)")
    let token = try Self.token(of: "LW002", in: found.output)
    for _ in 0..<3 {
      let again = try await command.run("replay", "--program", "./gives_up_posix", token)
      #expect(again.output.hasPrefix("given up\n"))
      #expect(again.output.contains("./gives_up_posix: LW002"))
    }
  }

  @Test("A deadlock of two mutexes is a hang; mutexes that are taken one at a time are none")
  func deadlockOfMutexes() async throws {
    let command = try Command()
    try Self.build("two_mutexes", for: command)
    let found = try await command.run("explore", "--program", "./two_mutexes", "--bound", "1")
    #expect(found.code == 1)
    let token = try Self.token(of: "hang", in: found.output)
    let again = try await command.run("replay", "--program", "./two_mutexes", token)
    #expect(
      again.output.contains("pthread-1 is parked and nobody lets it go, for the mutex left, held by two_mutexes,"),
      "\(again.output)")
    #expect(again.output.contains(", at two_mutexes.c:8 in other"), "\(again.output)")
  }

  @Test("A hang names what each thread waits for, as the program knows it, and who has it")
  func hangNames() async throws {
    let command = try Command()
    try Self.build("waits_for_all", for: command)
    let found = try await command.run("explore", "--program", "./waits_for_all", "--bound", "0")
    #expect(found.code == 1)
    let parked = "is parked and nobody lets it go, for"
    for sentence in [
      "waits_for_all \(parked) the thread 0x10, which is thread-1, and 4 others,", "thread-1 \(parked) the event 0x4,",
      "thread-2 \(parked) the mutex 0x8, held by waits_for_all,", "thread-5 \(parked) the completion port 0xc",
      "thread-3 \(parked) the slim lock slim, held by thread-1,", "thread-4 \(parked) the value at word,",
    ] { #expect(found.output.contains(sentence), "\(found.output)") }
  }

  @Test("A hang says how many have a lock together, and which part of a variable it is")
  func sharedLock() async throws {
    let command = try Command()
    try Self.build("keeps_shared", for: command)
    let found = try await command.run("explore", "--program", "./keeps_shared", "--bound", "0")
    #expect(found.code == 1)
    let parked = "is parked and nobody lets it go, for the slim lock locks+8, shared by 2 threads, at keeps_shared.c"
    for sentence in ["keeps_shared \(parked):18 in main", "thread-1 \(parked):9 in share"] {
      #expect(found.output.contains(sentence), "\(found.output)")
    }
  }

  @Test("Mutexes, conditions, semaphores, barriers, once and time of POSIX do as they should in every order")
  func posixCalls() async throws {
    let command = try Command()
    try Self.build("posix_calls", for: command)
    let all = try await command.run("explore", "--program", "./posix_calls", "--bound", "1")
    #expect(all.code == 0, "\(all.output)\(all.error)")
    #expect(all.output.contains("All schedules with at most 1 deviation"), "\(all.output)")
    let some = try await command.run("explore", "--program", "./posix_calls", "--executions", "200")
    #expect(some.code == 0, "\(some.output)\(some.error)")
  }

  @Test("Queued calls, alertable waits and abandoned mutexes do as they should in every order")
  func alertableWaits() async throws {
    let command = try Command()
    try Self.build("waits_alertably", for: command)
    let all = try await command.run("explore", "--program", "./waits_alertably", "--bound", "2")
    #expect(all.code == 0, "\(all.output)\(all.error)")
    #expect(all.output.contains("All schedules with at most 2 deviations"), "\(all.output)")
  }

  @Test(
    "A wake-up that comes between a look and the wait is found",
    arguments: ["loses_wake_up", "loses_wake_up_posix", "misses_pulse"])
  func lostWakeUp(_ name: String) async throws {
    let command = try Command()
    try Self.build(name, for: command)
    let usual = try await command.run("explore", "--program", "./\(name)", "--bound", "0")
    #expect(usual.code == 0, "the default order shows nothing: \(usual.output)")
    let found = try await command.run("explore", "--program", "./\(name)", "--bound", "1")
    #expect(found.code == 1 && found.output.contains("(1 deviation, shrunk from 1)"), "\(found.output)")
    let token = try Self.token(of: "hang", in: found.output)
    let again = try await command.run("replay", "--program", "./\(name)", token)
    #expect(again.code == 0 && again.output.contains("./\(name): hang"), "\(again.output)\(again.error)")
  }

  @Test("A thread may be faster than its maker's next line")
  func begins() async throws {
    let command = try Command()
    try Self.build("begins_too_early", for: command)
    let usual = try await command.run("explore", "--program", "./begins_too_early", "--bound", "0")
    #expect(usual.code == 0, "the default order shows nothing: \(usual.output)")
    let found = try await command.run("explore", "--program", "./begins_too_early", "--bound", "1")
    #expect(found.code == 1 && found.output.contains("  exit 4: "), "\(found.output)")
  }

  /// A detached thread goes on while the program ends, with a lock and a condition that are freed by then; a thread
  /// enters a critical section whose memory was given back.
  @Test(
    "What a program's own locks store into freed memory is told of by the line, and nobody hangs in them",
    arguments: [
      (program: "outlives_main", bytes: 4, line: 21, bound: 2),
      (program: "enters_freed", bytes: 40, line: 14, bound: 1),
    ])
  func locksInFreedMemory(program: String, bytes: Int, line: Int, bound: Int) async throws {
    let command = try Command()
    try Self.build(program, for: command)
    let found = try await command.run("explore", "--program", "./\(program)", "--bound", "\(bound)")
    #expect(found.code == 1 && !found.output.contains("hang"), "\(found.output)\(found.error)")
    #expect(found.output.contains("LW002 stale-write: \(bytes) bytes written to freed block"), "\(found.output)")
    #expect(found.output.contains("wrote into the block "), "\(found.output)")
    #expect(found.output.contains("\(program).c:\(line)"), "the line of the store: \(found.output)")
    try Self.build(program, for: command, "-DRIGHT")
    let right = try await command.run("explore", "--program", "./\(program)", "--bound", "\(bound)")
    let all = "All schedules with at most \(bound) deviation"
    #expect(right.code == 0 && right.output.contains(all), "\(right.output)")
  }

  @Test("A race of plain variables is found when memory has points, and only then")
  func memoryPoints() async throws {
    let command = try Command()
    try Self.build("counts_plainly", for: command)
    let without = try await command.run("explore", "--program", "./counts_plainly", "--bound", "1")
    #expect(without.code == 0 && without.output.contains("tools/cc --memory-points"), "\(without.output)")
    try Self.build("counts_plainly", for: command, "--memory-points")
    let usual = try await command.run("explore", "--program", "./counts_plainly", "--bound", "0")
    #expect(usual.code == 0 && !usual.output.contains("memory-points"), "\(usual.output)")
    let found = try await command.run("explore", "--program", "./counts_plainly", "--bound", "1")
    #expect(found.code == 1 && found.output.contains("(1 deviation, shrunk from 1)"), "\(found.output)")
    let token = try Self.token(of: "exit 3", in: found.output)
    let again = try await command.run("replay", "--program", "./counts_plainly", token)
    #expect(again.output.contains("./counts_plainly: exit 3"), "\(again.output)")
  }

  @Test("A loop that passes no point is a hang that names the thread; one that yields lets others go on")
  func spinning() async throws {
    let command = try Command()
    try Self.build("spins", for: command)
    let found = try await command.run("explore", "--program", "./spins", "--bound", "0")
    #expect(found.code == 1 && found.output.contains("hang: 1,"), "\(found.output)\(found.error)")
    #expect(found.output.contains("spins runs and passes no point"), "\(found.output)")
    #expect(found.output.contains("thread-1 could go on"), "\(found.output)")
    try Self.build("spins", for: command, "-DSPINS_POLITELY")
    let polite = try await command.run("explore", "--program", "./spins", "--bound", "2")
    #expect(polite.code == 0, "\(polite.output)\(polite.error)")
    #expect(polite.output.contains("All schedules with at most 2 deviations"), "\(polite.output)")
  }

  @Test("A thread that blocks outside of control is a hang that names what it blocks in")
  func blocking() async throws {
    let command = try Command()
    try Self.build("reads_nothing", for: command)
    let found = try await command.run("explore", "--program", "./reads_nothing", "--bound", "0")
    #expect(found.code == 1 && found.output.contains("hang: 1,"), "\(found.output)\(found.error)")
    #expect(found.output.contains("pthread-1 blocks in "), "\(found.output)")
    #expect(found.output.contains("reads_nothing waits for the end of pthread-1"), "\(found.output)")
  }

  @Test("Cancelling and completing are atomic to each other in every order")
  func cancelsOrCompletes() async throws {
    let command = try Command()
    try Self.build("cancels_or_completes", for: command)
    let all = try await command.run("explore", "--program", "./cancels_or_completes", "--bound", "1")
    #expect(all.code == 0, "\(all.output)\(all.error)")
    #expect(all.output.contains("All schedules with at most 1 deviation"), "\(all.output)")
  }
}
