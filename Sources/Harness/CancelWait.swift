// The race of the published account, with events: a wait is cancelled while its event is signalled, and the wait thread
// completes it at the same moment. Many waits are in flight, so that freed addresses find new owners at once.
//
// An execution starts `waits` x `rounds` waits on one proactor, `waits` of them in flight at a time: the loop thread
// starts a new one in the place of each that has ended, cancels those that its plan says, and polls; the signaler
// thread sets the events in an order of its own. At the end the loop closes the proactor as its revision does.
//
// Under control an execution is small and the same every time, because the order of acts is what varies: its waits are
// started one after the other but for one, each in the place of one that was cancelled while its event was signalled;
// the last one is not cancelled, and its event is set last of all. The signaler begins with the first of them: before,
// all that it could do is to wait for it.
internal import Exploration
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Scenario {
  /// Cancelling a wait races with its completion.
  public static let cancelWait = Scenario(
    name: "cancel-wait",
    summary:
      "Waits for events are cancelled while another thread signals the events and the wait thread completes them.",
    broken: { Declaration.cancelRace(on: $0) },
    noise: { Noise(seed: $0) },
    usualWaits: 64, exploredWaits: 2, usualNanoseconds: 2_500_000_000,
    // A wait costs its loop some twenty events, and twice that where its unregistration is waited for.
    eventsPerThread: { UInt32($0.waits * CancelWaitPlan.rounds * 64) },
    setUp: { arena, setting in
      let plan =
        setting.isControlled
        ? CancelWaitPlan(exploring: setting.options.waits)
        : CancelWaitPlan(seed: setting.seed, waits: setting.options.waits)
      let stage = try CancelWaitStage(plan: plan, arena: arena, progress: setting.progress)
      let behaviours = setting.revision.behaviours
      return ExecutionCast(
        members: [
          Part(named: "loop") { try CancelWaitLoop(stage, behaviours).run() },
          Part(named: "signaler", on: stage.firstStart) { stage.signalAll() },
        ],
        invariants: [
          .init(sentence: "every wait has ended before the proactor was closed") {
            stage.ended.read() == plan.operations.count
          }
        ])
    })
}

/// Every decision of an execution, from its seed.
struct CancelWaitPlan: Sendable, Equatable {
  /// How often each place is taken.
  static let rounds = 4

  struct Operation: Sendable, Equatable {
    /// Turns of the loop after its start at which it is cancelled, unless it has ended by then; nil for never.
    let cancelAfter: Int?
    /// Whether its event is set at all; one that is never cancelled is always signalled.
    let isSignalled: Bool
    /// Points that the signaler passes before it sets the event: each may be a delay.
    let pauses: Int
  }

  let waits: Int
  /// By number, less 1.
  let operations: [Operation]
  /// Indices of `operations` in the order in which their events are set; round by round, each round shuffled.
  let signalOrder: [Int]

  init(seed: UInt64, waits: Int) {
    var random = SplitMix64(seed: seed)
    self.waits = waits
    operations = (0..<waits * Self.rounds).map { _ in
      // Of eight: three are cancelled and signalled, one is only cancelled, four are only signalled.
      let kind = random.below(8)
      let turns = random.below(4)
      return Operation(cancelAfter: kind < 4 ? turns : nil, isSignalled: kind != 3, pauses: random.below(3))
    }
    var order: [Int] = []
    for round in 0..<Self.rounds {
      var indices = Array(round * waits..<(round + 1) * waits)
      random.shuffle(&indices)
      order += indices
    }
    signalOrder = order
  }

  /// Of a controlled execution.
  init(exploring operations: Int) {
    waits = max(1, operations - 1)
    self.operations = (0..<operations).map { index in
      Operation(cancelAfter: index < operations - 1 ? 0 : nil, isSignalled: true, pauses: 0)
    }
    signalOrder = Array(0..<operations)
  }
}

/// What both threads use.
final class CancelWaitStage: Sendable {
  let plan: CancelWaitPlan
  let arena: SharedArena
  let events: [OwnedEvent]
  /// How many waits have been started; the signaler never signals one that has not.
  let started = Turnstile()
  /// Has the signaler begin, under control.
  let firstStart = Cue()
  let ended = Shared(0)
  let progress: @Sendable () -> Void

  init(plan: CancelWaitPlan, arena: SharedArena, progress: @escaping @Sendable () -> Void) throws(Win32Error) {
    self.plan = plan
    self.arena = arena
    self.progress = progress
    events = try plan.operations.map { _ throws(Win32Error) in try OwnedEvent() }
  }

  /// The signaler's whole life.
  func signalAll() {
    for index in plan.signalOrder where plan.operations[index].isSignalled {
      started.wait(for: index + 1)
      for _ in 0..<plan.operations[index].pauses { schedulingPoint(.write, on: events[index]) }
      events[index].event.set()
    }
  }
}

/// The loop thread's side.
private final class CancelWaitLoop {
  private let stage: CancelWaitStage
  private let loop: ProactorEventLoop
  private var turn = 0
  private var next = 0
  private var inFlight = 0
  /// Futures that are to be cancelled, with the turn at which.
  private var cancels: [(turn: Int, future: WaitHandleFuture)] = []

  init(_ stage: CancelWaitStage, _ behaviours: ProactorBehaviours) throws {
    self.stage = stage
    let proactor = try IOCPProactor(arena: stage.arena.arena, behaviours: behaviours, log: .nowhere)
    loop = ProactorEventLoop(withoutSelfPipe: proactor)
  }

  func run() throws {
    let count = stage.plan.operations.count
    while next < count || inFlight > 0 {
      while next < count && inFlight < stage.plan.waits { try start() }
      stage.started.advance(to: next)
      stage.firstStart.give()
      try cancelDue()
      // While cancels are to come the turns go on; afterwards only packets can bring something new.
      try loop.runOnce(timeout: cancels.isEmpty && inFlight > 0 ? nil : .zero)
      turn += 1
    }
    try loop.close()
  }

  private func start() throws {
    let index = next
    next += 1
    inFlight += 1
    let future = try loop.proactor.waitForHandle(stage.events[index].event.handle, operation: UInt64(index + 1))
    if let after = stage.plan.operations[index].cancelAfter { cancels.append((turn + after, future)) }
    future.addDoneCallback { [self] future in ended(future, number: UInt64(index + 1)) }
  }

  private func cancelDue() throws {
    guard !cancels.isEmpty else { return }
    for cancel in cancels where cancel.turn <= turn && !cancel.future.isDone { try cancel.future.cancel() }
    cancels.removeAll { $0.turn <= turn }
  }

  private func ended(_ future: LoopFuture<Bool>, number: UInt64) {
    inFlight -= 1
    stage.ended.withLock { $0 += 1 }
    stage.progress()
    guard !future.isCancelled else { return }
    // Nobody gave a time limit: a wait that did not see its event signalled was told that it ended, and it had not.
    let saw = (try? future.result()) ?? false
    stage.arena.told(saw ? .right : .wrong, operation: number)
  }
}
