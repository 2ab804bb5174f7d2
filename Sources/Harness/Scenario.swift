// What a scenario is: a small program as a Swift value. It says what is set up, which threads run, and what must hold
// in the end; which operation ended how is not its business but follows from the trace.
internal import Exploration
internal import Latewrite
public import Proactor

/// A small program that the harness runs, on every revision alike.
public struct Scenario: Sendable {
  /// As the command names it.
  public let name: String
  /// What happens in it, one sentence.
  public let summary: String
  /// The revisions that it is run on when none is named: the state with the bug, where it shows, and the one with the
  /// fix.
  public var usualRevisions: [ProactorRevision] = [.beforeD0a28dee, .fix24dfa3c1]
  /// What each revision is known to break here.
  let broken: @Sendable (ProactorRevision) -> Declaration
  /// The delays that bring its races out, for an execution of this seed.
  let noise: @Sendable (UInt64) -> Noise
  /// Operations in flight in an execution that is not told otherwise.
  public let usualWaits: Int
  /// Operations of a controlled execution that is not told otherwise.
  public let exploredWaits: Int
  /// How long a run takes that is not told otherwise, in nanoseconds.
  public let usualNanoseconds: UInt64
  /// Whether it is among those that are stressed when none is named.
  public var isStressedByDefault = true
  /// Whether it is among those that are explored when none is named: all but what always ends in a hang, which costs a
  /// process each time.
  public var isExploredByDefault = true
  /// Events for which each thread's ring must have room in an execution.
  let eventsPerThread: @Sendable (ExecutionOptions) -> UInt32
  /// Whether all schedules up to a few deviations are run where nothing is declared; otherwise strategies try, because
  /// an execution takes too long.
  public var isSearchable = true
  /// Sets an execution up over an arena that is new or reset.
  let setUp: @Sendable (SharedArena, ExecutionSetting) throws -> ExecutionCast

  /// What `revision` is known to break here.
  public func declaration(of revision: ProactorRevision) -> Declaration { broken(revision) }

  /// All scenarios, in the order in which they are listed and run.
  public static let all: [Scenario] =
    [.cancelWait, .subprocessExit, .blockingUnregister, .unregisterForgetsQueued, .unregisterForgetsRunning]
    + Situation.all.map { Scenario($0) }

  /// The scenario of that name; nil when there is none.
  public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}

/// What one execution is made from.
struct ExecutionSetting: Sendable {
  /// Every decision of the execution follows from it.
  let seed: UInt64
  let revision: ProactorRevision
  let options: ExecutionOptions
  /// Whether every order of the threads' acts is tried on purpose: then the execution is small and leaves nothing to
  /// chance.
  let isControlled: Bool
  /// To be called, by one thread, whenever an operation has ended: an execution in which nobody calls it hangs.
  let progress: @Sendable () -> Void
}

/// The threads of one execution and what must hold when they have ended.
struct ExecutionCast: Sendable {
  /// Something that holds after every execution, whatever the revision; a breach is an error of the scenario.
  struct Invariant: Sendable {
    let sentence: String
    let holds: @Sendable () -> Bool
  }

  /// The threads. The name of each selects its stream of delays, and reports show it.
  let members: [Part]
  let invariants: [Invariant]
}
