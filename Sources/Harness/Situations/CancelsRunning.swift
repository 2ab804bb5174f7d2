// E, F and T: a wait is cancelled when its callback has begun, when the pool says that there is none, and when it has
// posted. E is the bug of the published account.
internal import Latewrite
internal import Proactor

extension Situation {
  /// E.
  static let addressReused = Situation(
    "E", "address-reused",
    "A wait is cancelled while its callback runs and has not posted; another wait gets the address; then it posts.",
    declared: [
      .since("fea6a100^", breaks: [.freedWhileLent, .waitedHandleClosed]),
      .since("313a9809", .falseAnswer, breaks: [.freedWhileLent, .writeIntoReusedBlock, .falseCompletion]),
      .since(
        "d0a28dee", .trueAnswer, .setsRecycled,
        breaks: [.freedWhileLent, .writeIntoReusedBlock, .falseCompletion, .staleHandle]),
      .since("24dfa3c1"),
    ]
  ) { stage in
    let event = try stage.event()
    let first = try stage.wait(for: event)
    stage.signal(event)
    try stage.letWaitThread(until: .callbackEnter)
    stage.cancel(first)
    stage.poll()
    // Made now: its handle may be the one that the proactor has just closed.
    let second = try stage.wait(for: try stage.event())
    try stage.letWaitThread(until: .signal)
    stage.poll()
    try stage.settle()
    stage.tell(second)
    stage.close()
  }

  /// F.
  static let promiseBroken = Situation(
    "F", "callback-after-true",
    "A wait is cancelled, UnregisterWait says that no callback will run, and one does: a pool that breaks its promise.",
    fault: .answersTooEarly,
    declared: [
      .since("fea6a100^"),
      .since("313a9809", .unexpected, breaks: [.freedWhileLent, .staleWrite, .unexpectedEvent]),
      .since("d0a28dee"),
    ]
  ) { stage in
    let event = try stage.event()
    let wait = try stage.wait(for: event)
    stage.signal(event)
    try stage.letWaitThread(until: .callbackEnter)
    stage.cancel(wait)
    stage.poll()
    try stage.settle()
    try stage.letWaitThread()
    stage.poll()
    stage.close()
  }

  /// T.
  static let cancelledLate = Situation(
    "T", "cancelled-late", "A wait is cancelled when its packet is queued already.",
    declared: [
      .since("fea6a100^"),
      .since("313a9809", .unexpected, breaks: [.unexpectedEvent]),
      .since("d0a28dee"),
    ]
  ) { stage in
    let event = try stage.event()
    let wait = try stage.wait(for: event)
    stage.signal(event)
    try stage.letWaitThread()
    stage.cancel(wait)
    stage.poll()
    try stage.settle()
    stage.tell(wait)
    stage.close()
  }
}
