// What becomes of proactors, loops, servers and pipes that are let go and that nobody has closed; and of a proactor
// that is used when it is closed.
//
// Those with a loop are in processes of their own, as the tests of loops.
import Glibc
import Latewrite
import Logging
import OverlappedIO
import Proactor
import Testing

@Suite("What is let go")
struct LetGoTests {
  @Test("a proactor that is let go is closed since July 2014; before, its operations went with it")
  func proactor() throws {
    for (revision, isCancelled) in [(ProactorRevision.beforeFea6a100, false), (.fea6a100, true), (.today, true)] {
      let situation = try Situation(revision)
      let (server, client) = try pipe(situation)
      let read = try situation.proactor.receive(server, atMost: 1)
      situation.proactor.release()
      #expect(read.isCancelled == isCancelled && read.isDone == isCancelled, "\(revision.name)")
      #expect(situation.proactor.operationCount == 0 && situation.proactor.isClosed)
      read.release()
      for end in [server, client] { end.close() }
      // The packet of what went with it stays in the port, which nobody closes.
      let found = try situation.end()
      let expected: Set<Rule> = isCancelled ? [] : [.freedWhileLent, .leak]
      #expect(Set(found.keys).isSubset(of: expected), "\(found)")
    }
  }

  @Test("a wait that went with its proactor was still registered")
  func wait() throws {
    let situation = try Situation(.beforeFea6a100)
    let event = try Event()
    let wait = try situation.proactor.waitForHandle(event.handle)
    situation.proactor.release()
    #expect(!wait.isDone)
    try wait.cancel()
    let found = try situation.end()
    #expect(found == [.freedWhileLent: 1])
  }

  @Test("a loop that is let go open is told to the log and closed today; before, its proactor was closed in silence")
  func loop() async {
    await #expect(processExitsWith: .success) {
      for (revision, lines) in [
        (ProactorRevision.fix498b1f62, []),
        (.today, ["unclosed event loop <ProactorEventLoop running=False closed=False debug=True>"]),
      ] {
        let situation = try Situation(revision)
        let loop = ProactorEventLoop(proactor: situation.proactor)
        loop.stop()
        try loop.runForever()
        loop.release()
        loop.release()
        let told = situation.log.lines.filter { $0.level == .warning }.map(\.message)
        #expect(told == lines, "\(revision.name)")
        #expect(loop.isClosed && situation.proactor.isClosed)
        let refused = #expect(throws: ProactorError.self) { try loop.mailbox.callSoon { _ in } }
        #expect(refused?.code == .loopClosed)
        _ = try situation.end()
      }
      _exit(0)
    }
  }

  @Test("the instance that a server waited with goes when its loop is closed, and the others with the server")
  func server() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.today)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      let name = "\\\\.\\pipe\\let-go-\(getpid())"
      var server: PipeServer? = try PipeServer(name, on: loop) { $0.close() }
      for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
      try loop.close()
      let log = situation.log
      func unclosed() -> Int { log.lines.count { $0.message.hasPrefix("unclosed <PipeHandle") } }
      #expect(unclosed() == 1)
      withExtendedLifetime(server) {}
      server = nil
      #expect(unclosed() == 1)
      let error = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
      #expect(error?.underlying?.code == .fileNotFound)
      _ = try situation.end()
      _exit(0)
    }
  }

  @Test("an error keeps the pipe that it came from, until its future goes")
  func errorKeepsPipe() throws {
    let situation = try Situation(.today)
    let name = "\\\\.\\pipe\\kept-by-error"
    let write = try Self.failedWrite(name, situation)
    let busy = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
    #expect(busy?.underlying?.code == .pipeBusy)
    write.release()
    let gone = #expect(throws: ProactorError.self) { try situation.proactor.openPipe(name) }
    #expect(gone?.underlying?.code == .fileNotFound)
    #expect(try situation.end().isEmpty)
  }

  /// A write of more than the pipe takes, whose reader went; nobody else has its end of the pipe.
  private static func failedWrite(_ name: String, _ situation: borrowing Situation) throws -> OverlappedFuture<Int> {
    let server = try situation.proactor.makePipe(name, isFirst: true)
    let client = try situation.proactor.openPipe(name)
    let write = try situation.proactor.send(server, Array(repeating: 1, count: 20_000))
    client.close()
    try situation.drain()
    #expect(write.hasFailed)
    return write
  }
}

@Suite("A closed proactor")
struct ClosedProactorTests {
  @Test("it refuses everything today; until 2018 it began for good what it knew, and could not be closed again")
  func used() throws {
    for revision in [ProactorRevision.fix498b1f62, .today] {
      let situation = try Situation(revision)
      let (here, there) = try SocketHandle.pair()
      let read = try situation.proactor.receive(here, atMost: 1)
      try there.sendNow([1])
      #expect(try situation.result(read) == [1])
      try situation.proactor.close()
      for socket in [here, there] {
        var code: ProactorError.Code?
        do throws(ProactorError) {
          let late = try situation.proactor.receive(socket, atMost: 1)
          #expect(!late.isDone)
          late.release()
        } catch { code = error.code }
        let isKnown = socket === here && revision == .fix498b1f62
        #expect(code == (isKnown ? nil : .closed), "\(revision.name)")
      }
      #expect(situation.proactor.operationCount == (revision == .today ? 0 : 1))
      if revision == .today {
        try situation.proactor.close()
      } else {
        let error = #expect(throws: ProactorError.self) { try situation.proactor.close() }
        #expect(error?.code == .closed)
      }
      // The second close() has asked for the end of what was begun. Its socket is signalled then; whoever let go before
      // would ask once more, be told that nothing is there to be cancelled, and free what is still written to.
      if revision != .today { _ = try wait(for: here.fileno) }
      situation.proactor.release()
      for socket in [here, there] { socket.close() }
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a run inside a run ended the read of the self-pipe in 2023, and leaves it alone today")
  func runInside() async {
    await #expect(processExitsWith: .success) {
      for (revision, count) in [(ProactorRevision.fix498b1f62, 1), (.beforeFc459980, 0), (.today, 1)] {
        let situation = try Situation(revision)
        let proactor = situation.proactor
        let loop = ProactorEventLoop(proactor: proactor)
        var left = -1
        try loop.callSoon {
          // Behind the turn that begins to read.
          try loop.callSoon {
            let error = #expect(throws: ProactorError.self) { try loop.runForever() }
            #expect(error?.code == .loopIsRunning)
            try proactor.select(timeout: .zero)
            left = proactor.operationCount
            loop.stop()
          }
        }
        try loop.runForever()
        #expect(left == count, "\(revision.name)")
        try loop.close()
        _ = try situation.end()
      }
      _exit(0)
    }
  }
}
