// The situations A, C, D, G, H and J of reference/asyncio-history.md, section 1, on every revision: in these two
// columns the historic code was right throughout.
import Latewrite
import Logging
import OverlappedIO
import Proactor
import Testing

@Suite("Situations that were always right")
struct SituationTests {
  @Test(
    "A: a wait completes with true, and cancel() after that does nothing", arguments: ProactorRevision.beforeAndAfter)
  func completes(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, operation: 1)
    event.set()
    let result = try situation.result(future)
    let cancelled = try future.cancel()
    try situation.drain()
    let errors = situation.log.errors
    let found = try situation.end()
    #expect(result && !cancelled && found.isEmpty && errors.isEmpty)
  }

  @Test("a wait that times out completes with false", arguments: ProactorRevision.beforeAndAfter)
  func timesOut(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, timeout: .milliseconds(1), operation: 1)
    let result = try situation.result(future)
    let found = try situation.end()
    #expect(!result && found.isEmpty)
  }

  @Test(
    "what the callback said is ignored: a handle signalled after the timeout makes it true",
    arguments: ProactorRevision.beforeAndAfter)
  func pollsTheHandle(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let timedOut = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, timeout: .milliseconds(1), operation: 1)
    // Of the same deadline and later: when this one is through, the first one's packet is on its way or queued.
    _ = try wait(for: timedOut.handle, timeout: .milliseconds(5))
    event.set()
    let result = try situation.result(future)
    let found = try situation.end()
    #expect(result && found.isEmpty)
  }

  @Test("C: a cancelled wait that never fires leaves the cache", arguments: ProactorRevision.beforeAndAfter)
  func cancelled(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, operation: 1)
    let cancelled = try future.cancel()
    let open = situation.openLoans
    try situation.drain()
    let errors = situation.log.errors
    let found = try situation.end()
    // The fixed revision has a second wait now, for the event; the first one's loan ended with its registration.
    #expect(cancelled && future.isCancelled && open <= 1 && found.isEmpty && errors.isEmpty)
    #expect(throws: ProactorError.self) { try future.result() }
  }

  @Test("D: cancelling twice is cancelling once", arguments: ProactorRevision.beforeAndAfter)
  func cancelledTwice(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, operation: 1)
    let first = try future.cancel()
    let second = try future.cancel()
    try situation.drain()
    let errors = situation.log.errors
    let found = try situation.end()
    #expect(first && !second && found.isEmpty && errors.isEmpty)
  }

  @Test("G: a handle that is signalled already completes the wait", arguments: ProactorRevision.beforeAndAfter)
  func signalledBefore(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event(isSet: true)
    let future = try situation.proactor.waitForHandle(event.handle, operation: 1)
    let atOnce = future.isDone
    let result = try situation.result(future)
    try situation.drain()
    let errors = situation.log.errors
    let found = try situation.end()
    #expect(result && atOnce == revision.behaviours.contains(.immediatePoll) && found.isEmpty && errors.isEmpty)
  }

  @Test("H: close() cancels a pending wait", arguments: ProactorRevision.beforeAndAfter)
  func closed(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, operation: 1)
    let log = situation.log
    let proactor = situation.proactor
    let found = try situation.end()
    #expect(future.isCancelled && proactor.isClosed && found.isEmpty && log.errors.isEmpty)
    #expect(log.lines.contains { $0.message == "taking long time to close proactor" && $0.level == .debug })
    #expect(throws: ProactorError.self) { try proactor.waitForHandle(event.handle) }
  }

  @Test("J: cancel() and close() without a poll between them ends", arguments: ProactorRevision.beforeAndAfter)
  func cancelledAndClosed(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle, operation: 1)
    try future.cancel()
    let log = situation.log
    let found = try situation.end()
    #expect(future.isCancelled && found.isEmpty && log.errors.isEmpty)
  }

  @Test("many waits, some cancelled, leave nothing behind on the fixed revision")
  func many() throws {
    let situation = try Situation(.fix24dfa3c1)
    let event = try Event()
    var futures: [WaitHandleFuture] = []
    for number in 1...200 {
      futures.append(try situation.proactor.waitForHandle(event.handle, operation: UInt64(number)))
    }
    for future in futures[..<100] { try future.cancel() }
    event.set()
    for future in futures[100...] {
      let result = try situation.result(future)
      #expect(result)
    }
    try situation.drain()
    let counts = situation.arena.counts()
    let found = try situation.end()
    #expect(counts.liveBlocks == 0 && counts.openLoans == 0 && found.isEmpty)
  }
}
