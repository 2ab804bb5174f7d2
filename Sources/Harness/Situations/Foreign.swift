// AG and AH: what others do behind the proactor's back - taking its packets, closing its handles.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// AG. (as gh-111604)
  static let packetTaken = Situation(
    "AG", "packet-taken", "Somebody else takes the packets of a cancelled wait, and the proactor is closed.",
    declared: [
      .since("fea6a100^", .leaks),
      .since("313a9809", .hang, .leaks),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event())
    stage.cancel(wait)
    try stage.letWaitThread()
    try stage.takePackets()
    stage.close()
  }

  /// AH. (gh-149388)
  static let pipeClosedByOthers = Situation(
    "AH", "pipe-closed-by-others",
    "A pipe's handle was closed by somebody else; the pipe is closed twice, and in between the handle has a new owner.",
    asks: [.hang, .raises, .leaks, .closesOthers],
    declared: [
      .since("fea6a100^", .closesOthers, breaks: [.staleHandle]),
      .since("today", breaks: [.staleHandle]),
    ]
  ) { stage in
    let (server, client) = try stage.pipe()
    NamedPipe.close(server.fileno)
    server.close()
    let event = try stage.event()
    server.close()
    stage.checkOpen(event)
    NamedPipe.close(client)
    stage.close()
  }
}
