// C and D: a wait that never fires is cancelled, once and twice.
internal import Latewrite
internal import Proactor

extension Situation {
  /// C.
  static let cancelled = Situation(
    "C", "wait-cancelled", "A wait that never fires is cancelled, then the loop polls.",
    declared: [
      .since("fea6a100^", .leaks),
      .since("313a9809"),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event())
    stage.cancel(wait)
    try stage.settle()
    stage.tell(wait)
    stage.close()
  }

  /// D.
  static let cancelledTwice = Situation(
    "D", "cancelled-twice", "A wait is cancelled twice.", asks: [.hang, .raises],
    declared: [
      .since("fea6a100^", .raises, breaks: [.doubleUnregister]),
      .since("fea6a100"),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event())
    stage.cancel(wait)
    stage.cancel(wait)
    try stage.settle()
    stage.close()
  }
}
