// AN, AO, AP and AW: what is kept and what is not when something fails or ends: a wait without its event, operations
// whose errors nobody has asked for, a loop that was stopped and closed.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// AN.
  static let eventRefused = Situation(
    "AN", "event-refused", "A wait is registered, and then there is no memory for the event of its unregistration.",
    declared: [
      .since("fea6a100^"),
      .since(
        "d0a28dee", .raises, .unexpected, breaks: [.freedWhileLent, .staleWrite, .unexpectedEvent],
        elsewhere: [.staleHandle]),
    ]
  ) { stage in
    let event = try stage.event()
    stage.proactor.lacksEvents = true
    stage.attempt("wait") { () throws(ProactorError) in
      _ = try stage.proactor.waitForHandle(event.event.handle, operation: stage.nextNumber())
      return "made"
    }
    stage.proactor.lacksEvents = false
    stage.signal(event)
    try stage.letWaitThread()
    stage.poll()
    try stage.settle()
    stage.close()
    // Whoever acts it again begins without it.
    for registration in stage.proactor.abandonedRegistrations { registration.unregisterAndWait() }
  }

  /// AO.
  static let errorUnheard = Situation(
    "AO", "error-unheard", "An operation fails, and its future goes before anybody has asked for the error.",
    declared: [.since("fea6a100^")]
  ) { stage in
    for isCancelled in [false, true] {
      let (here, there) = try SocketHandle.pair()
      let read = try stage.receive(here)
      here.close()
      stage.pollUntilEmpty()
      if isCancelled { stage.cancel(read) }
      stage.log("\(stage.arena.arena.counts().liveBlocks) blocks are live before the future goes")
      stage.letGo(read)
      stage.log("\(stage.arena.arena.counts().liveBlocks) blocks are live then")
      there.close()
    }
    stage.close()
  }

  /// AW.
  static let errorsTogether = Situation(
    "AW", "errors-together", "Two operations fail in one poll: of the first nobody knows any more, the second is kept.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let (here, there) = try SocketHandle.pair()
    let reads = try (0..<2).map { _ in try stage.receive(here) }
    stage.letGo(reads[0])
    here.close()
    stage.pollUntilEmpty()
    stage.log("\(stage.arena.arena.counts().liveBlocks) blocks are live before the second one goes")
    stage.letGo(reads[1])
    stage.log("\(stage.arena.arena.counts().liveBlocks) blocks are live then")
    there.close()
    stage.close()
  }

  /// AP.
  static let loopStopped = Situation(
    "AP", "loop-stopped",
    "A loop is stopped before its callback runs, is not woken by another thread, is closed, and gets a callback more.",
    asks: [.hang, .raises, .leaks, .unexpected, .freedPending, .invalidState],
    declared: selfReadStopped
  ) { stage in
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    func add(_ name: String) {
      answer(name, stage) { () throws(ProactorError) in try loop.callSoon { stage.log("\(name) runs") } }
    }
    loop.stop()
    add("first callback")
    try loop.runForever()
    stage.log("run ended")
    // A socket that takes nothing, as one that is full.
    loop.mailbox.ring(.nothing)
    answer("wake", stage) { () throws(ProactorError) in try loop.mailbox.callSoon { _ in } }
    loop.stop()
    try loop.runForever()
    stage.close(loop)
    add("last callback")
  }

  /// Logs what came of an act that some revisions refuse.
  static func answer(_ act: String, _ stage: SituationStage, _ body: () throws(ProactorError) -> Void) {
    do throws(ProactorError) {
      try body()
      stage.log("\(act) -> done")
    } catch { stage.log("\(act) threw: \(error)") }
  }
}
