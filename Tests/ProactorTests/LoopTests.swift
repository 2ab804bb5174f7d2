// What asyncio's loop does around the proactor, beside completions: runs inside runs, callbacks that throw, the order
// of what other threads send, and what becomes of it all when the loop is closed.
//
// In processes of their own: until 2015 a loop closed its self-pipe with the read of it in the cache. Where that has
// not ended yet when it is cancelled, a closed handle is used, which is a finding of the process (LW009).
import Glibc
import Latewrite
import OverlappedIO
import Proactor
import Testing

/// The revisions before and after what changed in between, of the loop.
private let thenAndNow: [ProactorRevision] = [.beforeFea6a100, .beforeD0a28dee, .fix498b1f62, .today]
private let destroyed = "Task was destroyed but it is pending!"

/// Whatever was found.
private func leave() -> Never { _exit(0) }

/// Runs the turns of `loop` that a stopped run has.
private func turn(_ loop: ProactorEventLoop, times: Int = 1) throws {
  for _ in 0..<times {
    loop.stop()
    try loop.runForever()
  }
}

@Suite("The loop")
struct LoopTests {
  @Test("a run inside a run fails; its future stopped the outer one until that was looked at first")
  func inside() async {
    await #expect(processExitsWith: .success) {
      for (revision, ended) in [
        (ProactorRevision.fix498b1f62, ProactorError.Code.loopStopped as Optional), (.today, nil),
      ] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let inner = loop.makeFuture(of: Int.self)
        let outer = loop.makeFuture(of: Int.self)
        var refused: ProactorError.Code?
        try loop.callSoon {
          do throws(ProactorError) { _ = try loop.run(untilComplete: inner) } catch { refused = error.code }
          try inner.setResult(1)
          try loop.callSoon { try outer.setResult(2) }
        }
        var code: ProactorError.Code?
        do throws(ProactorError) { _ = try loop.run(untilComplete: outer) } catch { code = error.code }
        #expect(refused == .loopIsRunning && code == ended, "\(revision.name)")
        #expect(try loop.run(untilComplete: outer) == 2)
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("a run that was stopped before its future was done leaves no mark on it")
  func stopped() async {
    await #expect(processExitsWith: .success) {
      for revision in thenAndNow {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let first = loop.makeFuture(of: Int.self)
        let second = loop.makeFuture(of: Int.self)
        try loop.callSoon { loop.stop() }
        #expect(throws: ProactorError.self) { try loop.run(untilComplete: first) }
        try loop.callSoon {
          try first.setResult(1)
          try loop.callSoon { try loop.callSoon { try second.setResult(2) } }
        }
        #expect(try loop.run(untilComplete: second) == 2)
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("a run ends in the turn in which its future is done: at once in 2015, behind what else is ready today")
  func ends() async {
    await #expect(processExitsWith: .success) {
      for (revision, expected) in [(ProactorRevision.fix498b1f62, [1]), (.today, [1, 2, 3])] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let future = loop.makeFuture(of: Int.self)
        var order: [Int] = []
        future.addDoneCallback { _ in order.append(1) }
        try loop.callSoon {
          future.addDoneCallback { _ in order.append(2) }
          try future.setResult(0)
          try loop.callSoon { order.append(3) }
        }
        #expect(try loop.run(untilComplete: future) == 0)
        #expect(order == expected, "\(revision.name)")
        try turn(loop)
        #expect(order == [1, 2, 3])
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("a callback that throws is told to the log, and the others run")
  func throwing() async {
    await #expect(processExitsWith: .success) {
      for revision in thenAndNow {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let future = loop.makeFuture(of: Int.self)
        var order: [Int] = []
        try loop.callSoon { throw ProactorError(.notDone) }
        try loop.callSoon { order.append(1) }
        future.addDoneCallback { _ in throw ProactorError(.notDone) }
        future.addDoneCallback { _ in order.append(2) }
        try future.setResult(0)
        for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
        #expect(order == [1, 2])
        #expect(situation.log.errors.map(\.message) == ["Exception in callback", "Exception in callback"])
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("what other threads have sent runs before what the loop's own callbacks ask for later")
  func sent() async {
    await #expect(processExitsWith: .success) {
      for revision in thenAndNow {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let order = Shared<[String]>([])
        let mailbox = loop.mailbox
        func add(_ name: String) throws { try loop.callSoon { order.withLock { $0.append(name) } } }
        func send(_ name: String) throws { try mailbox.callSoon { _ in order.withLock { $0.append(name) } } }
        try send("a")
        try add("b")
        try loop.callSoon {
          try send("c")
          try add("d")
          try LatewriteThread(named: "sender") { try? mailbox.callSoon { _ in order.withLock { $0.append("e") } } }
            .join()
          try add("f")
        }
        try turn(loop, times: 3)
        #expect(order.read() == ["a", "b", "c", "d", "e", "f"])
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("a timer that is due in more than 2^32 milliseconds was too far for a port until waits came in parts")
  func far() async {
    await #expect(processExitsWith: .success) {
      for (revision, expected) in [
        (ProactorRevision.fix498b1f62, ProactorError.Code.timeoutTooBig as Optional), (.today, nil),
      ] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let event = try Event(isSet: true)
        try loop.callLater(.seconds(10_000_000_000)) { Issue.record("a timer of 300 years") }
        let soon = try loop.callLater(.zero) { Issue.record("a timer that was cancelled") }
        soon.cancel()
        for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
        let wait = try situation.proactor.waitForHandle(event.handle)
        try situation.finish(wait)
        var code: ProactorError.Code?
        let stopping = try situation.proactor.register()
        stopping.addDoneCallback { _ in loop.stop() }
        try situation.proactor.post(stopping)
        do throws(ProactorError) { try loop.runOnce() } catch { code = error.code }
        #expect(code == expected, "\(revision.name)")
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("callbacks can be taken back until they are put off")
  func takenBack() throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    let future = loop.makeFuture(of: Int.self)
    var order: [Int] = []
    let names = (0..<3).map { number in future.addDoneCallback { _ in order.append(number) } }
    #expect(future.removeDoneCallback(names[0]) && !future.removeDoneCallback(names[0]))
    try future.setResult(1)
    #expect(!future.removeDoneCallback(names[1]))
    #expect(throws: ProactorError.self) { try future.setResult(2) }
    #expect(throws: ProactorError.self) { try future.setError(ProactorError(.notDone)) }
    try loop.runOnce(timeout: .zero)
    #expect(order == [1, 2])
    try loop.close()
    _ = try situation.end()
  }
}

@Suite("Loops that are closed in the middle")
struct ClosedLoopTests {
  @Test("the task of a pending accept is destroyed: by close(), or with a loop that dropped what is ready first")
  func serving() async {
    await #expect(processExitsWith: .success) {
      for (revision, isTold) in [(ProactorRevision.beforeD0a28dee, false), (.d0a28dee, true), (.today, true)] {
        let situation = try Situation(revision)
        var loop: ProactorEventLoop? = ProactorEventLoop(proactor: situation.proactor)
        let listener = try SocketHandle.listening()
        loop?.startServing(listener) { _ in }
        for _ in 0..<2 { try loop?.runOnce(timeout: .zero) }
        try loop?.close()
        let told = situation.log.errors.map(\.message)
        #expect(told == (isTold ? [destroyed] : []), "\(revision.name)")
        loop = nil
        #expect(situation.log.errors.map(\.message) == [destroyed])
        listener.close()
        #expect(try situation.end().isEmpty)
      }
      leave()
    }
  }

  @Test("a connection that is tried for when its loop closes is a task that is destroyed, once connecting was one")
  func connecting() async {
    await #expect(processExitsWith: .success) {
      for (revision, lines) in [(ProactorRevision.a19b7b3f, []), (.e0fd157b, [destroyed]), (.today, [destroyed])] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let name = "\\\\.\\pipe\\closed-loop-\(revision.name)"
        let server = try situation.proactor.makePipe(name, isFirst: true)
        let client = try situation.proactor.openPipe(name)
        let connecting = try loop.connectPipe(name)
        try loop.close()
        #expect(!connecting.isDone && situation.log.errors.isEmpty)
        connecting.release()
        #expect(situation.log.errors.map(\.message) == lines, "\(revision.name)")
        client.close()
        server.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("the first turn began to read the self-pipe for all runs; today each run does")
  func selfRead() async {
    await #expect(processExitsWith: .success) {
      for (revision, count) in [(ProactorRevision.beforeFea6a100, 1), (.fix498b1f62, 1), (.today, 0)] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        #expect(situation.proactor.operationCount == 0)
        try loop.runOnce(timeout: .zero)
        #expect(situation.proactor.operationCount == count, "\(revision.name)")
        try turn(loop)
        #expect(situation.proactor.operationCount == 1)
        try loop.close()
        _ = try situation.end()
      }
      leave()
    }
  }

  @Test("a future that keeps its OVERLAPPED may go on another thread: the loop's gives the memory back")
  func goneElsewhere() throws {
    for revision in [ProactorRevision.beforeFea6a100, .fix18a28dc5] {
      let situation = try Situation(revision)
      let carrier = try Self.failedRead(situation)
      #expect(situation.arena.counts().liveBlocks > 0)
      try LatewriteThread(named: "taker") { carrier.withLock { $0.future = nil } }.join()
      #expect(situation.arena.counts().liveBlocks > 0, "\(revision.name)")
      try situation.poll()
      #expect(situation.arena.counts().liveBlocks == 0)
      _ = try situation.end()
    }
  }

  /// @unchecked Sendable: whoever takes it has it alone.
  private struct Carrier: @unchecked Sendable { var future: OverlappedFuture<[UInt8]>? }

  /// The only reference to a receive that has ended and keeps its OVERLAPPED.
  private static func failedRead(_ situation: borrowing Situation) throws -> Shared<Carrier> {
    let (here, there) = try SocketHandle.pair()
    let read = try situation.proactor.receive(here, atMost: 1)
    try there.sendNow([1])
    #expect(try situation.result(read) == [1])
    return Shared(Carrier(future: read))
  }
}
