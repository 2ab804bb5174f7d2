// A block as a value: it says which incarnation of which slot is meant and where that lies. Nothing is reached through
// it except by way of its arena or a loan.
internal import CArena

/// A piece of an arena, now or formerly holding an operation's memory.
public struct Block: Sendable, Hashable {
  /// The number of its arena.
  public let arena: UInt32
  /// Which use of the slot this is.
  public let incarnation: Incarnation
  /// Where it starts.
  public let address: UInt
  /// How many bytes were asked for.
  public let requestedBytes: Int

  /// Whether this very incarnation is allocated now.
  public var isLive: Bool {
    var number: UInt32 = 0
    return unsafe lw_incarnation_live_at(pointer, &number) == incarnation.bits && number == arena
  }

  /// How many loans of this incarnation are open; 0 when the slot has a new owner.
  public var openLoans: Int {
    let now = unsafe lw_block_at(pointer)
    return unsafe now.number == arena && now.incarnation == incarnation.bits ? Int(now.open_loans) : 0
  }

  /// Whether the slot has been allocated again since.
  var hasNewOwner: Bool {
    let now = unsafe lw_block_at(pointer)
    return unsafe now.number == arena && now.incarnation > incarnation.bits
  }

  @unsafe var pointer: UnsafeMutableRawPointer {
    unsafe UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
  }
}

extension Arena {
  /// Gives raw access to the bytes that were asked for, live or freed: plain loads and stores, which nothing checks. A
  /// store into a freed block is what `check()` and the verification of the quarantine find. The span is valid during
  /// the call only.
  public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    of block: Block, _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard block.arena == number else { fatalError("Arena.withBytes: the block belongs to another arena") }
    // Its range stays mapped while the arena is open, whatever became of the block.
    _ = unsafe core.pointer
    var span = unsafe MutableRawSpan(_unsafeStart: block.pointer, byteCount: block.requestedBytes)
    return try body(&span)
  }
}
