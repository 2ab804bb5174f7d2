// An arena's settings as Swift values. Defaults come from C, where LATEWRITE_OPTIONS can change them: one table
// decides.
internal import CArena

extension Arena {
  /// Which freed block an allocation takes.
  public enum Reuse: UInt32, Sendable, CaseIterable {
    /// Last in, first out, lent or not: what most allocators do. Shows the harm.
    case immediate
    /// First in, first out, after the quarantine is full; never while lent.
    case quarantine
    /// Any freed block that is not lent, by the seeded stream of choices.
    case random
    /// None.
    case never
  }

  /// What a late write through the checked API does after it was reported.
  public enum LateWrite: UInt32, Sendable, CaseIterable {
    /// It is let through.
    case lands
    /// The writer is told not to store.
    case refused
    /// The program ends before the store.
    case stops
  }

  /// How stacks are captured.
  public enum Stacks: UInt32, Sendable, CaseIterable {
    /// Not at all.
    case off
    /// By frame pointers, which SwiftPM builds have: 2 ns a frame.
    case framePointers
    /// By libunwind: 8 ns a frame, complete without frame pointers.
    case unwind
  }

  /// How an arena behaves. A new value has the defaults, changed by LATEWRITE_OPTIONS where it names an arena option.
  public struct Configuration: Sendable, Hashable {
    /// For reports; at most 31 bytes are kept.
    public var name = "arena"
    /// Address range for blocks in bytes; committed by use.
    public var reserveBytes: UInt64
    /// Loan records.
    public var loansMax: UInt32
    /// Records of incarnations that left their slot with loans or writers.
    public var retiredMax: UInt32
    /// Which freed block an allocation takes.
    public var reuse: Reuse
    /// What a late checked write does.
    public var lateWrite: LateWrite
    /// How stacks are captured.
    public var stacks: Stacks
    /// Bound of the quarantine in bytes.
    public var quarantineBytes: UInt64
    /// The same as a count of blocks.
    public var quarantineBlocks: UInt32
    /// Generation of every slot at its first allocation; tests of the wrap start near 2^40.
    public var firstGeneration: UInt64
    /// Whether closing reports what was never freed or settled.
    public var reportsLeaks: Bool
    /// Whether it is more than an allocator. One that is not is for programs that have been checked and are to run as
    /// fast as without this project: its blocks are reused at once, without poison, stacks or events, and nothing of
    /// them is ever lent, so that neither an early free nor a late write is found. What is freed twice or never is
    /// told.
    public var isChecked: Bool

    /// The defaults.
    public init() {
      let config = unsafe lw_arena_config_default()
      unsafe reserveBytes = config.reserve_bytes
      unsafe loansMax = config.loans_max
      unsafe retiredMax = config.retired_max
      unsafe reuse = Reuse(rawValue: config.reuse.rawValue) ?? .quarantine
      unsafe lateWrite = LateWrite(rawValue: config.late_write.rawValue) ?? .lands
      unsafe stacks = Stacks(rawValue: config.stacks.rawValue) ?? .framePointers
      unsafe quarantineBytes = config.quarantine_bytes
      unsafe quarantineBlocks = config.quarantine_blocks
      unsafe firstGeneration = config.first_generation
      unsafe reportsLeaks = config.report_leaks
      unsafe isChecked = !config.unchecked
    }

    /// The defaults with another reuse policy.
    public init(reuse: Reuse) {
      self.init()
      self.reuse = reuse
    }

    /// The C structure, valid during the call.
    func withCValue<Result>(scope: Scope, _ body: (UnsafePointer<lw_arena_config>) -> Result) -> Result {
      unsafe name.withCString { name in
        var config = unsafe lw_arena_config_default()
        unsafe config.name = name
        unsafe config.scope = scope.pointer
        unsafe config.reserve_bytes = reserveBytes
        unsafe config.loans_max = loansMax
        unsafe config.retired_max = retiredMax
        unsafe config.reuse = lw_reuse(rawValue: reuse.rawValue)!
        unsafe config.late_write = lw_late_write(rawValue: lateWrite.rawValue)!
        unsafe config.stacks = lw_stack_method(rawValue: stacks.rawValue)!
        unsafe config.quarantine_bytes = quarantineBytes
        unsafe config.quarantine_blocks = quarantineBlocks
        unsafe config.first_generation = firstGeneration
        unsafe config.report_leaks = reportsLeaks
        unsafe config.unchecked = !isChecked
        return unsafe body(&config)
      }
    }
  }
}
