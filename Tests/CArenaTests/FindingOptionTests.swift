// LATEWRITE_OPTIONS: every key with a good and a bad value. A bad one must end the program, because a check that a typo
// switched off looks like a check that passed.
import CArena
import Glibc
import Testing

@Suite struct `Options of a linked program` {
  @Test func `defaults are those of the table`() async {
    await #expect(processExitsWith: .success) {
      unsetenv("LATEWRITE_OPTIONS")
      let config = lw_arena_config_default()
      #expect(String(cString: config.name) == "arena")
      #expect(config.scope == nil)
      #expect(config.reserve_bytes == 256 << 20)
      #expect(config.loans_max == 65536)
      #expect(config.retired_max == 4096)
      #expect(config.reuse == .LW_REUSE_QUARANTINE)
      #expect(config.late_write == .LW_LATE_WRITE_LANDS)
      #expect(config.stacks == .LW_STACKS_FRAME_POINTERS)
      #expect(config.quarantine_bytes == 16 << 20)
      #expect(config.quarantine_blocks == 4096)
      #expect(config.first_generation == 1)
      #expect(config.report_leaks)
    }
  }

  @Test func `every arena option reaches the configuration`() async {
    await #expect(processExitsWith: .success) {
      setOptions(
        "reuse=random:late_write=refused:stacks=unwind:reserve=3g:quarantine=7k:quarantine_blocks=9:loans=11:leaks=0")
      let config = lw_arena_config_default()
      #expect(config.reuse == .LW_REUSE_RANDOM)
      #expect(config.late_write == .LW_LATE_WRITE_REFUSED)
      #expect(config.stacks == .LW_STACKS_UNWIND)
      #expect(config.reserve_bytes == 3 << 30)
      #expect(config.quarantine_bytes == 7 << 10)
      #expect(config.quarantine_blocks == 9)
      #expect(config.loans_max == 11)
      #expect(!config.report_leaks)
    }
  }

  @Test func `each word of an option is its enumeration's value`() async {
    await #expect(processExitsWith: .success) {
      setOptions("reuse=immediate:late_write=stops:stacks=off:reserve=5m")
      let config = lw_arena_config_default()
      #expect(config.reuse == .LW_REUSE_IMMEDIATE)
      #expect(config.late_write == .LW_LATE_WRITE_STOPS)
      #expect(config.stacks == .LW_STACKS_OFF)
      #expect(config.reserve_bytes == 5 << 20)
    }
    await #expect(processExitsWith: .success) {
      setOptions("reuse=never:late_write=lands:stacks=fp:reserve=4096:")
      let config = lw_arena_config_default()
      #expect(config.reuse == .LW_REUSE_NEVER)
      #expect(config.late_write == .LW_LATE_WRITE_LANDS)
      #expect(config.stacks == .LW_STACKS_FRAME_POINTERS)
      #expect(config.reserve_bytes == 4096)
    }
  }

  @Test(arguments: [
    "help=2": "0|1", "on_finding=stop": "continue|exit|abort", "exitcode=256": "0...255", "exitcode=-1": "0...255",
    "exitcode=7x": "0...255", "exitcode=": "0...255", "log_path=": "DIR", "quiet=yes": "0|1", "records=0": "1...65536",
    "records=65537": "1...65536", "reuse=lifo": "immediate|quarantine|random|never",
    "late_write=land": "lands|refused|stops", "stacks=framepointers": "off|fp|unwind", "reserve=1t": "BYTES[k|m|g]",
    "reserve=1kk": "BYTES[k|m|g]", "reserve=99999999999999999999": "BYTES[k|m|g]",
    "reserve=99999999999g": "BYTES[k|m|g]", "quarantine=m": "BYTES[k|m|g]", "quarantine_blocks=0": "N",
    "quarantine_blocks=4294967296": "N", "loans=many": "N", "leaks=2": "0|1", "trace=on": "0|1", "quiet": "0|1",
  ]) func `a bad value is named together with what is allowed`(option: String, allowed: String) async {
    let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      [option = option as String] in
      setOptions("records=8:\(option)")
      _ = lw_arena_config_default()
    }
    let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let value = parts.count == 2 ? parts[1] : ""
    let sentence = "latewrite: LATEWRITE_OPTIONS: \"\(value)\" is no value for \(parts[0]); allowed: \(allowed)\n"
    #expect(result?.errorText.contains(sentence) == true)
  }

  @Test func `an unknown key is named together with all keys`() async {
    let result = await #expect(processExitsWith: .exitCode(64), observing: [\.standardErrorContent]) {
      setOptions("exit_code=3")
      _ = lw_scope_default()
    }
    let sentence =
      "latewrite: LATEWRITE_OPTIONS: unknown option \"exit_code\"; allowed are help, on_finding, exitcode, log_path, "
      + "quiet, records, reuse, late_write, stacks, reserve, quarantine, quarantine_blocks, loans, leaks, trace "
      + "(help=1 explains them)\n"
    #expect(result?.errorText.contains(sentence) == true)
  }

  @Test func `help lists every option with its values and default and the program goes on`() async {
    let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      setOptions("help=1:loans=5")
      #expect(lw_arena_config_default().loans_max == 5)
    }
    let page = result?.errorText ?? ""
    #expect(page.contains("LATEWRITE_OPTIONS=key=value:key=value\n"))
    for row in ["on_finding=continue|exit|abort", "reserve=BYTES[k|m|g]", "trace=0|1", "(default 256m)"] {
      #expect(page.contains(row))
    }
  }
}
