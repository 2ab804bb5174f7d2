// What one revision of the proactor does and another does not. Each member is one decision, taken at one place in the
// code; a revision is a set of them, and the empty set is the state in which the six months began.

/// Decisions in which the historic revisions differ.
public struct ProactorBehaviours: OptionSet, Sendable, Hashable {
  /// One bit a decision.
  public let rawValue: UInt64

  /// Makes a set from its bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  private init(bit: UInt64) { rawValue = 1 << bit }

  // ----------------------------------------------------------------------------------------------- ending a wait

  /// A wait that was unregistered is not unregistered again. Otherwise every cancel and every completion does.
  public static let unregistersOnce = ProactorBehaviours(bit: 0)

  /// A wait is unregistered before its future ends: when that fails, the future stays pending. Otherwise after.
  public static let unregistersBeforeEnd = ProactorBehaviours(bit: 1)

  /// `cancel()` of a wait says whether it cancelled something. Otherwise it always says no.
  public static let cancelTells = ProactorBehaviours(bit: 2)

  /// The completion of a wait looks at the handle before it unregisters, and unregisters also when looking fails.
  /// Otherwise it unregisters first.
  public static let looksBeforeUnregistering = ProactorBehaviours(bit: 3)

  /// A wait's future unregisters itself whenever it gets a result or an error, and keeps the OVERLAPPED until then.
  /// Otherwise the completion unregisters it, and only the cache keeps the OVERLAPPED.
  public static let futureUnregisters = ProactorBehaviours(bit: 4)

  /// `cancel()` of a wait posts a packet with the address of its OVERLAPPED, so that the next poll drops the operation
  /// from the cache - also when the wait's own packet is still to come.
  public static let fakePacketOnCancel = ProactorBehaviours(bit: 5)

  /// A new wait looks at its handle at once and completes when it is signalled already; the operation stays in the
  /// cache, for a packet that may never come.
  public static let immediatePoll = ProactorBehaviours(bit: 6)

  /// A wait that cannot be unregistered is reported and given up. Otherwise the error is thrown at whoever cancels or
  /// polls.
  public static let reportsFailedUnregister = ProactorBehaviours(bit: 7)

  /// A wait is unregistered with an event (UnregisterWaitEx), and its OVERLAPPED is kept until a second wait - for that
  /// event - has completed. Otherwise with UnregisterWait, and nothing is waited for.
  public static let unregisterWithEvent = ProactorBehaviours(bit: 8)

  /// ERROR_IO_PENDING from the unregistration means "not yet: wait for the event". Otherwise it is taken for "was
  /// unregistered before", and event and OVERLAPPED go at once.
  public static let ioPendingMeansNotYet = ProactorBehaviours(bit: 9)

  /// The second wait must not be cancelled, and `close()` leaves it alone.
  public static let waitCancelIsFinal = ProactorBehaviours(bit: 10)

  /// A wait for less than no time, or for 2^32 milliseconds and more, is refused. Otherwise its time is the lowest 32
  /// bits of the milliseconds: what is just below zero is for ever.
  public static let refusesWrongTimes = ProactorBehaviours(bit: 40)

  // --------------------------------------------------------------------------------------------------- operations

  /// An operation is cancelled only while its future is pending. Otherwise each `cancel()` asks the kernel again.
  public static let cancelsPendingOnly = ProactorBehaviours(bit: 11)

  /// `cancel()` of a future that has failed counts as having heard of its error. Otherwise nobody has, and the log is
  /// told when the future goes.
  public static let cancelForgetsError = ProactorBehaviours(bit: 44)

  /// An operation that cannot be cancelled is reported. Otherwise the error is swallowed.
  public static let reportsFailedCancel = ProactorBehaviours(bit: 12)

  /// The future of an operation that was cancelled, or failed and was therefore cancelled, lets its OVERLAPPED go: the
  /// cache is its only owner.
  public static let endDropsOverlapped = ProactorBehaviours(bit: 13)

  /// A poll that gives an operation its result also takes the OVERLAPPED from the future.
  public static let pollDropsOverlapped = ProactorBehaviours(bit: 14)

  /// A future that gets its result lets its OVERLAPPED go at once, also when the operation completed at its start and
  /// the packet is still queued.
  public static let resultDropsOverlapped = ProactorBehaviours(bit: 15)

  /// A packet for an operation that is still pending is a false alarm, and the operation goes back to the cache.
  public static let putsFalseAlarmsBack = ProactorBehaviours(bit: 16)

  /// An operation stays in the cache until its packet comes, also when it completed at its start. Otherwise the packet
  /// of such an operation finds nobody, or whoever got the address since.
  public static let keepsUntilPacket = ProactorBehaviours(bit: 17)

  /// A poll completes only futures that are not done. Otherwise it asks only whether they were cancelled.
  public static let pollSkipsDone = ProactorBehaviours(bit: 18)

  /// A packet that belongs to no operation is logged, in debug mode. Otherwise it is dropped in silence.
  public static let logsUnexpectedEvents = ProactorBehaviours(bit: 19)

  /// Accepting a pipe that has its client already leaves nothing in the cache: no packet will come.
  public static let acceptPipeNotKept = ProactorBehaviours(bit: 25)

  /// Accepting a pipe that has its client already is no operation: its future is done without one.
  public static let acceptPipeTellsConnected = ProactorBehaviours(bit: 26)

  /// A read that finds its pipe broken is no operation: its future is done, with nothing read. Otherwise it is an
  /// operation that has ended and whose packet never comes.
  public static let brokenPipeEndsRead = ProactorBehaviours(bit: 27)

  /// An operation that was aborted without its future being cancelled - its socket was closed - was reset. Otherwise
  /// that is an error of the system.
  public static let abortedMeansReset = ProactorBehaviours(bit: 34)

  /// A receive of datagrams that is told that an earlier datagram has met nobody has received nothing, from nobody.
  /// Otherwise that is an error of the system. (gh-91227)
  public static let unreachableIsNothing = ProactorBehaviours(bit: 35)

  /// `select()` forgets what it gives back. Otherwise an error that a poll has caught keeps the futures that were
  /// completed with it. (3.12)
  public static let selectForgetsResults = ProactorBehaviours(bit: 55)

  // ------------------------------------------------------------------------------------------------------ closing

  /// `close()` cancels futures. Otherwise it cancels their operations, and the futures end with what comes of that.
  public static let closeCancelsFutures = ProactorBehaviours(bit: 20)

  /// `close()` forgets operations that belong to no object: it neither cancels them nor waits for their packets.
  public static let closeForgetsObjectless = ProactorBehaviours(bit: 21)

  /// Waits count as operations with an object, so that `close()` cancels them.
  public static let waitsHaveObject = ProactorBehaviours(bit: 22)

  /// `close()` drops operations that have a result and does not wait for their packets.
  public static let closeForgetsFinished = ProactorBehaviours(bit: 23)

  /// `close()` leaves futures alone that were cancelled before. Otherwise it cancels them again.
  public static let closeSkipsCancelled = ProactorBehaviours(bit: 24)

  /// `close()` tells its log once a second that it still waits, and for how long. Otherwise it says so after each poll,
  /// also after one that was the last. (bpo-34323)
  public static let closeTellsTime = ProactorBehaviours(bit: 37)

  /// A proactor that is let go open is closed then. Otherwise its operations go with it, and waits go while their
  /// registrations stay.
  public static let letGoCloses = ProactorBehaviours(bit: 52)

  /// A closed proactor keeps no operation. Otherwise it starts those on objects that it knows, and keeps them for ever.
  /// (Of others the system refuses to send the ends to a port that there is not.)
  public static let closedKeepsNothing = ProactorBehaviours(bit: 53)

  // ----------------------------------------------------------------------------------------------------- the loop

  /// A loop that stops cancels the read of its self-pipe. Otherwise the read goes on until the loop is closed.
  /// (bpo-23057)
  public static let stopCancelsSelfRead = ProactorBehaviours(bit: 36)

  /// The cancelled read of the self-pipe stays in the cache while it is pending. Otherwise it is dropped at once, and
  /// the kernel writes into freed memory. (gh-116773)
  public static let keepsPendingSelfRead = ProactorBehaviours(bit: 28)

  /// `stop()` ends the run behind the turn in which it was called. Otherwise it is a callback itself, which ends the
  /// run when its turn comes, before whatever became ready later. (bpo-25593)
  public static let stopEndsTurn = ProactorBehaviours(bit: 45)

  /// Each run of a loop starts the read of its self-pipe. Otherwise the first turn does, for all runs. (bpo-23057)
  public static let runStartsSelfRead = ProactorBehaviours(bit: 48)

  /// A loop lets go of what is ready once everything else has been closed, so that it hears of tasks that closing has
  /// woken and that will not go on. Otherwise before, and what closing makes ready stays until the loop goes.
  public static let dropsReadyLast = ProactorBehaviours(bit: 49)

  /// A run inside a run, which fails, ends the read of the self-pipe: other threads cannot wake the loop any more.
  /// Otherwise it leaves the read alone. (3.12 and 3.13.0 end it, today's main does not.)
  public static let nestedRunEndsSelfRead = ProactorBehaviours(bit: 54)

  /// `run(untilComplete:)` looks whether the loop runs before it does anything. Otherwise a call from inside a callback
  /// fails too, but its future stops the loop once it is done.
  public static let nestedRunLeavesNothing = ProactorBehaviours(bit: 50)

  /// A loop waits a day at most for a timer, and then again. Otherwise one that is due in 2^32 milliseconds or more
  /// ends the run with an error. (bpo-20493)
  public static let waitsInParts = ProactorBehaviours(bit: 51)

  /// A loop that is closed refuses callbacks. Otherwise it takes them, and runs none. (bpo-22922)
  public static let closedLoopRefuses = ProactorBehaviours(bit: 46)

  /// A loop whose self-pipe is full has enough to wake it: only the log is told, in debug mode. Otherwise whoever wakes
  /// it gets the error, although the callback will run.
  public static let fullSelfPipeIsFine = ProactorBehaviours(bit: 47)

  /// Stopping a server cancels what this server accepts. Otherwise what all servers accept. (bpo-29711)
  public static let stopsOwnServerOnly = ProactorBehaviours(bit: 29)

  // ------------------------------------------------------------------------------------------------ pipes and servers

  /// Connecting to a pipe tries to open it again and again. Otherwise a thread of the pool waits for it and posts.
  public static let connectPolls = ProactorBehaviours(bit: 30)

  /// A connection that was cancelled is not tried for any more. Otherwise its future gets a second end.
  public static let connectIsCancellable = ProactorBehaviours(bit: 31)

  /// A pipe end that was closed starts nothing. Otherwise the system is asked with the handle of nothing.
  public static let refusesClosedPipes = ProactorBehaviours(bit: 41)

  /// A pipe end or a loop that is let go open is told to the log, and closed. Otherwise the pipe end is closed in
  /// silence, and of the loop nothing but its proactor. (bpo-23243)
  public static let warnsOfUnclosed = ProactorBehaviours(bit: 42)

  /// An accept that failed is told with what it was for, in debug mode also when that was closed before. Otherwise only
  /// that it has failed, or nothing.
  public static let tellsFailedAccepts = ProactorBehaviours(bit: 43)

  /// A pipe server that closes cancels what it accepts first. Otherwise its pipe is closed under it.
  public static let serverCancelsAccept = ProactorBehaviours(bit: 32)

  /// A pipe server that could not accept a client - one that came and went, for example - tries the next one. Otherwise
  /// it accepts nobody any more. (gh-100573)
  public static let acceptGoesOn = ProactorBehaviours(bit: 39)

  /// A pipe end whose handle cannot be closed counts as closed. Otherwise it is closed again, and the handle may be
  /// somebody else's by then. (gh-149388)
  public static let closesPipeOnce = ProactorBehaviours(bit: 38)

  /// A client that connected before its server was closed is dropped. Otherwise it is served.
  public static let lateClientsDropped = ProactorBehaviours(bit: 33)
}
