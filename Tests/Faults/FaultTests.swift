// Every fault has a program of a few lines that commits it. Each is built with tools/cc and run, and says exactly what
// is below, in this order, on standard error.
import Foundation
import Testing

/// A program of the folder and what it must say.
struct Fault: Sendable, CustomTestStringConvertible {
  var program: String
  /// LATEWRITE_OPTIONS.
  var options = ""
  /// What follows "==PID==ERROR: Latewrite " in each line.
  var findings: [String]
  /// The rules of the closing line.
  var counts: String

  var testDescription: String { program }

  /// Standard error as a whole.
  var lines: [String] {
    let noun = findings.count == 1 ? "1 finding" : "\(findings.count) findings"
    return findings.map { "==PID==ERROR: Latewrite \($0)" }
      + ["latewrite: \(noun) (\(counts)); report: latewrite report show FOLDER/latewrite.PID.raw"]
  }
}

private let freedWhileLent =
  "LW001 freed-while-lent: block ADDRESS freed with 1 open loan of ReadFile (64-byte slot 0, generation 1)"

private let faults = [
  Fault(program: "lw001.c", findings: [freedWhileLent], counts: "LW001 x1"),
  Fault(
    program: "lw002.c",
    findings: [
      freedWhileLent,
      "LW002 stale-write: 8 bytes written to freed block ADDRESS (+8, 64-byte slot 0, generation 1)",
    ],
    counts: "LW001 x1, LW002 x1"),
  Fault(
    program: "lw002raw.c",
    findings: [
      "LW002 stale-write: 8 bytes changed in freed block ADDRESS by an unknown writer "
        + "(+8, 64-byte slot 0, generation 1)"
    ],
    counts: "LW002 x1"),
  Fault(
    program: "lw002own.c",
    findings: ["LW002 stale-write: 4 bytes written to freed block ADDRESS (+8, 64-byte slot 0, generation 1)"],
    counts: "LW002 x1"),
  Fault(
    program: "lw003.c",
    findings: [
      freedWhileLent,
      "LW003 write-into-reused-block: 8 bytes written through block ADDRESS of generation 1, reused as generation 2 "
        + "(+0, 64-byte slot 0)",
    ],
    counts: "LW001 x1, LW003 x1"),
  Fault(
    program: "lw004.c",
    findings: [
      "LW004 unexpected-event: GetQueuedCompletionStatus: packet for an operation that nobody registered, "
        + "block ADDRESS (64-byte slot 0, generation 1)"
    ],
    counts: "LW004 x1"),
  Fault(
    program: "lw005.c",
    findings: [
      "LW005 false-completion: GetQueuedCompletionStatus: packet of an old incarnation completed a new operation, "
        + "block ADDRESS (64-byte slot 0, generation 1, now 2)"
    ],
    counts: "LW005 x1"),
  Fault(
    program: "lw006.c",
    findings: [
      "LW006 false-alarm: GetQueuedCompletionStatus: packet for an operation that is still pending, "
        + "block ADDRESS (64-byte slot 0, generation 1)"
    ],
    counts: "LW006 x1"),
  Fault(
    program: "lw007double.c",
    findings: ["LW007 double-free: block ADDRESS freed again (64-byte slot 0, generation 1)"], counts: "LW007 x1"),
  Fault(
    program: "lw007invalid.c",
    findings: [
      "LW007 invalid-free: ADDRESS was given to free but is inside of block ADDRESS (+16, 64-byte slot 0)"
    ],
    counts: "LW007 x1"),
  Fault(
    program: "lw008.c",
    findings: ["LW008 double-unregister: UnregisterWaitEx: wait unregistered again (ADDRESS)"], counts: "LW008 x1"),
  Fault(
    program: "lw009.c",
    findings: [
      "LW009 stale-handle: SetEvent: handle of event used after its close (ADDRESS)",
      "LW009 stale-handle: SetEvent: value of a closed handle of event used, now a handle of semaphore (ADDRESS)",
      "LW009 stale-handle: CloseHandle: handle of semaphore used after its close (ADDRESS)",
    ],
    counts: "LW009 x3"),
  Fault(
    program: "lw009recycled.c",
    findings: [
      "LW009 stale-handle: GetOverlappedResult: value of a closed handle of event used, now a handle of another event "
        + "(ADDRESS)",
      "LW009 stale-handle: CancelIoEx: value of a closed handle of file used, now a handle of another file (ADDRESS)",
    ],
    counts: "LW009 x2"),
  Fault(
    program: "lw010.c",
    findings: [
      "LW010 out-of-bounds-write: 1 bytes changed behind block ADDRESS of 30 bytes by an unknown writer "
        + "(+30, 64-byte slot 0, generation 1)"
    ],
    counts: "LW010 x1"),
  Fault(
    program: "lw011.c",
    findings: [
      "LW011 leak: block ADDRESS of 32 bytes never freed (64-byte slot 0, generation 1)",
      "LW011 leak: loan of ReadFile on block ADDRESS never settled (64-byte slot 1, generation 1)",
    ],
    counts: "LW011 x2"),
  Fault(
    program: "lw013.c",
    findings: [
      freedWhileLent,
      "LW013 write-during-free: block ADDRESS freed while 1 writer is inside (64-byte slot 0, generation 1)",
    ],
    counts: "LW001 x1, LW013 x1"),
  Fault(
    program: "lw015.c",
    findings: [
      "LW015 reused-while-lent: ReadFile: operation submitted again while its loan is open, "
        + "block ADDRESS (64-byte slot 0, generation 1)"
    ],
    counts: "LW015 x1"),
  Fault(
    program: "lw016.c",
    findings: [
      "LW016 lent-stack-unwound: stack memory ADDRESS unwound with 1 open loan of ReadFile "
        + "(64-byte slot 1, generation 1)",
      "LW016 lent-stack-unwound: stack memory ADDRESS unwound with 1 open loan of ReadFile "
        + "(64-byte slot 0, generation 1)",
      "LW002 stale-write: 4 bytes written to freed stack memory ADDRESS (+0, 64-byte slot 1, generation 1)",
      "LW002 stale-write: 16 bytes written to freed stack memory ADDRESS (+0, 64-byte slot 0, generation 1)",
    ],
    counts: "LW002 x2, LW016 x2"),
  Fault(
    program: "stack_overlapped.c",
    findings: [
      "LW016 lent-stack-unwound: stack memory ADDRESS unwound with 1 open loan of ReadFile "
        + "(64-byte slot 0, generation 1)",
      "LW016 lent-stack-unwound: stack memory ADDRESS unwound with 1 open loan of ReadFile "
        + "(128-byte slot 1024, generation 1)",
    ],
    counts: "LW016 x2"),
  Fault(
    program: "lw017.c",
    findings: ["LW017 waited-handle-closed: CloseHandle: handle closed while a registered wait uses it (ADDRESS)"],
    counts: "LW017 x1"),
  Fault(
    program: "lw018.c",
    findings: [
      "LW018 self-unregister: UnregisterWaitEx: blocking unregistration inside the wait's own callback (ADDRESS)"
    ],
    counts: "LW018 x1"),
  Fault(
    program: "malloc_late_write.c", options: "quarantine_blocks=16",
    findings: [
      "LW002 stale-write: 4 bytes changed in freed block ADDRESS by an unknown writer "
        + "(+12, 192-byte slot 0, generation 1)"
    ],
    counts: "LW002 x1"),
  Fault(
    program: "malloc_late_write_at_exit.c",
    findings: [
      "LW002 stale-write: 1 bytes changed in freed block ADDRESS by an unknown writer "
        + "(+50, 128-byte slot 0, generation 1)"
    ],
    counts: "LW002 x1"),
  Fault(
    program: "malloc_leak.c", options: "leaks=1",
    findings: [
      "LW010 out-of-bounds-write: 1 bytes changed behind block ADDRESS of 100 bytes by an unknown writer "
        + "(+100, 128-byte slot 0, generation 1)",
      "LW011 leak: block ADDRESS of 100 bytes never freed (128-byte slot 0, generation 1)",
    ],
    counts: "LW010 x1, LW011 x1"),
  Fault(
    program: "malloc_lent.c",
    findings: [
      "LW001 freed-while-lent: block ADDRESS freed with 1 open loan of RegisterWaitWithQueue "
        + "(64-byte slot 0, generation 1)"
    ],
    counts: "LW001 x1"),
  Fault(
    program: "malloc_double_free.c",
    findings: ["LW007 double-free: block ADDRESS freed again (64-byte slot 0, generation 1)"], counts: "LW007 x1"),
  Fault(
    program: "malloc_foreign_realloc.c",
    findings: ["LW007 invalid-free: ADDRESS was given to free but is no block of arena \"malloc\""],
    counts: "LW007 x1"),
]

@Suite struct `Fault programs` {
  @Test(arguments: faults)
  func `each says exactly what it did wrong and ends with exit code 1 and leaves one raw file`(fault: Fault) throws {
    let place = try Workplace()
    let outcome = try place.fault(fault.program, options: fault.options)
    #expect(outcome.lines == fault.lines)
    #expect(outcome.status == 1)
    #expect(place.rawFiles.count == 1)
  }

  @Test(arguments: faults)
  func `each says the same when the program is optimized`(fault: Fault) throws {
    let place = try Workplace()
    // -fno-builtin: the compiler may leave out an allocation and the stores into it.
    let outcome = try place.fault(fault.program, options: fault.options, compiler: ["-O2", "-fno-builtin"])
    #expect(outcome.lines == fault.lines)
    #expect(outcome.status == 1)
  }

  @Test(arguments: ["-O0", "-O2"])
  func `a function that waits for what it reads into its variables is not told of them`(option: String) throws {
    let place = try Workplace()
    let program = place.folder.appendingPathComponent("program").path
    let built = try place.compile([Workplace.program("stack_overlapped.c"), "-o", program, option])
    #expect(built.status == 0, "\(built.errors)")
    let outcome = try place.run(program, ["waits"])
    #expect(outcome.output == "done\n" && outcome.errors.isEmpty && outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `the end waits for no thread and loses no output`() throws {
    let place = try Workplace()
    let outcome = try place.fault("exit_with_reader.c")
    #expect(outcome.output == "buffered")
    #expect(outcome.lines.count == 2)
    #expect(outcome.status == 1)
  }

  @Test func `a program without a fault uses the whole malloc family and says nothing`() throws {
    let place = try Workplace()
    for options in ["", "reuse=immediate", "quarantine_blocks=1", "stacks=off", "stacks=fp", "reuse=random"] {
      let outcome = try place.fault("malloc_all.c", options: options)
      #expect(outcome.errors == "", "with \(options)")
      #expect(outcome.output == "all served\n")
      #expect(outcome.status == 0)
      #expect(place.rawFiles == [])
    }
  }
}
