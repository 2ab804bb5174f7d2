// One detected anomaly as a Swift value, copied from the flat record that C wrote. Everything is here except names and
// lines, which need the program's files and are made by CrashReports.

/// A rule that was broken: when, where, and what it did.
public struct Finding: Sendable, Hashable {
  /// The rule.
  public let rule: Rule
  /// The rule's name; "invalid-free" for that half of LW007.
  public let name: String
  /// The call that lent, or the call at fault; nil when unknown.
  public let api: String?
  /// Its number within its scope, from 1.
  public let serial: UInt64
  /// The serial of the LW001 that this is the effect of.
  public let cause: UInt64?
  /// How often the same was found when this value was made.
  public let occurrences: UInt64
  /// Seed of the execution.
  public let seed: UInt64
  /// Number of the execution.
  public let execution: UInt64
  /// The operation's number; 0 when it has none.
  public let operation: UInt64
  /// Number of the newest operation at the address; 0 when there is none.
  public let operationNow: UInt64
  /// Of the call at fault, where it has a result.
  public let result: Int64
  /// From the free to the write or dequeue, in nanoseconds; nil when unknown.
  public let delayNanoseconds: UInt64?
  /// The block that it is about.
  public let block: BlockFacts
  /// The access at fault; nil when none is part of the finding.
  public let access: Access?
  /// The bytes around the damage; nil when none are known.
  public let window: Window?
  /// The fields of the block's type.
  public let fields: [Layout.Field]
  /// The last events of the block, oldest first; empty when tracing was off.
  public let history: [TraceEvent]

  private let moments: [Moment: MomentFacts]

  /// What is known of a moment; nil when it did not happen or was not captured.
  public subscript(moment: Moment) -> MomentFacts? { moments[moment] }

  init(
    rule: Rule, name: String, api: String?, serials: (own: UInt64, cause: UInt64, occurrences: UInt64),
    execution: (seed: UInt64, number: UInt64), operation: (own: UInt64, now: UInt64), result: Int64, delay: UInt64,
    block: BlockFacts, access: Access?, window: Window?, fields: [Layout.Field], history: [TraceEvent],
    moments: [Moment: MomentFacts]
  ) {
    self.rule = rule
    self.name = name
    self.api = api
    serial = serials.own
    cause = serials.cause == 0 ? nil : serials.cause
    occurrences = serials.occurrences
    seed = execution.seed
    self.execution = execution.number
    self.operation = operation.own
    operationNow = operation.now
    self.result = result
    delayNanoseconds = delay == 0 ? nil : delay
    self.block = block
    self.access = access
    self.window = window
    self.fields = fields
    self.history = history
    self.moments = moments
  }
}

extension Finding {
  /// The moments of a finding, in causal order.
  public enum Moment: Int, Sendable, CaseIterable, Hashable {
    /// The block was allocated.
    case allocated
    /// It was lent.
    case lent
    /// The operation was asked to end.
    case cancelled
    /// The block was freed.
    case freed
    /// The borrower's write began.
    case written
    /// The packet was posted.
    case completed
    /// The rule was found broken.
    case detected
    /// The incarnation that has the address now was allocated.
    case ownerAllocated
    /// That incarnation was lent.
    case ownerLent
  }

  /// Who was where at a moment.
  public struct MomentFacts: Sendable, Hashable {
    /// The thread's small number.
    public let thread: UInt32
    /// The thread's name.
    public let threadName: String
    /// The raw time stamp; 0 when unknown.
    public let stamp: UInt64
    /// Nanoseconds since the scope was made.
    public let nanoseconds: UInt64
    /// Step of a controlled execution; 0 when free running.
    public let step: UInt64
    /// Where the thread was.
    public let stack: StackTrace
    /// The depot was full, so that the stack could not be kept.
    public let isStackLost: Bool
  }

  /// The block of a finding.
  public struct BlockFacts: Sendable, Hashable {
    /// What state the slot was in.
    public enum State: UInt32, Sendable {
      /// Never used, or verified and given back.
      case free
      /// Allocated.
      case live
      /// Being filled with poison.
      case freeing
      /// Poisoned.
      case quarantined
      /// Its poison is being read.
      case verifying
      /// Its generations are used up.
      case retired
    }

    /// The number of the arena.
    public let arena: UInt32
    /// The arena's name.
    public let arenaName: String
    /// The type of the block; nil when none was registered.
    public let layout: String?
    /// Where it starts (or the address at fault).
    public let address: UInt64
    /// Index of the slot.
    public let slot: UInt64
    /// Size of the slot in bytes.
    public let slotBytes: UInt64
    /// Bytes that were asked for.
    public let requestedBytes: UInt64
    /// The generation at fault.
    public let generation: UInt64
    /// The generation at the address when the finding was made.
    public let generationNow: UInt64
    /// The state at that moment.
    public let stateNow: State
    /// Open loans at that moment.
    public let openLoans: UInt32

    /// The incarnation at fault; nil when the address is no block.
    public var incarnation: Incarnation? { generation == 0 ? nil : Incarnation(bits: slot << 40 | generation) }
  }

  /// A write at fault.
  public struct Access: Sendable, Hashable {
    /// From the start of the block, in bytes.
    public let offset: UInt64
    /// Size in bytes.
    public let bytes: UInt64
    /// Where it went.
    public let landing: Loan.Landing
    /// A checked write; false for damage that was found afterwards.
    public let isWriterKnown: Bool
  }

  /// Bytes of the block around the damage.
  public struct Window: Sendable, Hashable {
    /// From the start of the block, in bytes.
    public let offset: Int
    /// What was there: the poison, or the expected bytes.
    public let before: [UInt8]
    /// What is there now.
    public let after: [UInt8]
  }
}
