// Events of one block as an arena would write them: a small model of the word, independent of the arena.
import CArena

@testable import Harness
@testable import Latewrite

/// Plays acts on one block and keeps their events.
struct BlockScript {
  static let arena: UInt32 = 1
  private let slot: UInt64
  private(set) var word: UInt64 = 0
  private(set) var events: [TraceEvent] = []
  private var nextLoan: UInt64 = 1
  private var stamp: UInt64 = 1_000

  init(slot: UInt64 = 0) { self.slot = slot }

  var incarnation: UInt64 { slot << 40 | word >> 24 }

  static func event(
    _ kind: TraceEvent.Kind, arena: UInt32 = arena, object: UInt64, before: UInt64 = 0, after: UInt64 = 0,
    operation: UInt64 = 0, result: Int64 = 0, stamp: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(
      stamp: stamp, kindNumber: kind.rawValue, thread: 1, arena: arena, object: object, before: before, after: after,
      operation: operation, result: result, step: 0)
  }

  private mutating func act(_ kind: TraceEvent.Kind, to after: UInt64, operation: UInt64 = 0, result: Int64 = 0) {
    let before = word
    word = after
    stamp += 1_000
    events.append(
      Self.event(
        kind, object: incarnation, before: before, after: after, operation: operation, result: result, stamp: stamp))
  }

  private func word(state: lw_block_state) -> UInt64 {
    word & ~(UInt64(7) << 21) | UInt64(state.rawValue) << 21
  }

  /// Takes the slot, with loans still open when `leaving` says how many its last owner leaves behind.
  mutating func allocate() {
    let left = word
    let leaves = lw_word_loans(word) > 0 || lw_word_writers(word) > 0
    let old = incarnation
    act(.alloc, to: (word >> 24 + 1) << 24 | UInt64(lw_block_state.LW_BLOCK_LIVE.rawValue) << 21)
    if leaves { events.append(Self.event(.retire, object: old, before: left, stamp: stamp)) }
  }

  /// Returns the incarnation that was lent.
  @discardableResult
  mutating func lend() -> UInt64 {
    act(.lend, to: word + 1, operation: nextLoan)
    nextLoan += 1
    return incarnation
  }

  mutating func settle() { act(.settle, to: word - 1, operation: 1) }

  /// A settle, or a write, of an incarnation that has left the slot: no word changes.
  mutating func settleRetired(_ incarnation: UInt64) {
    events.append(Self.event(.settle, object: incarnation, operation: 1))
  }

  mutating func writeRetired(_ incarnation: UInt64) {
    stamp += 1_000
    for kind in [TraceEvent.Kind.writeBegin, .writeEnd] {
      events.append(
        Self.event(
          kind, object: incarnation, operation: 1, result: Int64(Loan.Landing.reused.rawValue), stamp: stamp))
    }
  }

  mutating func write(_ landing: Loan.Landing = .live) {
    act(.writeBegin, to: word + 1 << 10, operation: 1, result: Int64(landing.rawValue))
    act(.writeEnd, to: word - 1 << 10, operation: 1, result: Int64(landing.rawValue))
  }

  mutating func free() {
    act(.free, to: word(state: .LW_BLOCK_FREEING))
    act(.poisoned, to: word(state: .LW_BLOCK_QUARANTINED))
  }

  /// As the arena tells it of a block that nobody holds.
  mutating func freeAtOnce() { act(.free, to: word(state: .LW_BLOCK_QUARANTINED)) }

  mutating func note(
    _ kind: TraceEvent.Kind, object: UInt64, before: UInt64 = 0, operation: UInt64 = 0, result: Int64 = 0
  ) {
    events.append(Self.event(kind, object: object, before: before, operation: operation, result: result))
  }

  var trace: ExecutionTrace { ExecutionTrace(events: events, lost: 0) }
}
