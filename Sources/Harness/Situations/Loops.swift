// AQ, AR and AS: the loop around the proactor - run inside its own run, asked to wait longer than a port can, closed
// while it serves.
internal import Latewrite
internal import Proactor

extension Situation {
  /// A loop that stops with the read of its self-pipe (gh-116773), where others decide whether that is pending.
  private static let selfReadDropped: [Declared] = [
    .since("fea6a100^", breaks: [.staleHandle]),
    .since("fea6a100"),
    .since(
      "fc459980^",
      elsewhere: [.freedWhileLent, .staleWrite, .unexpectedEvent, .falseCompletion, .staleHandle, .writeDuringFree]),
    .since("today"),
  ]

  /// AQ.
  static let runInside = Situation(
    "AQ", "run-inside",
    "A callback runs its own loop until a future is done, which cannot be, and then ends the future.",
    asks: [.hang, .leaks, .unexpected, .freedPending],
    declared: selfReadDropped
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let inner = loop.makeFuture(of: Int.self)
    let outer = loop.makeFuture(of: Int.self)
    try loop.callSoon {
      answer("inner run", stage) { () throws(ProactorError) in _ = try loop.run(untilComplete: inner) }
      try inner.setResult(1)
      // A turn later than the inner future is told of.
      try loop.callSoon { try loop.callSoon { try outer.setResult(2) } }
    }
    answer("outer run", stage) { () throws(ProactorError) in _ = try loop.run(untilComplete: outer) }
    stage.close(loop)
  }

  /// AR.
  static let timerFar = Situation(
    "AR", "timer-far", "All that a loop has to do is due in 58 days.",
    asks: [.hang, .leaks, .unexpected, .freedPending],
    declared: selfReadDropped
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    try loop.callLater(.seconds(5_000_000)) {
      stage.log("the timer fires")
      loop.stop()
    }
    answer("run", stage) { () throws(ProactorError) in try loop.runForever() }
    stage.close(loop)
  }

  /// AS.
  static let servingClosed = Situation(
    "AS", "serving-closed",
    "A loop is closed while it serves: the task that would close the next client's socket ends.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let (loop, listener) = try serve(stage)
    stage.close(loop)
    withExtendedLifetime(loop) { stage.log("the loop is closed") }
    listener.close()
  }
}
