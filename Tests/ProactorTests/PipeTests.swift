// Pipes through the proactor: both ends, reads into the caller's memory, futures that are let go while they run, and
// what is done with ends that nobody got.
import Glibc
import Latewrite
import Logging
import OverlappedIO
import Proactor
import Testing

private let pipes = Shared(0)

/// A name that no pipe of this process has had.
private func newName() -> String {
  "\\\\.\\pipe\\proactor-tests-\(pipes.withLock { count in count += 1; return count })"
}

/// A pipe whose two ends belong to a situation's proactor.
func pipe(_ situation: borrowing Situation) throws -> (server: PipeHandle, client: PipeHandle) {
  let name = newName()
  let server = try situation.proactor.makePipe(name, isFirst: true)
  return (server, try situation.proactor.openPipe(name))
}

/// A pipe whose only instance has its client.
private struct BusyPipe {
  let name = newName()
  private let ends: [PipeHandle]

  init(of proactor: IOCPProactor) throws {
    ends = [try proactor.makePipe(name, isFirst: true), try proactor.openPipe(name)]
  }

  func close() { for end in ends { end.close() } }
}

/// Makes an instance and lets it go.
private func letOneGo(_ name: String, _ situation: borrowing Situation) throws {
  let made = try situation.proactor.makePipe(name)
  #expect(!made.isClosed)
}

@Suite("Pipes in the proactor")
struct PipeTests {
  @Test("a read into the caller's memory says how far it filled it, and 0 is the end")
  func into() throws {
    let situation = try Situation(.today)
    let (server, client) = try pipe(situation)
    let block = try situation.arena.allocate(64)
    let read = try situation.proactor.receive(server, into: block)
    #expect(block.openLoans == 1)
    #expect(try situation.result(situation.proactor.send(client, [9, 8, 7])) == 3)
    #expect(try situation.result(read) == 3)
    try situation.drain()
    #expect(block.openLoans == 0)
    let last = situation.arena.withBytes(of: block) { $0.bytes.unsafeLoad(fromByteOffset: 2, as: UInt8.self) }
    #expect(last == 7)
    client.close()
    let end = try situation.proactor.receive(server, into: block)
    #expect(try situation.result(end) == 0)
    situation.arena.free(block)
    server.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("the client's end is opened at once or not at all")
  func opens() throws {
    let situation = try Situation(.today)
    let name = newName()
    let missing = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
    #expect(missing?.underlying?.code == .fileNotFound)
    let server = try situation.proactor.makePipe(name, isFirst: true)
    let client = try situation.proactor.openPipe(name)
    let busy = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
    #expect(busy?.underlying?.code == .pipeBusy)
    let second = #expect(throws: ProactorError.self) { try situation.proactor.makePipe(name, isFirst: true) }
    #expect(second?.underlying?.code == .accessDenied)
    for end in [server, client] { end.close() }
    #expect(try situation.end().isEmpty)
  }

  @Test(
    "a read that is let go while it runs belongs to the cache: close() still cancels it, and ends",
    arguments: ProactorRevision.all)
  func letGoWhilePending(revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let (server, client) = try pipe(situation)
    let read = try situation.proactor.receive(server, atMost: 1)
    read.release()
    #expect(situation.proactor.operationCount == 1)
    try situation.proactor.close()
    #expect(read.isDone && situation.arena.counts().liveBlocks == 0)
    for end in [server, client] { end.close() }
    #expect(try situation.end().isEmpty)
  }

  @Test("an end that is let go open is told to the log by now, and was closed in silence before")
  func unclosed() throws {
    for (revision, lines) in [(ProactorRevision.today, 1), (.fix498b1f62, 0)] {
      let situation = try Situation(revision)
      let name = newName()
      try letOneGo(name, situation)
      #expect(situation.log.lines.count { $0.message.hasPrefix("unclosed <PipeHandle handle=") } == lines)
      let gone = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
      #expect(gone?.underlying?.code == .fileNotFound, "it was closed")
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a connection is tried for at once; since it is a task, in the next turn, unless it is cancelled before")
  func connects() async {
    await #expect(processExitsWith: .success) {
      for (revision, isTask) in [(ProactorRevision.a19b7b3f, false), (.e0fd157b, true), (.today, true)] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        let name = newName()
        let server = try situation.proactor.makePipe(name, isFirst: true)
        let cancelled = try loop.connectPipe(name)
        #expect(cancelled.isDone != isTask, "\(revision.name)")
        let isCancelled = try cancelled.cancel()
        #expect(isCancelled == isTask && cancelled.isDone != isTask)
        let connecting = try loop.connectPipe(name)
        for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
        #expect(cancelled.isCancelled == isTask)
        #expect(connecting.isDone == isTask, "the other one has the only instance")
        if isTask { PipeHandle(try connecting.result()).close() } else { PipeHandle(try cancelled.result()).close() }
        server.close()
        try loop.close()
        _ = try situation.end()
      }
      _exit(0)
    }
  }

  @Test("a task that sleeps for a busy pipe ends in the turn behind its cancellation; none begins in a closed loop")
  func cancelledAsleep() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.today)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      let busy = try BusyPipe(of: situation.proactor)
      let connecting = try loop.connectPipe(busy.name)
      try loop.runOnce(timeout: .zero)
      #expect(try connecting.cancel() && connecting.cancel() && !connecting.isDone)
      try loop.runOnce(timeout: .zero)
      #expect(connecting.isCancelled)
      busy.close()
      try loop.close()
      let refused = #expect(throws: ProactorError.self) { try loop.connectPipe(busy.name) }
      #expect(refused?.code == .loopClosed)
      #expect(situation.log.errors.map(\.message) == ["Task was destroyed but it is pending!"])
      _ = try situation.end()
      _exit(0)
    }
  }

  @Test("that a pipe cannot be connected to is told, also when whoever wanted it has let go before")
  func unheard() throws {
    for (revision, kind) in [(ProactorRevision.fix7ffa2c5f, "Future"), (.e0fd157b, "Task"), (.today, "Task")] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
      let busy = try BusyPipe(of: situation.proactor)
      let connecting = try loop.connectPipe(busy.name)
      try loop.runOnce(timeout: .zero)
      connecting.release()
      busy.close()
      while !connecting.isDone { try loop.runOnce() }
      #expect(situation.log.errors.map(\.message) == ["\(kind) exception was never retrieved"], "\(revision.name)")
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }

  // The thread that connects posts to a port that is closed by then, which is a finding.
  @Test("a thread that connects for a proactor that was closed meanwhile closes the end that nobody gets")
  func connectsForNobody() async {
    await #expect(processExitsWith: .exitCode(1)) {
      let situation = try Situation(.beforeD0a28dee)
      let other = try Situation(.today)
      let name = newName()
      let busy = try other.proactor.makePipe(name, isFirst: true)
      let client = try other.proactor.openPipe(name)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      let connecting = try loop.connectPipe(name)
      try situation.proactor.close()
      #expect(!connecting.isDone, "it belongs to no object, and is forgotten")
      let free = try other.proactor.makePipe(name)
      // It may have come and gone before it is accepted.
      do {
        _ = try other.result(other.proactor.acceptPipe(free))
        let read = try other.result(other.proactor.receive(free, atMost: 1))
        #expect(read == [])
      } catch let error as ProactorError { #expect(error.underlying?.code == .noData) }
      for end in [busy, client, free] { end.close() }
      #expect(try other.end().isEmpty)
    }
  }
}

@Suite("Servers that fail")
struct FailingServerTests {
  @Test("an accept that failed is told in the words of its revision, and its task's error is nobody's")
  func listenerClosed() throws {
    let task = "Task exception was never retrieved"
    for (revision, messages) in [
      (ProactorRevision.fix313a9809, [task]), (.today, ["Accept failed on socket <socket closed>", task]),
    ] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
      let listener = try SocketHandle.listening()
      loop.startServing(listener) { $0.socket.close() }
      for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
      listener.close()
      try situation.drain()
      for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
      let told = situation.log.lines.map(\.message).filter { !$0.hasPrefix("Using") }
      #expect(told == messages, "\(revision.name)")
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a pipe server closed by its own client's callback keeps that client's pipe open, and can be closed again")
  func closedByClient() throws {
    for revision in [ProactorRevision.today, .beforeFea6a100] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
      let name = newName()
      var served: [PipeHandle] = []
      var server: PipeServer?
      server = try PipeServer(name, on: loop) { pipe in
        served.append(pipe)
        do { try server?.close() } catch { Issue.record(error) }
      }
      try loop.runOnce(timeout: .zero)
      let client = try situation.proactor.openPipe(name)
      while served.isEmpty { try loop.runOnce() }
      #expect(served.allSatisfy { !$0.isClosed })
      let gone = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
      #expect(gone?.underlying?.code == .pipeBusy, "no instance waits for a client any more")
      try server?.close()
      for end in served + [client] { end.close() }
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }
}
