// Threads, locks, parking and time, as far as Swift code sees them.
import Latewrite
import Testing

@Suite("Threads")
struct ThreadTests {
  @Test("a lock lets one thread in at a time")
  func exclusion() throws {
    let counter = Shared(0)
    func count() throws -> LatewriteThread {
      try LatewriteThread(named: "counter") { for _ in 0..<10_000 { counter.withLock { $0 += 1 } } }
    }
    let first = try count()
    let second = try count()
    first.join()
    second.join()
    #expect(counter.read() == 20_000)
  }

  @Test("a lock that is held is not available")
  func available() {
    let lock = Lock()
    let inside = lock.withLock { lock.withLockIfAvailable { true } }
    #expect(inside == nil && lock.withLockIfAvailable { true } == true)
  }

  @Test("taking a lock twice ends the program with a sentence")
  func recursion() async {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let lock = Lock()
      lock.withLock { lock.withLock {} }
    }
    let said = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(said.contains("latewrite: "))
  }

  @Test("an unpark that comes first is not lost")
  func unparkFirst() {
    Parker.current.unpark()
    #expect(Parker.park() == .unparked)
  }

  @Test("a park ends at its deadline")
  func deadline() {
    let deadline = Clock.now.advanced(by: .milliseconds(1))
    while Parker.park(until: deadline) == .unparked {}
    #expect(Clock.now >= deadline)
  }

  @Test("a parked thread is let go by another")
  func parking() throws {
    let parker = Parker.current
    let done = Shared(false)
    let thread = try LatewriteThread(named: "unparker") {
      done.withLock { $0 = true }
      parker.unpark()
    }
    while !done.read() { _ = Parker.park(on: done) }
    thread.join()
  }

  @Test("a stack begins with the function that captured it")
  func stack() {
    let first = StackTrace.capture()
    let second = StackTrace.capture()
    #expect(first.programCounters.count > 3 && !first.isFirstExact)
    #expect(first.programCounters.first != second.programCounters.first)
    #expect(first.programCounters.dropFirst(1).elementsEqual(second.programCounters.dropFirst(1)))
  }

  @Test("durations become nanoseconds without overflow")
  func durations() {
    #expect(Duration.milliseconds(3).wholeNanoseconds == 3_000_000)
    #expect(Duration.seconds(-3).wholeNanoseconds == 0)
    #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    #expect(Clock.Instant.never.advanced(by: .seconds(1)) == .never)
  }
}
