// The instrumented arena as a Swift owner: it opens with the value, closes with it, and everything it hands out is a
// value that names memory and never points into it.
internal import CArena

/// Memory that is lent to somebody who writes into it later, and an account of every loan.
///
/// Freeing a lent block is a finding at once; a late write joins it when it lands. Findings go to the arena's scope.
///
///     let arena = try Arena(scope: scope)
///     let block = try arena.allocate(64)
///     let loan = try arena.lend(block, to: "read")
///     arena.free(block)        // LW001: the loan is still open
///
/// Any thread may use it. Closing is the end of a single owner: nobody may be at work in the arena then.
public struct Arena: ~Copyable, Sendable {
  /// What blocks, loans and proactors hold on to.
  package let core: ArenaCore

  /// Opens an arena. Its findings go to `scope`, or to the process's own scope.
  public init(_ configuration: Configuration = Configuration(), scope: Scope = .process) throws(LatewriteError) {
    core = try ArenaCore(configuration, scope: scope)
  }

  deinit { core.close() }

  /// Ends the arena: verifies every quarantined block and reports what was never freed or settled (LW011). With open
  /// loans the range is abandoned for the life of the process; such loans may still be written through and settled.
  /// Letting the value go does the same.
  public consuming func close() {}

  /// 1 ... 255; another arena may get it after this one has closed with every loan settled.
  public var number: UInt32 { core.number }
  /// Where its findings go.
  public var scope: Scope { core.scope }

  // MARK: Blocks

  /// Allocates `bytes` (0 counts as 1), aligned to 64. Contents: poison, or zeros when `zeroed`. The caller owns the
  /// block and gives it back with `free`.
  public borrowing func allocate(_ bytes: Int, layout: Layout? = nil, zeroed: Bool = false) throws(LatewriteError)
    -> Block
  {
    guard bytes >= 0 else { fatalError("Arena.allocate: a block cannot have \(bytes) bytes") }
    guard let address = unsafe lw_alloc(core.pointer, bytes, layout?.number ?? 0, zeroed) else {
      throw LatewriteError(.LW_ARENA_FULL, in: "Arena.allocate(_:)")
    }
    let incarnation = unsafe Incarnation(bits: lw_incarnation_live_in(core.pointer, address))
    guard let incarnation else { fatalError("Arena.allocate: the new block has no incarnation") }
    return Block(
      arena: number, incarnation: incarnation, address: UInt(bitPattern: address), requestedBytes: bytes)
  }

  /// Gives a block back. With open loans that is LW001, with a writer inside LW013, and the block is freed all the
  /// same. A block that is not live any more, or of another arena, is LW007 and nothing else is touched, also when its
  /// address has a new owner. Returns whether the block was freed.
  @discardableResult
  public borrowing func free(_ block: Block) -> Bool {
    guard block.isLive else { return reportDoubleFree(block) }
    return unsafe lw_free(core.pointer, block.pointer) == .LW_OK
  }

  /// C knows addresses only; a value that names an old incarnation is told apart here, so that the new owner keeps its
  /// block.
  private borrowing func reportDoubleFree(_ block: Block) -> Bool {
    guard block.arena == number, block.hasNewOwner else { return unsafe lw_free(core.pointer, block.pointer) == .LW_OK }
    var finding = unsafe lw_finding()
    unsafe finding.rule = Rule.doubleFree.rawValue
    unsafe finding.address = UnsafeRawPointer(block.pointer)
    unsafe finding.incarnation = block.incarnation.bits
    unsafe lw_report(core.pointer, &finding)
    return false
  }

  /// Lends a live block: from now on, until the loan is settled, somebody may write into it.
  /// Throws `notABlock` for a block that is not live, and in an arena that is not checked.
  /// - Parameters:
  ///   - api: the call that lends, for reports ("RegisterWaitWithQueue").
  ///   - operation: a number that reports show.
  public borrowing func lend(
    _ block: Block, to api: StaticString, operation: UInt64 = 0, holder: Loan.Holder = .user
  ) throws(LatewriteError) -> Loan {
    guard block.arena == number, block.isLive else { throw LatewriteError(.LW_NOT_A_BLOCK, in: "Arena.lend(_:to:)") }
    guard api.hasPointerRepresentation else { fatalError("Arena.lend: name the API with more than one character") }
    var status = lw_status.LW_OK
    let name = unsafe UnsafeRawPointer(api.utf8Start).assumingMemoryBound(to: CChar.self)
    let bits = unsafe lw_lend(block.pointer, name, operation, holder.cValue, &status)
    guard !lw_loan_is_none(bits) else { throw LatewriteError(status, in: "Arena.lend(_:to:)") }
    return Loan(bits: bits)
  }

  // MARK: The whole arena

  /// Reads the poison of every freed block now and reports damage that nobody has been blamed for. Returns how many
  /// damaged blocks it found. Any thread, any time.
  @discardableResult
  public borrowing func check() -> Int { unsafe Int(lw_arena_check(core.pointer)) }

  /// Makes the arena as good as new: every block is taken back, generations go on. Throws `busy`, and does nothing,
  /// while a loan is open or a writer inside. Nobody may use the arena meanwhile.
  public borrowing func reset() throws(LatewriteError) {
    let status = unsafe lw_arena_reset(core.pointer)
    guard status == .LW_OK else { throw LatewriteError(status, in: "Arena.reset()") }
  }

  /// Waits until no loan is open, or until `deadline`. Returns whether none is. One waiter at a time.
  public borrowing func waitSettled(until deadline: Clock.Instant = .never) -> Bool {
    unsafe lw_arena_wait_settled(core.pointer, deadline.nanoseconds)
  }

  /// What is open; a walk over all slots, exact when nobody else is at work.
  public borrowing func counts() -> Counts { unsafe Counts(lw_arena_count(core.pointer)) }
}

extension Arena {
  /// What an arena holds.
  public struct Counts: Sendable, Hashable {
    /// Blocks that are allocated.
    public let liveBlocks: UInt64
    /// Freed blocks that may not be reused yet.
    public let quarantinedBlocks: UInt64
    /// Slots whose generations are used up.
    public let retiredBlocks: UInt64
    /// Loans that are not settled.
    public let openLoans: UInt64
    /// Incarnations that left their slot with loans or writers and still have some.
    public let retiredIncarnations: UInt64
    /// Bytes of the address range.
    public let reservedBytes: UInt64
    /// Bytes of the range that were ever used.
    public let usedBytes: UInt64

    init(_ counts: lw_arena_counts) {
      liveBlocks = counts.blocks_live
      quarantinedBlocks = counts.blocks_quarantined
      retiredBlocks = counts.blocks_retired
      openLoans = counts.loans_open
      retiredIncarnations = counts.incarnations_retired
      reservedBytes = counts.bytes_reserved
      usedBytes = counts.bytes_used
    }
  }
}
