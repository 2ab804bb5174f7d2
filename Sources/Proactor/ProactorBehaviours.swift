// What one revision of the proactor does and another does not. Each member is one decision, taken at one place in the
// code; a revision is a set of them.

/// Decisions in which the historic revisions differ.
public struct ProactorBehaviours: OptionSet, Sendable, Hashable {
  /// One bit a decision.
  public let rawValue: UInt32

  /// Makes a set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `cancel()` of a wait posts a packet with the address of its OVERLAPPED, so that the next poll drops the operation
  /// from the cache - also when the wait's own packet is still to come. (313a9809)
  public static let fakePacketOnCancel = ProactorBehaviours(rawValue: 1 << 0)

  /// A new wait looks at its handle at once and completes when it is signalled already; the operation stays in the
  /// cache, for a packet that may never come. (313a9809)
  public static let immediatePoll = ProactorBehaviours(rawValue: 1 << 1)

  /// `close()` drops operations that have a result and does not wait for their packets. (42d3bdee, removed by 2b77c546)
  public static let closeForgetsFinished = ProactorBehaviours(rawValue: 1 << 2)

  /// A wait is unregistered with an event (UnregisterWaitEx), before its future completes, and its OVERLAPPED is kept
  /// until a second wait - for that event - has completed. Otherwise with UnregisterWait, after the future has
  /// completed, and nothing is waited for. (d0a28dee)
  public static let unregisterWithEvent = ProactorBehaviours(rawValue: 1 << 3)

  /// ERROR_IO_PENDING from the unregistration means "not yet: wait for the event". Otherwise it is taken for "was
  /// unregistered before", and event and OVERLAPPED go at once. (24dfa3c1)
  public static let ioPendingMeansNotYet = ProactorBehaviours(rawValue: 1 << 4)

  /// The second wait must not be cancelled, and `close()` leaves it alone. (1ca9392c)
  public static let waitCancelIsFinal = ProactorBehaviours(rawValue: 1 << 5)
}
