// K, L, M, N, O and AB: reads of a pipe that end at once, whose pipe is broken, that are cancelled and closed.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// K.
  static let readAtOnce = Situation(
    "K", "read-at-once",
    "A read completes at its start and its future is dropped; a second read gets the address, and then the packet.",
    asks: [.hang, .raises, .incomplete, .incompleteCancelled, .bytesLost, .invalidState],
    declared: [
      .since("fea6a100^", .incomplete, breaks: [.freedWhileLent, .falseCompletion]),
      .since("18a28dc5", .incomplete, .incompleteCancelled, breaks: [.freedWhileLent, .falseCompletion]),
      .since("51e44ea6", breaks: [.freedWhileLent]),
      .since("42d3bdee"),
    ]
  ) { stage in
    let (server, client) = try stage.pipe()
    try NamedPipe.write(client, [1])
    let first = try stage.receive(server)
    stage.tell(first, expecting: [1])
    stage.letGo(first)
    let second = try stage.receive(server)
    stage.poll()
    try NamedPipe.write(client, [2])
    if !second.isDone { stage.poll() }
    stage.tell(second, expecting: [2])
    stage.letGo(second)
    NamedPipe.close(client)
    server.close()
    stage.closeAtOnce()
  }

  /// L.
  static let readBroken = Situation(
    "L", "read-broken", "A read finds its pipe broken, and the proactor is closed.",
    declared: [
      .since("fea6a100^"),
      .since("42d3bdee", .leaks),
      .since("2b77c546", .hang, .leaks),
      .since("41063d2a"),
    ]
  ) { stage in
    let (server, client) = try stage.pipe()
    NamedPipe.close(client)
    let read = try stage.receive(server)
    stage.poll()
    stage.tell(read, expecting: [])
    stage.close()
    server.close()
  }

  /// AB.
  static let readCompletes = Situation(
    "AB", "read-completes", "A pending read gets its bytes.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let (server, client) = try stage.pipe()
    let read = try stage.receive(server)
    try NamedPipe.write(client, [1])
    stage.pollUntilEmpty()
    stage.tell(read, expecting: [1])
    stage.log("\(stage.arena.arena.counts().liveBlocks) blocks are live before the future goes")
    stage.letGo(read)
    NamedPipe.close(client)
    server.close()
    stage.close()
  }

  /// M.
  static let readCancelledTwice = Situation(
    "M", "read-cancelled-twice", "A pending read is cancelled twice, and its packet comes.",
    declared: [.since("fea6a100^")]
  ) { stage in
    let (server, client) = try stage.pipe()
    let read = try stage.receive(server)
    stage.cancel(read)
    stage.cancel(read)
    stage.pollUntilEmpty()
    stage.log("\(stage.arena.arena.counts().liveBlocks) blocks are live before the future goes")
    stage.letGo(read)
    NamedPipe.close(client)
    server.close()
    stage.close()
  }

  /// N.
  static let readOfClosedPipe = Situation(
    "N", "read-of-closed-pipe", "A pending read is cancelled after its pipe was closed.",
    declared: [.since("fea6a100^", breaks: [.staleHandle])]
  ) { stage in
    let (server, client) = try stage.pipe()
    let read = try stage.receive(server)
    server.close()
    stage.cancel(read)
    stage.pollUntilEmpty()
    stage.letGo(read)
    NamedPipe.close(client)
    stage.close()
  }

  /// O.
  static let closedReading = Situation(
    "O", "closed-reading", "The proactor is closed with a read that is pending.",
    declared: [
      .since("fea6a100^", .raises),
      .since("fea6a100", .cancelled),
    ]
  ) { stage in
    let (server, client) = try stage.pipe()
    let read = try stage.receive(server)
    stage.closeAtOnce()
    stage.tellAfterClose(read)
    stage.letGo(read)
    NamedPipe.close(client)
    server.close()
  }
}
