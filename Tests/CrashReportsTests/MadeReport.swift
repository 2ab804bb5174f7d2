// A report whose every fact is known, for tests of how it looks.
@testable import CrashReports

enum MadeReport {
  private static func frame(
    _ name: String, _ file: String, _ line: Int, inlined: Bool = false, image: String = "/opt/app/server"
  ) -> CrashReport.Frame {
    CrashReport.Frame(
      isExact: false, address: 0x5555_0000_1234, symbol: name, name: name, description: name, offset: 4, image: image,
      imageOffset: 0x1234, isInlined: inlined,
      location: CrashReport.SourceLocation(file: file, line: line, column: nil))
  }

  private static func stack(
    _ thread: Int, _ name: String, _ ms: UInt64, step: UInt64? = nil, _ frames: [CrashReport.Frame]
  ) -> CrashReport.Stack {
    CrashReport.Stack(
      thread: thread, threadName: name, timeNs: ms * 1_000_000, step: step, isLost: false, frames: frames)
  }

  private static let free = frame("lw_free", "/src/CShims/CArena/include/lw_arena.h", 176, inlined: true)
  private static let main = frame("main", "/src/app/main.swift", 9)
  private static let libc = frame("__libc_start_main", "/build/glibc/csu/libc-start.c", 5, image: "/lib/libc.so.6")

  static let moments: [CrashReport.Moment: CrashReport.Stack] = [
    .allocated: stack(1, "loop", 1, [frame("Loop.wait(for:)", "/src/app/Loop.swift", 139), main, libc]),
    .lent: stack(1, "loop", 2, step: 12, [frame("Loop.wait(for:)", "/src/app/Loop.swift", 141), main, libc]),
    .cancelled: stack(1, "loop", 3, step: 27, [frame("WaitHandleFuture.cancel()", "/src/app/Future.swift", 95), main]),
    .freed: stack(
      1, "loop", 4, step: 29,
      [free, frame("WaitHandleFuture.cancel()", "/src/app/Future.swift", 97)]
        + (1...7).map { frame("caller\($0)()", "/src/app/Callers.swift", $0) } + [libc]),
    .written: stack(3, "wait-1", 6, step: 41, [frame("post_to_queue", "/src/app/wait.c", 212), libc]),
    .ownerLent: stack(1, "loop", 5, step: 35, [frame("Loop.wait(for:)", "/src/app/Loop.swift", 141), main, libc]),
  ]

  static func report(
    rule: Int = 3, name: String = "write-into-reused-block",
    moments: [CrashReport.Moment: CrashReport.Stack] = moments, writer: CrashReport.Access.Writer = .waitThread,
    run: RunContext = RunContext(scenario: "cancel-wait", revision: "d0a28dee^", seed: 17, execution: 4),
    occurrences: Int = 1, api: String = "RegisterWaitWithQueue", notes: [String] = []
  ) -> CrashReport {
    let access = CrashReport.Access(
      offset: 0, bytes: 16, by: writer, detectedBy: writer == .unknown ? "poisonScan" : "generation",
      delayNs: writer == .unknown ? nil : 1_804_000)
    return CrashReport(
      rule: rule, name: name, signature: Signature.of(rule: rule, name: name, api: api, moments: moments),
      title: Signature.title(
        rule: rule, name: name, layout: "OVERLAPPED", api: api, access: access, moments: moments),
      occurrences: occurrences, run: run,
      process: CrashReport.Process(id: 4711, program: "/opt/app/server", unixNs: 1_700_000_000_123_000_000),
      block: CrashReport.Block(
        address: 0x7f31_c004_0240, slotBytes: 64, slot: 9, requestedBytes: 32, generation: 3, generationNow: 4,
        state: "reused", openLoans: 1, writers: 0, arena: "loop", layout: "OVERLAPPED"),
      access: access, window: window,
      operation: CrashReport.Operation(number: 104, api: api, result: 0, cause: 1),
      victim: CrashReport.Victim(generation: 4, operation: 118), moments: moments, history: history,
      images: [
        CrashReport.Image(path: "/opt/app/server", buildID: "00ff", base: 0x5555_0000_0000, end: 0x5555_0010_0000)
      ],
      notes: notes)
  }

  /// Internal becomes STATUS_PENDING, InternalHigh changes in one byte.
  static let window: CrashReport.Window = {
    let before = [UInt8](repeating: 0xDD, count: 24)
    var after = before
    after.replaceSubrange(0..<8, with: [3, 1, 0, 0, 0, 0, 0, 0])
    after[9] = 7
    return CrashReport.Window(
      offset: 0, before: before, after: after,
      fields: [
        CrashReport.Window.Field(name: "Internal", offset: 0, bytes: 8),
        CrashReport.Window.Field(name: "InternalHigh", offset: 8, bytes: 8),
        CrashReport.Window.Field(name: "Offset", offset: 16, bytes: 4),
      ])
  }()

  private static let history: [CrashReport.HistoryEvent] = [
    ("lend", 12, 1, 3), ("cancel", 27, 1, 3), ("free", 29, 1, 3), ("alloc", 34, 1, 4), ("lend", 35, 1, 4),
    ("write", 41, 3, 3),
  ].map { event, step, thread, generation in
    CrashReport.HistoryEvent(
      step: step, timeNs: step * 1000, thread: thread, event: event, slot: 9, generation: generation, operation: 7,
      result: 0)
  }
}
