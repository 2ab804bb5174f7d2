// A scenario of one's own, as a Swift value: what is set up, which threads run, what must hold, and what an execution
// is called that ended so. It is for anybody who links this library; the scenarios of the command are richer, because
// they know about proactors and revisions.
public import Latewrite

/// A small concurrent program whose every order of acts may be tried.
///
///     let late = ExploredScenario(named: "late-write") { stage in
///       let block = try stage.arena.allocate(64)
///       let loan = Shared<Loan?>(try stage.arena.lend(block, to: "read"))
///       return .init(threads: [
///         Part(named: "owner") { stage.arena.free(block) },
///         Part(named: "borrower") {
///           loan.withLock { loan in
///             loan?.store(UInt64(1))
///             loan = nil    // settled
///           }
///         },
///       ])
///     }
///     let result = try Explorer(late).explore(executions: 100, seed: 1)
///
/// Threads wait for each other, lock and share by this project's means only (`Lock`, `Shared`, `Parker`, what
/// OverlappedIO offers): everything else the controller does not see. An access to plain memory, an `Atomic` or what a
/// `Mutex` guards is no point where another thread could come between unless `schedulingPoint(_:on:)` stands before it;
/// what blocks elsewhere stands in `outsideControl`.
public struct ExploredScenario: Sendable {
  /// The arena of all executions, reset in between.
  public final class Stage: Sendable {
    /// Blocks that are found to be misused are findings of the execution.
    public let arena: Arena

    init(_ arena: consuming Arena) { self.arena = arena }
  }

  /// Something that holds after every execution.
  public struct Invariant: Sendable {
    /// What holds, as a clause: "every wait has ended".
    public let sentence: String
    /// Whether it does; what it throws says why not.
    public let holds: @Sendable () throws -> Bool

    /// An invariant.
    public init(_ sentence: String, holds: @escaping @Sendable () throws -> Bool) {
      self.sentence = sentence
      self.holds = holds
    }

    /// What an execution is called that broke it; nil when it holds.
    var breach: String? {
      do { return try holds() ? nil : "broken: \(sentence)" } catch { return "broken: \(sentence): \(error)" }
    }
  }

  /// One execution, set up. What its closures hold is let go behind it; a block of the arena that is allocated then is
  /// a leak (LW011), as is a loan that is open.
  public struct Cast: Sendable {
    /// The threads. The first one begins, and all others can then, but those that await a `Cue`.
    public var threads: [Part]
    /// What must hold in the end.
    public var invariants: [Invariant]
    /// What an execution is called that ended so: a word or two, one for each kind of end that is worth telling apart.
    public var classify: @Sendable () -> String

    /// A cast; without a classification all executions that break nothing are "ok".
    public init(
      threads: [Part], invariants: [Invariant] = [], classify: @escaping @Sendable () -> String = { "ok" }
    ) {
      self.threads = threads
      self.invariants = invariants
      self.classify = classify
    }
  }

  /// Its name; part of the digest of its tokens.
  public let name: String
  /// Sets up an execution over an arena that is new or reset. The same every time: what varies is the order of acts.
  public let setUp: @Sendable (Stage) throws -> Cast

  /// A scenario.
  public init(named name: String, setUp: @escaping @Sendable (Stage) throws -> Cast) {
    self.name = name
    self.setUp = setUp
  }
}
