// ThreadSanitizer and the demonstration: silent, because block memory is accessed through relaxed atomics; and not
// silent because it cannot see it, which the control build with plain stores shows.
import Testing

struct RaceTests {
  /// Swift's clang hides free() and memcpy from ThreadSanitizer unless it is told otherwise. And which two accesses to
  /// a block meet first is up to the threads: those that come later are to be told too.
  private static let sanitizer = [
    "TSAN_OPTIONS": "ignore_interceptors_accesses=0:exitcode=66:suppress_equal_addresses=0"
  ]

  @Test func `ThreadSanitizer is silent about the late writes`() throws {
    let place = try Workplace()
    let outcome = try place.fault("race.c", compiler: ["-O1", "-fsanitize=thread"], environment: Self.sanitizer)
    #expect(outcome.status == 0)
    #expect(outcome.output == "late writes\n")
    #expect(!outcome.errors.contains("ThreadSanitizer"))
  }

  @Test func `ThreadSanitizer reports the control build with plain stores`() throws {
    let place = try Workplace()
    let outcome = try place.fault(
      "race.c", compiler: ["-O1", "-fsanitize=thread", "-DLW_PLAIN_STORES"], environment: Self.sanitizer)
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("WARNING: ThreadSanitizer: data race"))
    #expect(outcome.errors.contains("store_result"))
  }
}
