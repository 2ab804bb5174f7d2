// Errors that nobody asks for, what they keep alive, and what a loop refuses once it is closed or full.
import Latewrite
import OverlappedIO
import Proactor
import Testing

/// A receive that has failed because its socket was closed.
private func failedRead(_ situation: borrowing Situation) throws -> OverlappedFuture<[UInt8]> {
  let (here, there) = try SocketHandle.pair()
  let read = try situation.proactor.receive(here, atMost: 1)
  here.close()
  try situation.drain()
  there.close()
  return read
}

/// An accept that everybody but its task lets go, and that fails then because its listener was closed.
private func failAccept(_ situation: borrowing Situation) throws {
  let listener = try SocketHandle.listening()
  let accept = try situation.proactor.accept(listener)
  accept.release()
  listener.close()
  try situation.finish(accept)
}

@Suite("What nobody hears of")
struct UnheardTests {
  static let message = "_OverlappedFuture exception was never retrieved"

  @Test("an error keeps the memory of its operation until the future goes, and is told to the log then")
  func unheard() throws {
    for revision in [ProactorRevision.beforeFea6a100, .fix498b1f62, .today] {
      let situation = try Situation(revision)
      let read = try failedRead(situation)
      #expect(read.hasFailed && situation.arena.counts().liveBlocks > 0, "\(revision.name)")
      #expect(situation.log.errors.isEmpty)
      read.release()
      #expect(situation.arena.counts().liveBlocks == 0)
      #expect(situation.log.errors.map(\.message) == [Self.message])
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("an error that was asked for is told to nobody")
  func heard() throws {
    let situation = try Situation(.today)
    let read = try failedRead(situation)
    #expect(try read.exception()?.code == .connectionReset)
    read.release()
    let other = try failedRead(situation)
    #expect(throws: ProactorError.self) { try other.result() }
    other.release()
    #expect(situation.log.errors.isEmpty)
    #expect(try situation.end().isEmpty)
  }

  @Test("to cancel what has failed counts as having asked today, and did not in 2015")
  func cancelled() throws {
    for (revision, messages) in [(ProactorRevision.fix498b1f62, [Self.message]), (.today, [])] {
      let situation = try Situation(revision)
      let read = try failedRead(situation)
      #expect(try !read.cancel())
      read.release()
      #expect(situation.log.errors.map(\.message) == messages)
      let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
      let future = loop.makeFuture(of: Int.self)
      try future.setError(ProactorError(.notDone))
      #expect(try !future.cancel())
      future.release()
      #expect(situation.log.errors.count == 2 * messages.count, "\(revision.name)")
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a future that was done before keeps nothing of the error that its operation ends with")
  func doneBefore() throws {
    let situation = try Situation(.fix65dd69a3)
    let (here, there) = try SocketHandle.pair()
    let read = try situation.proactor.receive(here, atMost: 1)
    try read.setError(ProactorError(.notDone))
    let error = #expect(throws: ProactorError.self) { try situation.drain() }
    #expect(error?.code == .invalidState)
    #expect(situation.arena.counts().liveBlocks == 0)
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("the task of an accept asks for its error: the future that everybody else has let go is not told of")
  func taskHears() throws {
    for revision in [ProactorRevision.beforeFea6a100, .fix498b1f62, .today] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
      try failAccept(situation)
      #expect(situation.log.errors.isEmpty && situation.arena.counts().liveBlocks > 0, "\(revision.name)")
      try loop.runOnce(timeout: .zero)
      #expect(situation.log.errors.map(\.message) == ["Task exception was never retrieved"])
      #expect(situation.arena.counts().liveBlocks == 0)
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("without the loop nobody hears of that error: first the task is told of, then what it has waited for")
  func taskDestroyed() throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
    try failAccept(situation)
    try loop.close()
    #expect(situation.log.errors.map(\.message) == ["Task was destroyed but it is pending!", Self.message])
    #expect(try situation.end().isEmpty)
  }

  @Test("a future that has failed may outlive its proactor and its arena")
  func outlives() throws {
    let situation = try Situation(.today)
    let read = try failedRead(situation)
    #expect(try situation.end().isEmpty)
    #expect(try read.exception() != nil)
  }

  @Test("exception() is nil of a result, and throws where there is neither")
  func exceptions() throws {
    let situation = try Situation(.today)
    let operation = try situation.proactor.register()
    let pending = #expect(throws: ProactorError.self) { try operation.exception() }
    try situation.proactor.post(operation)
    try situation.poll()
    #expect(pending?.code == .notDone)
    #expect(try operation.exception() == nil)
    let event = try Event()
    let wait = try situation.proactor.waitForHandle(event.handle)
    try wait.cancel()
    let cancelled = #expect(throws: ProactorError.self) { try wait.exception() }
    #expect(cancelled?.code == .cancelled)
    #expect(try situation.end().isEmpty)
  }
}

@Suite("Loops that stop and close")
struct StoppedLoopTests {
  @Test("stop() was a callback among others, and ends the turn today")
  func stops() throws {
    for (revision, first) in [(ProactorRevision.fix498b1f62, ["a"]), (.today, ["a", "b"])] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      var order: [String] = []
      try loop.callSoon { order.append("a") }
      loop.stop()
      try loop.callSoon { order.append("b") }
      try loop.runForever()
      #expect(order == first, "\(revision.name)")
      loop.stop()
      try loop.runForever()
      #expect(order == ["a", "b"])
      try loop.close()
      #expect(try situation.end()[.hang] == nil)
    }
  }

  @Test("a loop that is stopped before its future is done says so")
  func stoppedBefore() throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    let operation = try situation.proactor.register()
    try loop.callSoon { loop.stop() }
    let error = #expect(throws: ProactorError.self) { try loop.run(untilComplete: operation) }
    #expect(error?.code == .loopStopped)
    try situation.proactor.post(operation, bytes: 3)
    #expect(try loop.run(untilComplete: operation) == 3)
    try loop.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("a callback that was cancelled does not run")
  func cancelledCallback() throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    var order: [String] = []
    let soon = try loop.callSoon { order.append("soon") }
    let later = try loop.callLater(.zero) { order.append("later") }
    try loop.callSoon { later.cancel() }
    soon.cancel()
    for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
    #expect(order == [] && soon.isOver && later.isOver)
    try loop.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("a closed loop takes nothing from other threads; from its own it did until December 2014")
  func closed() throws {
    for (revision, code) in [(ProactorRevision.fixB261475a, nil), (.today, ProactorError.Code.loopClosed)] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      try loop.close()
      #expect(loop.isClosed)
      let late = #expect(throws: ProactorError.self) { try loop.mailbox.callSoon { _ in } }
      #expect(late?.code == .loopClosed)
      var refused: ProactorError.Code?
      do throws(ProactorError) { try loop.callSoon {} } catch { refused = error.code }
      #expect(refused == code, "\(revision.name)")
      let future = loop.makeFuture(of: Int.self)
      try future.setError(ProactorError(.notDone))
      let closed = #expect(throws: ProactorError.self) { try loop.run(untilComplete: future) }
      #expect(closed?.code == .loopClosed)
      // The loop has not got it.
      future.release()
      #expect(situation.log.errors.map(\.message) == ["Future exception was never retrieved"], "\(revision.name)")
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("whoever could not wake a loop got an error in 2015; today the log is told, and the callback runs anyhow")
  func notWoken() throws {
    let failed = "Fail to write a null byte into the self-pipe socket"
    for (revision, refusal, lines) in [(ProactorRevision.fix498b1f62, 10038 as UInt32?, 0), (.today, nil, 1)] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      loop.stop()
      try loop.runForever()
      let gone = try SocketHandle()
      gone.close()
      loop.mailbox.ring(gone.fileno)
      let ran = Shared(0)
      var error: ProactorError?
      do throws(ProactorError) {
        try loop.mailbox.callSoon { _ in ran.withLock { $0 += 1 } }
      } catch let refused { error = refused }
      #expect(error?.underlying?.code.rawValue == refusal, "\(revision.name)")
      for _ in 0..<2 {
        loop.stop()
        try loop.runForever()
      }
      #expect(ran.read() == 1)
      #expect(situation.log.lines.count { $0.message == failed } == lines)
      try loop.close()
      _ = try situation.end()
    }
  }
}
