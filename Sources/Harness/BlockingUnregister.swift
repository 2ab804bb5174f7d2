// The two classic faults of wait pools (a callback that begins after a blocking unregistration has returned, and one
// that still runs then), each in a pool that is wrong on purpose, and the pool as it is, where neither may show.
//
// One wait. Its owner unregisters it with UnregisterWaitEx(INVALID_HANDLE_VALUE), which promises that no callback runs
// or ever will, takes what the port holds, and frees the OVERLAPPED. Another thread sets the event meanwhile.
internal import Exploration
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Scenario {
  /// The pool as it is.
  public static let blockingUnregister = blockingUnregister(
    "unregister-blocking", "A wait is unregistered, blocking, while its event is set: the layer as it is.", .none)
  /// A pool that does not wait for callbacks that are queued.
  public static let unregisterForgetsQueued = blockingUnregister(
    "unregister-forgets-queued",
    "The same on a pool that is wrong on purpose: it does not wait for a callback that has not begun.", .forgetsQueued)
  /// A pool that does not wait for callbacks that run.
  public static let unregisterForgetsRunning = blockingUnregister(
    "unregister-forgets-running",
    "The same on a pool that is wrong on purpose: it does not wait for a callback that runs.", .forgetsRunning)

  private static func blockingUnregister(_ name: String, _ summary: String, _ fault: RegisteredWait.Fault) -> Scenario {
    Scenario(
      name: name, summary: summary,
      usualRevisions: [.fix24dfa3c1],
      // Its late callback also posts to the port, which is closed by then.
      broken: { _ in
        let harms: Set<Rule> = [.freedWhileLent, .staleWrite]
        return fault == .none
          ? Declaration() : Declaration(harms.union([.writeDuringFree, .staleHandle]), essential: harms)
      },
      noise: { Noise(seed: $0) },
      usualWaits: 1, exploredWaits: 1, usualNanoseconds: 1_000_000_000, isStressedByDefault: false,
      eventsPerThread: { _ in 1024 },
      setUp: { arena, _ in
        RegisteredWait.commit(fault)
        let event = try OwnedEvent()
        return ExecutionCast(
          members: [
            Part(named: "owner") { try own(event, arena) },
            Part(named: "signaler") { event.event.set() },
          ], invariants: [])
      })
  }

  private static func own(_ event: OwnedEvent, _ arena: SharedArena) throws {
    let port = try CompletionPort()
    let overlapped = try Overlapped(in: arena.arena)
    let incarnation = overlapped.incarnation
    Trace.record(.operation, arena: overlapped.arenaNumber, object: incarnation.bits, operation: 1)
    let wait = try RegisteredWait(on: event.event.handle, postingTo: port, overlapped: overlapped, ticket: 1)
    wait.unregisterAndWait()
    while let packet = try port.get(timeout: .zero) { packet.complete(incarnation, number: 1) }
    overlapped.free()
    // What a sound pool would never post now.
    port.close()
  }
}
