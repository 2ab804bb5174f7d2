// AT, AU and AV: proactors and loops at their ends - let go and never closed, used when they are closed, run inside
// their own run for ever.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// AT.
  static let letGoOpen = Situation(
    "AT", "let-go-open", "The last reference to a proactor goes, with a read pending, and nobody has closed it.",
    declared: [
      .since("fea6a100^", .staysPending, breaks: [.freedWhileLent]),
      .since("fea6a100", .cancelled),
    ]
  ) { stage in
    let (server, client) = try stage.pipe()
    let read = try stage.receive(server)
    stage.proactor.release()
    stage.tellAfterClose(read)
    stage.letGo(read)
    NamedPipe.close(client)
    server.close()
  }

  /// AU.
  static let usedClosed = Situation(
    "AU", "used-closed", "A proactor is closed, and then asked to read from a pipe that it knows.",
    asks: [.hang, .staysPending, .unexpected, .freedPending],
    declared: [
      // What was begun is given back with its end on the way to a port that there is not any more.
      .since("fea6a100^", .staysPending, elsewhere: [.freedWhileLent, .staleWrite]),
      .since("fc459980^", elsewhere: [.freedWhileLent, .staleWrite]),
    ]
  ) { stage in
    let (server, client) = try stage.pipe()
    let read = try stage.receive(server)
    try NamedPipe.write(client, [1])
    stage.pollUntilEmpty()
    stage.letGo(read)
    stage.close()
    stage.attempt("receive") { () throws(ProactorError) in
      let late = try stage.proactor.receive(server, atMost: 1)
      stage.tellAfterClose(late)
      late.release()
      return "begun"
    }
    stage.proactor.release()
    NamedPipe.close(client)
    server.close()
  }

  /// AV.
  static let runInsideForever = Situation(
    "AV", "run-inside-forever", "A callback runs its own loop for ever, which fails; is the self-pipe still read?",
    asks: [.hang, .unexpected],
    declared: [
      .since("fea6a100^", breaks: [.staleHandle]),
      .since("fea6a100"),
      .since(
        "fc459980^", .unexpected, breaks: [.freedWhileLent, .unexpectedEvent],
        elsewhere: [.falseCompletion, .staleHandle, .staleWrite, .writeIntoReusedBlock, .writeDuringFree]),
      .since("today", elsewhere: [.freedWhileLent, .unexpectedEvent, .falseCompletion, .staleHandle, .staleWrite]),
    ]
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    try loop.callSoon {
      // A turn later, when the self-pipe is read.
      try loop.callSoon {
        answer("inner run", stage) { () throws(ProactorError) in try loop.runForever() }
        // And one more, behind a poll.
        try loop.callSoon {
          try loop.callSoon {
            stage.log("operations: \(stage.proactor.operationCount)")
            loop.stop()
          }
        }
      }
    }
    answer("outer run", stage) { () throws(ProactorError) in try loop.runForever() }
    stage.close(loop)
  }
}
