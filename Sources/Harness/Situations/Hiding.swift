// U, V, W and X: what hid the bug, what it did to another proactor, and a close() that never ends.
internal import Latewrite
internal import Proactor

extension Situation {
  /// U.
  static let unregisteredTwice = Situation(
    "U", "unregistered-by-others", "A wait that somebody else has unregistered is cancelled, and the proactor closed.",
    declared: [
      .since("fea6a100^", .raises, .leaks, breaks: [.doubleUnregister]),
      .since("fea6a100", .raises, breaks: [.doubleUnregister]),
      .since("b261475a", breaks: [.doubleUnregister]),
      .since("d0a28dee", .hang, .leaks, breaks: [.doubleUnregister]),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event())
    try stage.unregisterBehindItsBack(wait)
    stage.cancel(wait)
    try stage.settle()
    stage.close()
  }

  /// X.
  static let portRecycled = Situation(
    "X", "port-recycled",
    "close() ends while a callback runs; a second proactor gets the port's handle value; then the callback posts.",
    declared: [
      .since("fea6a100^", .unexpected, breaks: [.freedWhileLent, .staleWrite, .unexpectedEvent]),
      .since("d0a28dee", .setsClosed, breaks: [.staleHandle]),
      .since("24dfa3c1"),
    ]
  ) { stage in
    try lateAfterClose(stage) { stage.closeAtOnce() }
  }

  /// V.
  static let portKept = Situation(
    "V", "port-kept", "The same, and close() leaves its port open: the other proactor never hears of the packet.",
    declared: [
      .since("fea6a100^", breaks: [.freedWhileLent, .staleWrite]),
      .since("d0a28dee", .setsClosed, breaks: [.staleHandle]),
      .since("24dfa3c1"),
    ]
  ) { stage in
    try lateAfterClose(stage) { stage.closeKeepingPort() }
  }

  private static func lateAfterClose(_ stage: SituationStage, _ close: () -> Void) throws {
    let event = try stage.event()
    let wait = try stage.wait(for: event)
    stage.signal(event)
    try stage.letWaitThread(until: .callbackEnter)
    stage.cancel(wait)
    close()
    try stage.openAnotherProactor()
    try stage.letWaitThread()
    stage.poll()
    stage.closeAtOnce()
  }

  /// W.
  static let immediatePollHides = Situation(
    "W", "fast-path-hides",
    "As address-reused, but the handle is signalled before the wait begins: looking at it at once hides the bug.",
    declared: [
      .since("fea6a100^", breaks: [.freedWhileLent, .waitedHandleClosed]),
      .since("313a9809", .leaks),
      .since(
        "d0a28dee", .trueAnswer, .setsRecycled,
        breaks: [.freedWhileLent, .writeIntoReusedBlock, .falseCompletion, .staleHandle]),
      .since("24dfa3c1"),
    ]
  ) { stage in
    let first = try stage.wait(for: try stage.event(isSet: true))
    try stage.letWaitThread(until: .callbackEnter)
    stage.cancel(first)
    stage.poll()
    let second = try stage.wait(for: try stage.event())
    try stage.letWaitThread(until: .signal)
    stage.poll()
    try stage.settle()
    stage.tell(second)
    stage.close()
  }
}
