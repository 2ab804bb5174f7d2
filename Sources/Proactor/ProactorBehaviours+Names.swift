// The behaviours by name, with a sentence for people: for lists, for taking one away.

extension ProactorBehaviours {
  /// A behaviour as people know it.
  public struct Named: Sendable {
    /// As the command names it.
    public let name: String
    /// The behaviour.
    public let behaviour: ProactorBehaviours
    /// What it does.
    public let sentence: String

    fileprivate init(_ name: String, _ behaviour: ProactorBehaviours, _ sentence: String) {
      self.name = name
      self.behaviour = behaviour
      self.sentence = sentence
    }
  }

  /// Every behaviour, in the order of the bits.
  public static let named: [Named] = [
    Named(
      "unregisters-once", .unregistersOnce,
      "A wait that was unregistered is not unregistered again."),
    Named(
      "unregisters-before-end", .unregistersBeforeEnd,
      "A wait is unregistered before its future ends: when that fails, the future stays pending."),
    Named(
      "cancel-tells", .cancelTells,
      "cancel() of a wait says whether it cancelled something."),
    Named(
      "looks-before-unregistering", .looksBeforeUnregistering,
      "The completion of a wait looks at the handle before it unregisters, and unregisters also when "
        + "looking fails."),
    Named(
      "future-unregisters", .futureUnregisters,
      "A wait's future unregisters itself whenever it gets a result or an error, and keeps the OVERLAPPED "
        + "until then."),
    Named(
      "fake-packet-on-cancel", .fakePacketOnCancel,
      "cancel() of a wait posts a packet with the address of its OVERLAPPED, so that the next poll drops "
        + "the operation from the cache - also when the wait's own packet is still to come."),
    Named(
      "immediate-poll", .immediatePoll,
      "A new wait looks at its handle at once and completes when it is signalled already; the operation "
        + "stays in the cache, for a packet that may never come."),
    Named(
      "reports-failed-unregister", .reportsFailedUnregister,
      "A wait that cannot be unregistered is reported and given up."),
    Named(
      "unregister-with-event", .unregisterWithEvent,
      "A wait is unregistered with an event (UnregisterWaitEx), and its OVERLAPPED is kept until a second "
        + "wait - for that event - has completed."),
    Named(
      "io-pending-means-not-yet", .ioPendingMeansNotYet,
      "ERROR_IO_PENDING from the unregistration means \"not yet: wait for the event\". Otherwise it is "
        + "taken for \"was unregistered before\", and event and OVERLAPPED go at once."),
    Named(
      "wait-cancel-is-final", .waitCancelIsFinal,
      "The second wait must not be cancelled, and close() leaves it alone."),
    Named(
      "cancels-pending-only", .cancelsPendingOnly,
      "An operation is cancelled only while its future is pending."),
    Named(
      "reports-failed-cancel", .reportsFailedCancel,
      "An operation that cannot be cancelled is reported."),
    Named(
      "end-drops-overlapped", .endDropsOverlapped,
      "The future of an operation that was cancelled, or failed and was therefore cancelled, lets its "
        + "OVERLAPPED go: the cache is its only owner."),
    Named(
      "poll-drops-overlapped", .pollDropsOverlapped,
      "A poll that gives an operation its result also takes the OVERLAPPED from the future."),
    Named(
      "result-drops-overlapped", .resultDropsOverlapped,
      "A future that gets its result lets its OVERLAPPED go at once, also when the operation completed at "
        + "its start and the packet is still queued."),
    Named(
      "puts-false-alarms-back", .putsFalseAlarmsBack,
      "A packet for an operation that is still pending is a false alarm, and the operation goes back to the "
        + "cache."),
    Named(
      "keeps-until-packet", .keepsUntilPacket,
      "An operation stays in the cache until its packet comes, also when it completed at its start."),
    Named(
      "poll-skips-done", .pollSkipsDone,
      "A poll completes only futures that are not done."),
    Named(
      "logs-unexpected-events", .logsUnexpectedEvents,
      "A packet that belongs to no operation is logged, in debug mode."),
    Named(
      "close-cancels-futures", .closeCancelsFutures,
      "close() cancels futures."),
    Named(
      "close-forgets-objectless", .closeForgetsObjectless,
      "close() forgets operations that belong to no object: it neither cancels them nor waits for their "
        + "packets."),
    Named(
      "waits-have-object", .waitsHaveObject,
      "Waits count as operations with an object, so that close() cancels them."),
    Named(
      "close-forgets-finished", .closeForgetsFinished,
      "close() drops operations that have a result and does not wait for their packets."),
    Named(
      "close-skips-cancelled", .closeSkipsCancelled,
      "close() leaves futures alone that were cancelled before."),
    Named(
      "accept-pipe-not-kept", .acceptPipeNotKept,
      "Accepting a pipe that has its client already leaves nothing in the cache: no packet will come."),
    Named(
      "accept-pipe-tells-connected", .acceptPipeTellsConnected,
      "Accepting a pipe that has its client already is no operation: its future is done without one."),
    Named(
      "broken-pipe-ends-read", .brokenPipeEndsRead,
      "A read that finds its pipe broken is no operation: its future is done, with nothing read."),
    Named(
      "aborted-means-reset", .abortedMeansReset,
      "An operation whose socket was closed under it was reset; otherwise that is an error of the system."),
    Named(
      "unreachable-is-nothing", .unreachableIsNothing,
      "A receive of datagrams that is told that an earlier one has met nobody has received nothing."),
    Named(
      "select-forgets-results", .selectForgetsResults,
      "select() forgets what it gives back; otherwise an error keeps the futures that were completed with it."),
    Named(
      "keeps-pending-self-read", .keepsPendingSelfRead,
      "The cancelled read of the self-pipe stays in the cache while it is pending."),
    Named(
      "stop-cancels-self-read", .stopCancelsSelfRead,
      "A loop that stops cancels the read of its self-pipe."),
    Named(
      "stops-own-server-only", .stopsOwnServerOnly,
      "Stopping a server cancels what this server accepts."),
    Named(
      "close-tells-time", .closeTellsTime,
      "close() tells its log once a second that it still waits; otherwise after each poll."),
    Named(
      "accept-goes-on", .acceptGoesOn,
      "A pipe server that could not accept a client tries the next one; otherwise it accepts nobody any more."),
    Named(
      "refuses-wrong-times", .refusesWrongTimes,
      "A wait for less than no time, or for 2^32 milliseconds and more, is refused; otherwise the lowest 32 bits of "
        + "its milliseconds are taken."),
    Named(
      "refuses-closed-pipes", .refusesClosedPipes,
      "A pipe end that was closed starts nothing; otherwise the system is asked with the handle of nothing."),
    Named(
      "warns-of-unclosed", .warnsOfUnclosed,
      "A pipe end or a loop that is let go open is told to the log, and closed."),
    Named(
      "let-go-closes", .letGoCloses,
      "A proactor that is let go open is closed then; otherwise its operations go with it."),
    Named(
      "closed-keeps-nothing", .closedKeepsNothing,
      "A closed proactor keeps no operation; otherwise it starts those on objects that it knows, for ever."),
    Named(
      "nested-run-ends-self-read", .nestedRunEndsSelfRead,
      "A run inside a run fails and ends the read of the self-pipe: nothing wakes the loop any more."),
    Named(
      "tells-failed-accepts", .tellsFailedAccepts,
      "An accept that failed is told with what it was for, in debug mode also when that was closed before."),
    Named(
      "closes-pipe-once", .closesPipeOnce, "A pipe end whose handle cannot be closed counts as closed."),
    Named(
      "connect-polls", .connectPolls, "Connecting to a pipe tries to open it again and again."),
    Named(
      "connect-is-cancellable", .connectIsCancellable, "A connection that was cancelled is not tried for any more."),
    Named(
      "cancel-forgets-error", .cancelForgetsError,
      "cancel() of a future that has failed counts as having heard of its error."),
    Named("stop-ends-turn", .stopEndsTurn, "A loop stops behind the turn; otherwise where the turn comes to it."),
    Named("run-starts-self-read", .runStartsSelfRead, "Each run of a loop starts the read of its self-pipe."),
    Named(
      "drops-ready-last", .dropsReadyLast,
      "A loop that closes lets go of what is ready last, and tells the log of tasks that will not go on."),
    Named(
      "nested-run-leaves-nothing", .nestedRunLeavesNothing,
      "A run inside a run fails and leaves nothing behind; otherwise its future stops the loop."),
    Named("waits-in-parts", .waitsInParts, "A loop waits a day at most for a timer, and then again."),
    Named(
      "closed-loop-refuses", .closedLoopRefuses,
      "A loop that is closed refuses callbacks; otherwise it takes them and runs none."),
    Named(
      "full-self-pipe-is-fine", .fullSelfPipeIsFine,
      "That the self-pipe is full is no error for who wakes the loop."),
    Named(
      "server-cancels-accept", .serverCancelsAccept, "A pipe server that closes cancels what it accepts first."),
    Named(
      "late-clients-dropped", .lateClientsDropped,
      "A client that connected before its server was closed is dropped."),
  ]

  /// The names of its members.
  public var names: [String] { Self.named.filter { contains($0.behaviour) }.map(\.name) }

  /// The behaviour of that name.
  public init?(named name: String) {
    guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
    self = found.behaviour
  }
}
