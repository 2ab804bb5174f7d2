// "The return code of the process is None": the wait for a child process that still runs is completed by the packet of
// another wait, which was cancelled while its callback was on its way and whose OVERLAPPED lay at the same address.
//
// An execution has `rounds` rounds with `waits` children each, real processes that run until their standard input is
// closed. The waits for a round's children are registered beforehand. Then, child after child: it is told to exit; as
// soon as it has, its wait is cancelled - its callback has just been entered, or is about to be -, a poll takes the
// fake packet and frees the OVERLAPPED, and the wait for a child of the next round, still running, is registered. What
// the late packet does is seen in the polls that follow. The children of the last round end in peace.
internal import Exploration
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Scenario {
  /// A running child is said to have ended.
  public static let subprocessExit = Scenario(
    name: "subprocess-exit",
    summary: "Waits for child processes that exit are cancelled, and others take their addresses: is a running child "
      + "said to have ended?",
    broken: { Declaration.cancelRace(on: $0) },
    // The window is that of one callback: most of its points are delays, long enough for a cancel, a poll and a start.
    noise: { Noise(seed: $0, oneIn: 4, spinNanosecondsMax: 200_000, longOneIn: 16, longNanosecondsMax: 1_000_000) },
    usualWaits: 8, exploredWaits: 1, usualNanoseconds: 2_000_000_000,
    eventsPerThread: { UInt32($0.waits * SubprocessExitPlan.rounds * 256) }, isSearchable: false,
    setUp: { arena, setting in
      let plan =
        setting.isControlled
        ? SubprocessExitPlan(exploring: setting.options.waits)
        : SubprocessExitPlan(seed: setting.seed, children: setting.options.waits)
      let behaviours = setting.revision.behaviours
      let open = Shared(-1)
      return ExecutionCast(
        members: [
          Part(named: "loop") {
            let loop = try SubprocessExitLoop(plan, arena, behaviours, setting.progress)
            try loop.run()
            open.withLock { $0 = loop.openWaits }
          }
        ],
        invariants: [.init(sentence: "every wait has ended before the proactor was closed") { open.read() == 0 }])
    })
}

/// Every decision of an execution, from its seed.
struct SubprocessExitPlan: Sendable, Equatable {
  /// Rounds in which waits are cancelled; one more round of children ends in peace.
  static let rounds = 3

  let children: Int
  /// Whether a child that was told has ended before its teller goes on: then a schedule repeats it.
  let isControlled: Bool
  /// For each round the order in which its children are told to exit.
  let order: [[Int]]
  /// For each child of a round, points that the loop passes between the exit and the cancel: each may be a delay.
  let pauses: [[Int]]

  init(seed: UInt64, children: Int) {
    var random = SplitMix64(seed: seed)
    self.children = children
    isControlled = false
    var order: [[Int]] = []
    var pauses: [[Int]] = []
    for _ in 0..<Self.rounds {
      var indices = Array(0..<children)
      random.shuffle(&indices)
      order.append(indices)
      pauses.append(indices.map { _ in random.below(3) })
    }
    self.order = order
    self.pauses = pauses
  }

  /// Of a controlled execution: one round, because a child takes a millisecond.
  init(exploring children: Int) {
    self.children = children
    isControlled = true
    order = [Array(0..<children)]
    pauses = [Array(repeating: 0, count: children)]
  }
}

/// The only thread of the scenario; the wait threads and the children are its opponents.
private final class SubprocessExitLoop {
  private let plan: SubprocessExitPlan
  private let arena: SharedArena
  private let loop: ProactorEventLoop
  private let progress: @Sendable () -> Void
  private var number: UInt64 = 0
  /// Waits that have been started and not ended.
  private(set) var openWaits = 0

  /// A child and the newest wait for it.
  private struct Watched {
    let child: ToldChild
    var future: WaitHandleFuture
  }

  init(
    _ plan: SubprocessExitPlan, _ arena: SharedArena, _ behaviours: ProactorBehaviours,
    _ progress: @escaping @Sendable () -> Void
  ) throws {
    self.plan = plan
    self.arena = arena
    self.progress = progress
    let proactor = try IOCPProactor(arena: arena.arena, behaviours: behaviours, log: .nowhere)
    loop = ProactorEventLoop(withoutSelfPipe: proactor)
  }

  func run() throws {
    var watched = try (0..<plan.children).map { _ in try watch(ToldChild()) }
    for round in plan.order.indices {
      watched = try race(watched, round)
    }
    for entry in watched { entry.child.tellToExit(andWait: plan.isControlled) }
    while watched.contains(where: { !$0.future.isDone }) { try loop.runOnce() }
    try loop.runOnce(timeout: .zero)
    try loop.close()
  }

  /// Cancels the waits of `old`, each as its child exits, and starts those of the next round in their places.
  private func race(_ old: [Watched], _ round: Int) throws -> [Watched] {
    let fresh = try old.map { _ in try ToldChild() }
    var next: [Watched] = []
    for (place, index) in plan.order[round].enumerated() {
      let child = old[index].child
      var future = old[index].future
      // A wait that was completed falsely in the round before has nothing left to cancel.
      if future.isDone { future = try watch(child).future }
      child.tellToExit(andWait: plan.isControlled)
      _ = try wait(for: child.process.handle)
      for _ in 0..<plan.pauses[round][place] { schedulingPoint(.write, on: child) }
      try future.cancel()
      try loop.runOnce(timeout: .zero)
      next.append(try watch(fresh[place]))
    }
    // What is on its way arrives: afterwards only the new waits hold loans.
    while arena.arena.counts().openLoans > next.count(where: { !$0.future.isDone }) {
      try loop.runOnce(timeout: .milliseconds(1))
    }
    return next
  }

  private func watch(_ child: ToldChild) throws -> Watched {
    number += 1
    openWaits += 1
    let own = number
    let future = try loop.proactor.waitForHandle(child.process.handle, operation: own)
    future.addDoneCallback { [self] future in
      openWaits -= 1
      progress()
      guard !future.isCancelled else { return }
      // What the transport does now: it asks for the return code, and gets none while the child runs.
      let saw = (try? future.result()) ?? false
      arena.told(saw && child.process.exitCode != nil ? .right : .wrong, operation: own)
    }
    return Watched(child: child, future: future)
  }
}
