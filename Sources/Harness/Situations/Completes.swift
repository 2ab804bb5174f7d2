// A, B and G: waits that complete - in peace, while the wait thread is still inside its callback, and at once.
internal import Latewrite
internal import Proactor

extension Situation {
  /// A.
  static let completes = Situation(
    "A", "wait-completes", "A wait completes, and is cancelled afterwards.",
    declared: [
      .since("fea6a100^", .raises, breaks: [.doubleUnregister]),
      .since("fea6a100"),
    ]
  ) { stage in
    let event = try stage.event()
    let wait = try stage.wait(for: event)
    stage.signal(event)
    stage.run(wait)
    try stage.settle()
    stage.cancel(wait)
    stage.tell(wait)
    try stage.settle()
    stage.close()
  }

  /// B.
  static let completesEarly = Situation(
    "B", "callback-still-inside",
    "A packet is dequeued while the wait thread is still inside the callback it came from.",
    declared: [
      .since("fea6a100^"),
      .since("d0a28dee", .setsClosed, breaks: [.staleHandle]),
      .since("24dfa3c1"),
    ]
  ) { stage in
    let event = try stage.event()
    let wait = try stage.wait(for: event)
    stage.signal(event)
    try stage.letWaitThread(until: .post)
    stage.poll()
    stage.tell(wait)
    try stage.settle()
    stage.close()
  }

  /// G.
  static let signalledBefore = Situation(
    "G", "signalled-before", "A wait begins for a handle that is signalled already.",
    declared: [
      .since("fea6a100^"),
      .since("313a9809", .leaks),
      .since("d0a28dee"),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event(isSet: true))
    stage.run(wait)
    try stage.settle()
    stage.tell(wait)
    stage.close()
  }
}
