// AJ, AK, AL and AM: what the API itself was asked wrongly - a time that there is not, a pipe that was closed, one that
// nobody closed, a listener closed under its accept - and who is told.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// AJ.
  static let timeBelowZero = Situation(
    "AJ", "time-below-zero", "A wait is made for less than no time.",
    declared: [
      .since("fea6a100^", .leaks),
      .since("313a9809"),
      .since("today", .raises),
    ]
  ) { stage in
    let event = try stage.event()
    var made: WaitHandleFuture?
    stage.attempt("wait") { () throws(ProactorError) in
      made = try stage.proactor.waitForHandle(event.event.handle, timeout: .milliseconds(-5))
      return nil
    }
    stage.poll()
    if let wait = made {
      // The time is 49 days.
      stage.log("the wait is done: \(wait.isDone)")
      stage.cancel(wait)
    }
    try stage.settle()
    stage.close()
  }

  /// AK.
  static let readAfterClose = Situation(
    "AK", "read-after-close", "Pipes are read that were closed: one that was read before, and one that was not.",
    declared: [.since("fea6a100^", .raises)]
  ) { stage in
    let (known, client) = try stage.pipe()
    let read = try stage.receive(known)
    try NamedPipe.write(client, [1])
    stage.pollUntilEmpty()
    stage.letGo(read)
    let (unknown, other) = try stage.pipe()
    for pipe in [known, unknown] {
      pipe.close()
      stage.attempt("receive") { () throws(ProactorError) in
        _ = try stage.proactor.receive(pipe, atMost: 1)
        return nil
      }
    }
    for end in [client, other] { NamedPipe.close(end) }
    stage.close()
  }

  /// AL.
  static let pipeLetGo = Situation(
    "AL", "pipe-let-go", "The last reference to a pipe goes, and nobody has closed it.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let client = try stage.pipe().client
    do throws(Win32Error) { try NamedPipe.write(client, [1]) } catch { stage.log("write threw: \(error)") }
    NamedPipe.close(client)
    stage.close()
  }

  /// AM.
  static let listenerClosed = Situation(
    "AM", "listener-closed", "A listener is closed while its server accepts.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let (loop, listener) = try serve(stage)
    listener.close()
    stage.pollUntilEmpty()
    for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
    stage.close(loop)
  }

  /// A loop that serves, and has begun to accept the first client.
  static func serve(_ stage: SituationStage) throws -> (ProactorEventLoop, SocketHandle) {
    let loop = ProactorEventLoop(withoutSelfPipe: stage.proactor)
    let listener = try SocketHandle.listening()
    loop.startServing(listener) { $0.socket.close() }
    for _ in 0..<2 { try loop.runOnce(timeout: .zero) }
    return (loop, listener)
  }
}
