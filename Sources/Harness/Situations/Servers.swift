// Q, R, S, Y, Z, AA, AC, AI and I: what servers and loops do with operations: accepting, connecting, stopping,
// forgetting.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// R.
  static let acceptedAtOnce = Situation(
    "R", "accepted-at-once", "A pipe is accepted that has its client already: no packet will come.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let (server, client) = try stage.pipe()
    let accepted = try stage.proactor.acceptPipe(server)
    stage.poll()
    stage.log("accepted: \(accepted.isFinished)")
    stage.letGo(accepted)
    NamedPipe.close(client)
    server.close()
    stage.close()
  }

  /// S.
  static let objectless = Situation(
    "S", "closed-objectless",
    "The proactor is closed with an operation that belongs to no object, as connecting to a pipe was.",
    declared: [
      .since("fea6a100^", .staysPending),
      .since("3d2256f6", .hang),
    ]
  ) { stage in
    let operation = try stage.proactor.register(operation: 1)
    stage.closeAtOnce()
    stage.tellAfterClose(operation)
    stage.letGo(operation)
  }

  /// What may come of a loop whose self-read is cancelled while it stops.
  static let selfReadStopped: [Declared] = [
    .since("fea6a100^", breaks: [.staleHandle]),
    .since("fea6a100"),
    .since(
      "fc459980^", .freedPending, breaks: [.freedWhileLent, .staleWrite, .falseCompletion, .staleHandle],
      elsewhere: [.unexpectedEvent, .writeIntoReusedBlock, .writeDuringFree]),
    // The status of the read is stored before its packet is queued: in between it is not pending any more, and a loop
    // that looks just then frees it, with the packet on its way. When that packet completes the next read (LW005),
    // the kernel still works on a read that the cache has lost. Whoever drops it last asks for its end, and that may
    // be close(), which has closed the self-pipe's socket by then (LW009): it is freed all the same, and the end is
    // written into it afterwards (LW002).
    .since("today", elsewhere: [.freedWhileLent, .unexpectedEvent, .falseCompletion, .staleHandle, .staleWrite]),
  ]

  /// Q.
  static let selfRead = Situation(
    "Q", "self-read-stopped",
    "A loop stops, and the read of its self-pipe is cancelled and still pending; then it runs again (gh-116773).",
    asks: [.hang, .raises, .leaks, .unexpected, .freedPending, .invalidState],
    declared: selfReadStopped
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    for _ in 0..<3 {
      try loop.callSoon { loop.stop() }
      stage.attempt("run") { () throws(ProactorError) in
        try loop.runForever()
        return nil
      }
    }
    stage.close(loop)
  }

  /// AC.
  static let postedTwice = Situation(
    "AC", "posted-twice", "The end of an operation is posted twice.",
    declared: [.since("fea6a100^", .unexpected, breaks: [.unexpectedEvent])]
  ) { stage in
    let operation = try stage.proactor.register(operation: 1)
    for _ in 0..<2 { try stage.proactor.post(operation) }
    stage.poll()
    stage.letGo(operation)
    stage.close()
  }

  /// Z.
  static let connectCancelled = Situation(
    "Z", "connect-cancelled", "A connection to a busy pipe is cancelled, and then the pipe is free.",
    declared: [
      .since("fea6a100^"),
      .since("7ffa2c5f", .invalidState),
      .since("e0fd157b"),
    ]
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let name = stage.pipeName()
    let busy = try stage.proactor.makePipe(name)
    let client = try NamedPipe.open(name, isOverlapped: false)
    let connection = try loop.connectPipe(name)
    stage.attempt("cancel()") { () throws(ProactorError) in "\(try connection.cancel())" }
    let free = try stage.proactor.makePipe(name)
    for _ in 0..<3 {
      stage.attempt("turn") { () throws(ProactorError) in
        try loop.runOnce(timeout: .milliseconds(200))
        return nil
      }
    }
    NamedPipe.close(client)
    busy.close()
    free.close()
    stage.close()
  }

  /// I.
  static let serverClosedLate = Situation(
    "I", "server-closed-late", "A pipe server is closed when a client has connected and the loop does not know yet.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let name = stage.pipeName()
    let server = try PipeServer(name, on: loop) { pipe in
      stage.log("a client is served")
      pipe.close()
    }
    try loop.runOnce(timeout: .zero)
    let client = try NamedPipe.open(name, isOverlapped: false)
    stage.poll()
    try server.close()
    for _ in 0..<3 {
      stage.attempt("turn") { () throws(ProactorError) in
        try loop.runOnce(timeout: .zero)
        return nil
      }
    }
    try server.close()
    NamedPipe.close(client)
    stage.close()
  }

  /// AA.
  static let serverClosed = Situation(
    "AA", "server-closed", "A pipe server is closed while it waits for a client.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let server = try PipeServer(stage.pipeName(), on: loop) { $0.close() }
    try loop.runOnce(timeout: .zero)
    try server.close()
    stage.pollUntilEmpty()
    stage.attempt("turn") { () throws(ProactorError) in
      try loop.runOnce(timeout: .zero)
      return nil
    }
    stage.close()
  }

  /// Y.
  static let serverStopped = Situation(
    "Y", "server-stopped", "One of two servers stops (bpo-29711).",
    declared: [
      .since("fea6a100^", .othersCancelled, breaks: [.staleHandle]),
      .since("fea6a100", .othersCancelled),
      .since("fc459980^"),
    ]
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let one = try SocketHandle.listening()
    let other = try SocketHandle.listening()
    for listener in [one, other] { loop.startServing(listener) { $0.socket.close() } }
    try loop.runOnce(timeout: .zero)
    try loop.stopServing(one)
    for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
    if other.isClosed { stage.note(.othersCancelled) }
    try loop.stopServing(other)
    stage.close(loop)
  }

  /// AI. (gh-100573)
  static let clientGone = Situation(
    "AI", "client-gone",
    "A client of a pipe server comes and goes before the server accepts it; then another one comes.",
    declared: [
      .since("fea6a100^", .notServed),
      .since("fc459980^"),
    ]
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let name = stage.pipeName()
    var served = 0
    let server = try PipeServer(name, on: loop) { pipe in
      served += 1
      pipe.close()
    }
    NamedPipe.close(try NamedPipe.open(name, isOverlapped: false))
    for _ in 0..<3 { try loop.runOnce(timeout: .zero) }
    let client = try? NamedPipe.open(name, isOverlapped: false)
    for _ in 0..<3 { try loop.runOnce(timeout: .zero) }
    if served == 0 { stage.note(.notServed) }
    if let client { NamedPipe.close(client) }
    try server.close()
    stage.close(loop)
  }
}
