// The right to write into a block. The type system keeps the rule that a loan has one holder and is settled once: the
// value cannot be copied, and it is settled when it is consumed.
internal import CArena

/// An open loan of a block.
///
/// `settle()` ends it. Letting the value go settles it too, at that point: a borrower in Swift cannot write any more
/// once its loan is gone. The drop itself reports nothing; what a settle finds (a damaged freed block) is reported
/// either way. It stays valid when its arena closes first: that arena reports the leak (LW011) and keeps its range for
/// ever, and what is written through the loan then is a stale write (LW002).
public struct Loan: ~Copyable, Sendable {
  /// Who may write; for reports.
  public enum Holder: UInt32, Sendable {
    /// The program.
    case user
    /// A registered wait.
    case registration
    /// A packet in a completion port.
    case packet
    /// The kernel.
    case kernel

    var cValue: lw_holder { lw_holder(rawValue: rawValue)! }
  }

  /// Where a write went.
  public enum Landing: UInt32, Sendable {
    /// Nowhere: nothing was asked for.
    case none
    /// Into the block that was lent.
    case live
    /// Into the freed block: LW002.
    case freed
    /// Into a new incarnation at the same address: LW003.
    case reused
    /// It was late, and the arena refuses late writes.
    case refused
  }

  let bits: lw_loan

  init(bits: lw_loan) { self.bits = bits }

  deinit { _ = lw_settle(bits) }

  /// Ends the loan. Everything written through it happens before what the caller does next (rule 4). If the block was
  /// freed meanwhile its poison is read now.
  public consuming func settle() {}

  /// Hands the loan on to another holder; it stays open.
  public borrowing func pass(to holder: Holder) { lw_loan_pass(bits, holder.cValue) }

  /// Notes, with the caller's stack, that the operation behind the loan was asked to end. Settles nothing.
  public borrowing func noteCancelled() { lw_loan_cancelled(bits) }

  /// Which incarnation was lent.
  public var incarnation: Incarnation? { Incarnation(bits: lw_loan_incarnation(bits)) }
  /// The number given when it was lent.
  public var operation: UInt64 { lw_loan_operation(bits) }

  /// Writes one value at `offset` of the lent block. A late write is reported, exactly, with the caller's stack;
  /// whether it lands is the arena's configuration.
  @discardableResult
  public borrowing func store(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int = 0) -> Landing {
    unsafe withUnsafeBytes(of: value) { bytes in
      unsafe landing(lw_write_bytes(bits, offset, bytes.baseAddress!, bytes.count))
    }
  }

  /// Writes bytes from `offset` of the lent block on, as `store` does.
  @discardableResult
  public borrowing func write(_ bytes: RawSpan, at offset: Int = 0) -> Landing {
    guard !bytes.isEmpty else { return .none }
    return unsafe bytes.withUnsafeBytes { bytes in
      unsafe landing(lw_write_bytes(bits, offset, bytes.baseAddress!, bytes.count))
    }
  }

  private borrowing func landing(_ value: lw_landing) -> Landing { Landing(rawValue: value.rawValue) ?? .none }
}
