// H and J: close() with a wait that is pending, and with one that was cancelled just before.
internal import Latewrite
internal import Proactor

extension Situation {
  /// H.
  static let closedPending = Situation(
    "H", "closed-pending", "The proactor is closed with a wait that is pending.",
    declared: [
      .since("fea6a100^", .staysPending, breaks: [.freedWhileLent, .waitedHandleClosed]),
      .since("313a9809", .cancelled),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event())
    stage.close()
    stage.tellAfterClose(wait)
  }

  /// J.
  static let closedCancelled = Situation(
    "J", "closed-cancelled", "A wait is cancelled and the proactor closed without a poll between them.",
    declared: [
      .since("fea6a100^"),
      .since("d0a28dee", .hang),
      .since("1ca9392c"),
    ]
  ) { stage in
    let wait = try stage.wait(for: try stage.event())
    stage.cancel(wait)
    stage.closeAtOnce()
    stage.tell(wait)
  }
}
