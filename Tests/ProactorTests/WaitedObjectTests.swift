// What else than events can be waited for, and what a wait does to it.
import Latewrite
import OverlappedIO
import Proactor
import Testing

@Suite("Waited objects")
struct WaitedObjectTests {
  private static let revisions: [ProactorRevision] = [.beforeFea6a100, .beforeD0a28dee, .fix24dfa3c1, .today]

  @Test("the wait thread takes one from a semaphore, and the answer is what is left then", arguments: revisions)
  func semaphore(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    for (count, expected) in [(1 as Int32, false), (3, true)] {
      let semaphore = try Semaphore()
      let wait = try situation.proactor.waitForHandle(semaphore.handle)
      #expect(try semaphore.release(count) == 0)
      #expect(try situation.result(wait) == expected, "\(revision.name), \(count)")
      // One for the wait thread, one for the answer.
      #expect(try semaphore.release() == max(0, count - 2))
      try situation.drain()
    }
    #expect(try situation.end().isEmpty)
  }

  @Test("no pool can wait for a mutex: it would belong to one of its threads", arguments: revisions)
  func mutex(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let mutex = try Win32Mutex(isOwned: true)
    let refused = #expect(throws: ProactorError.self) { try situation.proactor.waitForHandle(mutex.handle) }
    #expect(refused?.underlying?.code == .invalidParameter && situation.proactor.operationCount == 0)
    #expect(try wait(for: mutex.handle, timeout: .zero) == .signalled)
    for _ in 0..<2 { try mutex.release() }
    let notOwned = #expect(throws: Win32Error.self) { try mutex.release() }
    #expect(notOwned?.code.rawValue == 288)
    #expect(try situation.end().isEmpty)
  }

  @Test("a thread is waited for until it ends", arguments: revisions)
  func thread(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let gate = try Gate()
    let thread = try Win32Thread {
      gate.pass()
      return 7
    }
    let wait = try situation.proactor.waitForHandle(thread.handle)
    try situation.poll()
    #expect(!wait.isDone)
    gate.open()
    #expect(try situation.result(wait))
    try situation.drain()
    #expect(try situation.end().isEmpty)
  }

  @Test("a connection that was reset is reset for every receive from then on")
  func reset() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    let first = try situation.proactor.receive(here, atMost: 1)
    // What is unread when its socket is closed is refused with a reset.
    try here.sendNow([1])
    there.close()
    try situation.finish(first)
    #expect(try first.exception()?.code == .connectionReset)
    for _ in 0..<2 {
      let later = #expect(throws: ProactorError.self) { try situation.proactor.receive(here, atMost: 1) }
      #expect(later?.underlying?.code.rawValue == 10054)
    }
    here.close()
    #expect(try situation.end().isEmpty)
  }
}
