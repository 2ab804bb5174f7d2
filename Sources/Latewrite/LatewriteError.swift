// The one error of this module. Its codes are those of the C layer, and so are its sentences: a message reads the same
// whoever prints it.
internal import CArena

/// Why an arena could not do what it was asked for.
public struct LatewriteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong; more codes may be added.
  public struct Code: Sendable, Hashable {
    private let number: UInt32

    init(_ status: lw_status) { number = status.rawValue }

    var status: lw_status { lw_status(rawValue: number) ?? .LW_BAD_CONFIG }

    /// The system has no memory for an arena, a thread or a trace.
    public static let noMemory = Code(.LW_NO_MEMORY)
    /// 255 arenas are open.
    public static let tooManyArenas = Code(.LW_TOO_MANY_ARENAS)
    /// The arena's configuration is out of bounds.
    public static let badConfiguration = Code(.LW_BAD_CONFIG)
    /// The arena's range is used up.
    public static let arenaFull = Code(.LW_ARENA_FULL)
    /// The block is not live in this arena.
    public static let notABlock = Code(.LW_NOT_A_BLOCK)
    /// The block has as many open loans as can be counted.
    public static let blockLoansFull = Code(.LW_BLOCK_LOANS_FULL)
    /// The arena has no loan record left.
    public static let loansExhausted = Code(.LW_LOANS_EXHAUSTED)
    /// The arena has no record left for retired incarnations.
    public static let retiredExhausted = Code(.LW_RETIRED_EXHAUSTED)
    /// The block was freed before.
    public static let doubleFree = Code(.LW_DOUBLE_FREE)
    /// Loans or blocks are still open.
    public static let busy = Code(.LW_BUSY)
  }

  /// What went wrong.
  public let code: Code
  /// The call that failed, as it is written.
  public let call: String
  /// What it means and what to do next.
  public var sentence: String { unsafe String(cString: lw_status_sentence(code.status)) }
  /// "Arena.reset() failed: loans or blocks are still open".
  public var description: String { "\(call) failed: \(sentence)" }

  init(_ status: lw_status, in call: String) {
    code = Code(status)
    self.call = call
  }
}
