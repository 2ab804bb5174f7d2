// The text report, word by word: it is what people read, paste and search for.
import CArena
import Testing

@testable import CrashReports

@Suite struct TextReportTests {
  private let style = TextStyle(pathPrefix: "/src/")

  @Test func lateWriteIsToldFromEffectToCause() {
    let report = MadeReport.report(occurrences: 3, notes: ["libunwind is missing"])
    let expected = """
      ==4711==ERROR: Latewrite LW003 write-into-reused-block: 16 bytes written through an old loan into the new owner \
      of OVERLAPPED 0x00007f31c0040240 (+0, 64-byte slot 9, gen 3 -> freed, now gen 4)
        Thread 3 "wait-1" wrote the result of the cancelled operation 104 (RegisterWaitWithQueue) 1.804 ms
        after its OVERLAPPED was freed by thread 1 "loop". The address already belongs to operation 118,
        whose memory has now been changed by mistake.
        Found 3 times; this is the first.
      WRITE  by thread 3 "wait-1"  at step 41  (+6.000 ms)
          #0 post_to_queue  app/wait.c:212
      FREED  by thread 1 "loop"  at step 29  (+4.000 ms)   <- look here first
          #1 WaitHandleFuture.cancel()  app/Future.swift:97
          #2 caller1()                  app/Callers.swift:1
          #3 caller2()                  app/Callers.swift:2
          #4 caller3()                  app/Callers.swift:3
          #5 caller4()                  app/Callers.swift:4
          #6 caller5()                  app/Callers.swift:5
          ... 2 more frames (--full)
      CANCELLED  by thread 1 "loop"  at step 27  (+3.000 ms)
          #0 WaitHandleFuture.cancel()  app/Future.swift:95
          #1 main                       app/main.swift:9
      LENT  by thread 1 "loop" to RegisterWaitWithQueue(op 104)  at step 12  (+2.000 ms)
          #0 Loop.wait(for:)  app/Loop.swift:141
          #1 main             app/main.swift:9
      ALLOCATED  by thread 1 "loop"  (+1.000 ms)
          #0 Loop.wait(for:)  app/Loop.swift:139
          #1 main             app/main.swift:9
      OWNER NOW  op 118, generation 4, lent by thread 1 "loop"  at step 35  (+5.000 ms)
          #0 Loop.wait(for:)  app/Loop.swift:141
          #1 main             app/main.swift:9
      BYTES  offset  before                    now (.. unchanged)
             +0      dd dd dd dd dd dd dd dd   03 01 00 00 00 00 00 00   Internal = 0x103 (STATUS_PENDING)
             +8      dd dd dd dd dd dd dd dd   .. 07 .. .. .. .. .. ..   InternalHigh = 0xdddddddddddd07dd
      ORDER  12 lend(3) by 1 | 27 cancel(3) by 1 | 29 free(3) by 1 | 34 alloc(4) by 1 | 35 lend(4) by 1 |
             41 write(3) by 3  (generation) by thread
      NOTE   libunwind is missing
      FIX    Keep the memory until the operation's completion was seen; an address is no identity.  docs: latewrite \
      report explain LW003
      REPLAY latewrite stress --scenario cancel-wait --revision 'd0a28dee^' --seed 17
      REPORT out/lw003-000000000000/report.json
      SUMMARY: Latewrite: LW003 write-into-reused-block Future.swift:97 in WaitHandleFuture.cancel [sig \
      \(report.signature)]

      """
    #expect(report.text(style, path: "out/lw003-000000000000/report.json") == expected)
  }

  @Test func rawStoreIsSaidToBeFoundByVerify() {
    var moments = MadeReport.moments
    moments[.written] = nil
    let text = MadeReport.report(rule: 2, name: "stale-write", moments: moments, writer: .unknown).text(style)
    #expect(text.contains("\nWRITE  by unknown (raw store), found by verify\n"))
    #expect(text.replacing("\n  ", with: " ").contains("after it was freed; a store that nobody announced"))
  }

  @Test func staleHandleIsToldFromItsUseToItsCloseAndItsNewOwner() {
    let moments: [CrashReport.Moment: CrashReport.Stack] = [
      .cancelled: MadeReport.moments[.cancelled]!, .detected: MadeReport.moments[.written]!,
      .ownerAllocated: MadeReport.moments[.ownerLent]!,
    ]
    let text = MadeReport.report(rule: 9, name: "stale-handle", moments: moments).text(style)
    #expect(text.contains("\nUSED  by thread 3 \"wait-1\"") && text.contains("\nCLOSED  by thread 1 \"loop\""))
    #expect(text.contains("\nOWNER NOW  "))
    let story = """
      Thread 3 "wait-1" used a handle (RegisterWaitWithQueue) that thread 1 "loop" had closed. Its value belongs to an \
      object of another type by now, which thread 1 "loop" opened.
      """
    #expect(text.replacing("\n  ", with: " ").contains(story))
  }

  @Test func allFramesAreThereWhenAskedFor() {
    var full = style
    full.isFull = true
    let text = MadeReport.report().text(full)
    #expect(text.contains("    #0 lw_free                    CShims/CArena/include/lw_arena.h:176 [inlined]\n"))
    #expect(text.contains("__libc_start_main") && !text.contains("--full"))
  }

  @Test func everyRuleHasAHeadlineAStoryAndOneSummaryLine() {
    for (index, rule) in RuleText.all.enumerated() {
      for moments in [MadeReport.moments, [:]] {
        let text = MadeReport.report(rule: index + 1, name: rule.name, moments: moments).text(style)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first?.hasPrefix("==4711==ERROR: Latewrite \(rule.id) \(rule.name): ") == true)
        #expect(lines.dropLast().last?.hasPrefix("SUMMARY: Latewrite: \(rule.id) \(rule.name) ") == true)
        #expect(!text.contains("  by  ") && !text.contains("..."[...] + "."))
      }
    }
  }

  @Test func plainProgramIsRunAgain() {
    let text = MadeReport.report(run: RunContext()).text(style)
    #expect(text.contains("\nREPLAY run /opt/app/server again: a program has no seed\n"))
  }

  @Test func scheduleIsReplayed() {
    let text = MadeReport.report(run: RunContext(scenario: "cancel-wait", schedule: "4HN7-2KQ0-9M")).text(style)
    #expect(text.contains("\nREPLAY latewrite replay 4HN7-2KQ0-9M\n"))
  }

  @Test func colourIsOnlyAddedToTheSameText() {
    var colored = style
    colored.isColored = true
    let text = MadeReport.report().text(colored)
    #expect(text.contains("\u{1B}[1;31m==4711==ERROR"))
    #expect(text.replacing(/\u{1B}\[[0-9;]*m/, with: "") == MadeReport.report().text(style))
  }

  @Test(arguments: [
    ([:], true, true), ([:], false, false), (["NO_COLOR": "1"], true, false), (["FORCE_COLOR": "1"], false, true),
    (["FORCE_COLOR": "1", "NO_COLOR": "1"], false, true), (["NO_COLOR": ""], true, true),
    (["TERM": "dumb"], true, false),
  ])
  func colourFollowsTheEnvironment(environment: [String: String], isTerminal: Bool, wanted: Bool) {
    #expect(TextStyle.colorWanted(environment: environment, isTerminal: isTerminal) == wanted)
  }

  @Test func everyRuleOfTheLibraryIsExplained() throws {
    #expect(RuleText.all.count == Int(LW_RULE_COUNT) - 1)
    #expect(RuleText.rows.count == RuleText.all.count)
    for rule in RuleText.all {
      #expect(rule.page.hasPrefix("\(rule.id) \(rule.name) ("))
      #expect(rule.name != "unknown-rule" && rule.fix.hasSuffix(".") && rule.breach.hasSuffix("."))
      #expect(try RuleText.find(rule.id.lowercased()).id == rule.id)
    }
    #expect(throws: CrashReportError.self) { try RuleText.find("LW019") }
    #expect(throws: CrashReportError.self) { try RuleText.find("") }
  }

  @Test(arguments: [
    (0, "0 ns"), (999, "999 ns"), (12_345, "12.3 us"), (1_804_000, "1.804 ms"), (2_100_000_000, "2.100 s"),
  ])
  func durationsHaveTheUnitThatFits(ns: UInt64, text: String) {
    #expect(DurationText.of(ns) == text)
  }
}
