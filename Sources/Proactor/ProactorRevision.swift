// Revisions as presets of behaviours, named after the commits of CPython that they rebuild.

/// A state of asyncio's proactor.
public struct ProactorRevision: Sendable, Hashable {
  /// How the command line and reports call it.
  public let name: String
  /// The commit whose state it is.
  public let commit: String
  /// Date of that commit, ISO 8601.
  public let date: String
  /// The issue that the commit names, as its tracker writes it; nil for none.
  public let issue: String?
  /// What is right or wrong with it, in one sentence.
  public let sentence: String
  /// What it does.
  public let behaviours: ProactorBehaviours

  /// The revision of that name.
  public init?(named name: String) {
    guard let revision = Self.all.first(where: { $0.name == name }) else { return nil }
    self = revision
  }

  /// The revision that has followed from the one before.
  private init(first name: String, commit: String, date: String, sentence: String, does: ProactorBehaviours) {
    self.name = name
    self.commit = commit
    self.date = date
    issue = nil
    self.sentence = sentence
    behaviours = does
  }

  /// The next commit: what it adds to and removes from this revision.
  private func followed(
    by name: String, commit: String? = nil, on date: String, issue: String? = nil, _ sentence: String,
    adding: ProactorBehaviours = [], removing: ProactorBehaviours = []
  ) -> ProactorRevision {
    ProactorRevision(
      name: name, commit: commit ?? name, date: date, issue: issue, sentence: sentence,
      behaviours: behaviours.subtracting(removing).union(adding))
  }

  private init(
    name: String, commit: String, date: String, issue: String?, sentence: String, behaviours: ProactorBehaviours
  ) {
    self.name = name
    self.commit = commit
    self.date = date
    self.issue = issue
    self.sentence = sentence
    self.behaviours = behaviours
  }

  /// The same with other behaviours, for showing what one of them is for.
  public func with(_ behaviours: ProactorBehaviours) -> ProactorRevision {
    ProactorRevision(
      name: name, commit: commit, date: date, issue: issue, sentence: sentence, behaviours: behaviours)
  }

  /// What it does that its predecessor did not, and the other way round; the first one has none.
  public var changes: (added: ProactorBehaviours, removed: ProactorBehaviours) {
    guard let index = Self.all.firstIndex(where: { $0.name == name }), index > 0 else { return (behaviours, []) }
    let before = Self.all[index - 1].behaviours
    return (behaviours.subtracting(before), before.subtracting(behaviours))
  }
}

// ----------------------------------------------------------------------------------------------------------- history

extension ProactorRevision {
  /// Where the six months began.
  public static let beforeFea6a100 = ProactorRevision(
    first: "fea6a100^", commit: "0e243612", date: "2014-07-25",
    sentence: "A wait that has ended is unregistered again by cancel(), which is an error at best.",
    does: .closeForgetsObjectless)

  /// Not twice.
  public static let fea6a100 = beforeFea6a100.followed(
    by: "fea6a100", on: "2014-07-25", issue: "#195",
    "A wait is unregistered once; a cancelled one stays in the cache until close(), which forgets waits and leaves "
      + "their futures pending.",
    adding: [
      .unregistersOnce, .unregistersBeforeEnd, .cancelsPendingOnly, .reportsFailedCancel, .closeCancelsFutures,
      .letGoCloses,
    ])

  /// References are cleared.
  public static let fix18a28dc5 = fea6a100.followed(
    by: "18a28dc5", on: "2014-07-25",
    "A cancelled or failed operation belongs to the cache alone, and a failed one is cancelled: also when only a stale "
      + "packet said that it failed.",
    adding: [.cancelTells, .looksBeforeUnregistering, .endDropsOverlapped], removing: .cancelsPendingOnly)

  /// Also after a result.
  public static let fix65dd69a3 = fix18a28dc5.followed(
    by: "65dd69a3", on: "2014-07-25", issue: "#196",
    "A poll takes the OVERLAPPED from the future that it completes; what completed at its start keeps it, which hides "
      + "the stale packet.",
    adding: .pollDropsOverlapped)

  /// False alarms.
  public static let fix51e44ea6 = fix65dd69a3.followed(
    by: "51e44ea6", on: "2014-07-26",
    "A packet for an operation that is still pending is put aside: the symptom of a stale packet, not its cause.",
    adding: [.resultDropsOverlapped, .putsFalseAlarmsBack], removing: .pollDropsOverlapped)

  /// The cause of the false alarms.
  public static let fix42d3bdee = fix51e44ea6.followed(
    by: "42d3bdee", on: "2014-07-28",
    "An operation stays in the cache until its packet has come, so that no address is reused while a packet names it.",
    adding: [
      .keepsUntilPacket, .pollSkipsDone, .logsUnexpectedEvents, .closeForgetsFinished, .acceptPipeNotKept,
    ],
    removing: .putsFalseAlarmsBack)

  /// The fake packet: the bug of the published account comes in.
  public static let fix313a9809 = fix42d3bdee.followed(
    by: "313a9809", on: "2014-07-29",
    "A cancelled wait is dropped from the cache by a fake packet, and its OVERLAPPED is freed while the wait thread "
      + "may still write into it and post it.",
    adding: [.futureUnregisters, .fakePacketOnCancel, .immediatePoll, .waitsHaveObject],
    removing: [.unregistersBeforeEnd, .looksBeforeUnregistering])

  /// Errors are logged.
  public static let fixB261475a = fix313a9809.followed(
    by: "b261475a", on: "2014-08-25",
    "As before; a wait that cannot be unregistered is logged and given up. Released with 3.4.2.",
    adding: [.reportsFailedUnregister, .serverCancelsAccept, .tellsFailedAccepts])

  /// Before the fix: what 313a9809 introduced, as b261475a left it.
  public static let beforeD0a28dee = fixB261475a.followed(
    by: "d0a28dee^", commit: "b261475a", on: "2014-08-25",
    "A cancelled wait is dropped from the cache by a fake packet, and its OVERLAPPED is freed while the wait thread "
      + "may still write into it and post it.")

  /// UnregisterWaitEx.
  public static let d0a28dee = beforeD0a28dee.followed(
    by: "d0a28dee", on: "2015-01-21", issue: "bpo-23095",
    "A wait is unregistered with an event and the OVERLAPPED kept until that is set - but not when a callback is "
      + "running, and close() may wait for ever.",
    adding: [.unregistersBeforeEnd, .unregisterWithEvent, .closedLoopRefuses, .dropsReadyLast],
    removing: [.fakePacketOnCancel, .immediatePoll])

  /// The second wait is final.
  public static let fix1ca9392c = d0a28dee.followed(
    by: "1ca9392c", on: "2015-01-22", issue: "bpo-23095",
    "The wait for the event is not cancelled, so that close() ends; a running callback is still taken for none.",
    adding: .waitCancelIsFinal)

  /// Cancelled futures are left alone.
  public static let fix752aba7f = fix1ca9392c.followed(
    by: "752aba7f", on: "2015-01-22", "close() does not cancel again what was cancelled before.",
    adding: .closeSkipsCancelled)

  /// Connecting to a pipe.
  public static let fix7ffa2c5f = fix752aba7f.followed(
    by: "7ffa2c5f", on: "2015-01-22",
    "Connecting to a pipe tries again and again instead of blocking a thread of the pool; waits are as before.",
    adding: .connectPolls)

  /// Accepting a pipe.
  public static let fix2b77c546 = fix7ffa2c5f.followed(
    by: "2b77c546", on: "2015-01-22", issue: "#204",
    "A pipe that is connected already is accepted without an operation; close() waits for packets of finished "
      + "operations too, which may never come.",
    adding: .acceptPipeTellsConnected, removing: [.closeForgetsFinished, .acceptPipeNotKept])

  /// No operation without an object.
  public static let fix3d2256f6 = fix2b77c546.followed(
    by: "3d2256f6", on: "2015-01-26",
    "close() waits for operations that belong to no object as well; having one decides nothing any more.",
    removing: [.closeForgetsObjectless, .waitsHaveObject])

  /// Late clients of a pipe server.
  public static let a19b7b3f = fix3d2256f6.followed(
    by: "a19b7b3f", on: "2015-01-26", "A client that connected before a pipe server was closed is dropped.",
    adding: .lateClientsDropped)

  /// Connecting to a pipe can be cancelled.
  public static let e0fd157b = a19b7b3f.followed(
    by: "e0fd157b", on: "2015-01-26",
    "Connecting to a pipe can be cancelled; a pipe end that was closed starts nothing (since the commit before).",
    adding: [.connectIsCancellable, .refusesClosedPipes])

  /// The fix.
  public static let fix24dfa3c1 = e0fd157b.followed(
    by: "24dfa3c1", on: "2015-01-26", issue: "bpo-23095",
    "A wait is unregistered with an event, ERROR_IO_PENDING means \"not yet\", and the OVERLAPPED is freed only after "
      + "the event was seen.",
    adding: .ioPendingMeansNotYet)

  /// A broken pipe at the start of a read.
  public static let fix41063d2a = fix24dfa3c1.followed(
    by: "41063d2a", on: "2015-01-26", "A read whose pipe is broken already ends at once, without an operation.",
    adding: .brokenPipeEndsRead)

  /// Connecting to a pipe lets other threads go on.
  public static let fix498b1f62 = fix41063d2a.followed(
    by: "498b1f62", on: "2015-01-26",
    "As before; connecting to a pipe lets the interpreter's other threads go on, of which there are none here.")

  /// Nine years later, before the last fix of memory that was freed too early.
  public static let beforeFc459980 = fix498b1f62.followed(
    by: "fc459980^", commit: "v3.12.1", on: "2023-12-08", issue: "gh-116773",
    "A loop that stops frees the read of its self-pipe, also while the kernel still works on it; stopping one server "
      + "leaves the others alone by now.",
    adding: [
      .stopCancelsSelfRead, .stopsOwnServerOnly, .abortedMeansReset, .closeTellsTime, .acceptGoesOn,
      .warnsOfUnclosed, .cancelForgetsError, .stopEndsTurn, .fullSelfPipeIsFine, .runStartsSelfRead,
      .nestedRunLeavesNothing, .waitsInParts, .closedKeepsNothing, .nestedRunEndsSelfRead, .selectForgetsResults,
    ])

  /// What CPython does now.
  public static let today = beforeFc459980.followed(
    by: "today", commit: "main", on: "2026-08-01", issue: "gh-116773",
    "What CPython does today: a stopped loop keeps the read of its self-pipe until it has ended.",
    adding: [.keepsPendingSelfRead, .unreachableIsNothing, .closesPipeOnce, .refusesWrongTimes],
    removing: .nestedRunEndsSelfRead)

  /// Every revision, oldest first.
  public static let all: [ProactorRevision] = [
    beforeFea6a100, fea6a100, fix18a28dc5, fix65dd69a3, fix51e44ea6, fix42d3bdee, fix313a9809, fixB261475a,
    beforeD0a28dee, d0a28dee, fix1ca9392c, fix752aba7f, fix7ffa2c5f, fix2b77c546, fix3d2256f6, a19b7b3f, e0fd157b,
    fix24dfa3c1, fix41063d2a, fix498b1f62, beforeFc459980, today,
  ]
}
