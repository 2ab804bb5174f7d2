// The second opinion. The arena decides by one word per block and says what it did in events; this checker knows
// nothing of the arena's code. It replays each block's word from the events, derives from the replay alone which frees
// happened with loans open, and compares them with the LW001 findings. A difference is an error of Latewrite itself.
internal import CArena
internal import Latewrite

/// Why a trace and the findings made meanwhile do not fit together.
public struct TraceDisagreement: Error, Equatable, CustomStringConvertible {
  /// The slot of the block at fault; nil when it concerns the whole trace.
  public let slot: UInt64?
  /// What does not fit, one sentence.
  public let sentence: String

  /// The sentence, with the block it is about.
  public var description: String {
    if let slot { "block \(slot): \(sentence)" } else { sentence }
  }
}

/// What a checked trace amounts to.
struct CheckedTrace: Equatable {
  /// Incarnations that were freed with loans open, derived from the words.
  var freedWhileLent: Set<Incarnation> = []
  /// Blocks whose last word says that they are live.
  var liveBlocks = 0
  /// Loans that are open at the end, of blocks and of retired incarnations.
  var openLoans = 0
  /// Acts on words that were replayed.
  var edges = 0
}

/// Checks the events of one execution over one arena that was new or reset before it.
struct TraceChecker {
  /// One act on a block's word.
  private struct Edge {
    let kind: TraceEvent.Kind
    let incarnation: Incarnation
    let before: UInt64
    let after: UInt64
    /// Of a write: the arena let nobody in.
    let isRefused: Bool
  }

  private var edgesBySlot: [[Edge]] = []
  private var touched: [Int] = []
  private var retiredSettles: [Incarnation: Int] = [:]

  /// Replays `trace` for `arena` and compares it with `findings`, the incarnations for which LW001 was reported.
  mutating func check(
    _ trace: ExecutionTrace, arena: UInt32, findings: [Incarnation]
  ) throws(TraceDisagreement) -> CheckedTrace {
    guard trace.lost == 0 else {
      throw TraceDisagreement(slot: nil, sentence: "\(trace.lost) events were lost: the rings are too small")
    }
    try collect(trace.events, arena: arena)
    var checked = CheckedTrace()
    for slot in touched {
      try check(edgesBySlot[slot], slot: UInt64(slot), into: &checked)
    }
    if let incarnation = retiredSettles.first(where: { $0.value > 0 })?.key {
      throw TraceDisagreement(
        slot: incarnation.slot, sentence: "a loan was settled for an incarnation that never retired with it")
    }
    try compare(checked.freedWhileLent, with: findings)
    return checked
  }

  private mutating func collect(_ events: [TraceEvent], arena: UInt32) throws(TraceDisagreement) {
    for slot in touched { edgesBySlot[slot].removeAll(keepingCapacity: true) }
    touched.removeAll(keepingCapacity: true)
    retiredSettles.removeAll(keepingCapacity: true)
    for event in events where event.arena == arena {
      guard let kind = event.kind, Self.actsOnWord(kind) else { continue }
      guard let incarnation = Incarnation(bits: event.object) else {
        throw TraceDisagreement(slot: nil, sentence: "'\(kind.name)' happened to no incarnation")
      }
      let edge = Edge(
        kind: kind, incarnation: incarnation, before: event.before, after: event.after,
        isRefused: kind == .writeBegin && event.result == Int64(Loan.Landing.refused.rawValue))
      if kind != .retire && edge.before == 0 && edge.after == 0 {
        // The incarnation had left its slot: no word of a block changed.
        if kind == .settle { retiredSettles[edge.incarnation, default: 0] += 1 }
        continue
      }
      let slot = Int(incarnation.slot)
      if slot >= edgesBySlot.count {
        edgesBySlot.append(contentsOf: repeatElement([], count: slot + 1 - edgesBySlot.count))
      }
      if edgesBySlot[slot].isEmpty { touched.append(slot) }
      edgesBySlot[slot].append(edge)
    }
  }

  private static func actsOnWord(_ kind: TraceEvent.Kind) -> Bool {
    switch kind {
    case .alloc, .lend, .settle, .free, .poisoned, .retire,
      .verify, .verified, .writeBegin, .writeEnd:
      true
    default: false
    }
  }

  // ------------------------------------------------------------------------------------------------------ one block

  private mutating func check(
    _ edges: [Edge], slot: UInt64, into checked: inout CheckedTrace
  ) throws(TraceDisagreement) {
    var retiring: [UInt64: Int] = [:]
    for edge in edges {
      if edge.kind == .retire {
        retiring[edge.before, default: 0] -= 1
        try retire(edge, into: &checked)
        continue
      }
      checked.edges += 1
      if let wrong = Self.whatIsWrong(with: edge) {
        throw TraceDisagreement(slot: slot, sentence: wrong)
      }
      let before = BlockWord(edge.before)
      if edge.kind == .free && before.loans > 0 { checked.freedWhileLent.insert(edge.incarnation) }
      if edge.kind == .alloc && (before.loans > 0 || before.writers > 0) { retiring[edge.before, default: 0] += 1 }
    }
    if retiring.values.contains(where: { $0 != 0 }) {
      throw TraceDisagreement(
        slot: slot, sentence: "an incarnation left the block with loans and was not retired, or twice")
    }
    let last = try Trail.last(of: edges.lazy.filter { $0.kind != .retire }.map { ($0.before, $0.after) }, slot: slot)
    if last.state == .LW_BLOCK_LIVE { checked.liveBlocks += 1 }
    if last.writers > 0 { throw TraceDisagreement(slot: slot, sentence: "\(last.writers) writers never left it") }
    checked.openLoans += Int(last.loans)
  }

  /// The loans that an incarnation took with it when it left its slot, less those that were settled since.
  private mutating func retire(_ edge: Edge, into checked: inout CheckedTrace) throws(TraceDisagreement) {
    let taken = Int(BlockWord(edge.before).loans)
    let settled = retiredSettles.removeValue(forKey: edge.incarnation) ?? 0
    guard settled <= taken else {
      throw TraceDisagreement(
        slot: edge.incarnation.slot,
        sentence: "it was retired with \(taken) open loans and \(settled) of them were settled")
    }
    checked.openLoans += taken - settled
  }

  /// What each act may change in a word; nil when this one changed just that.
  private static func whatIsWrong(with edge: Edge) -> String? {
    let before = BlockWord(edge.before)
    let after = BlockWord(edge.after)
    let loans = Int(after.loans) - Int(before.loans)
    let writers = Int(after.writers) - Int(before.writers)
    let still = before.state == after.state
    let same = before.generation == after.generation
    let fits: Bool =
      switch edge.kind {
      case .alloc:
        after.generation == before.generation + 1 && after.state == .LW_BLOCK_LIVE && after.loans == 0
          && after.writers == 0 && before.state != .LW_BLOCK_LIVE && before.state != .LW_BLOCK_FREEING
      case .lend: same && still && before.state == .LW_BLOCK_LIVE && loans == 1 && writers == 0
      case .settle: same && still && loans == -1 && writers == 0
      case .writeBegin: same && still && loans == 0 && writers == (edge.isRefused ? 0 : 1)
      case .writeEnd: same && still && loans == 0 && writers == -1
      case .free:
        // Nobody can act on a block between its free and its poison when nobody holds it: both are one event then.
        same && loans == 0 && writers == 0 && before.state == .LW_BLOCK_LIVE
          && (after.state == .LW_BLOCK_FREEING
            || (after.state == .LW_BLOCK_QUARANTINED && before.loans == 0 && before.writers == 0))
      case .poisoned:
        same && loans == 0 && writers == 0 && before.state == .LW_BLOCK_FREEING && after.state == .LW_BLOCK_QUARANTINED
      case .verify:
        same && loans == 0 && writers == 0 && before.state == .LW_BLOCK_QUARANTINED
          && after.state == .LW_BLOCK_VERIFYING
      case .verified:
        same && loans == 0 && writers == 0 && before.state == .LW_BLOCK_VERIFYING
          && (after.state == .LW_BLOCK_QUARANTINED || after.state == .LW_BLOCK_FREE)
      default: true
      }
    guard fits && after.generation == edge.incarnation.generation else {
      return "'\(edge.kind.name)' changed its word from \(before.sentence) to \(after.sentence)"
    }
    return nil
  }

  // ------------------------------------------------------------------------------------------------ the two opinions

  private func compare(_ derived: Set<Incarnation>, with findings: [Incarnation]) throws(TraceDisagreement) {
    let reported = Set(findings)
    if reported.count != findings.count {
      throw TraceDisagreement(slot: nil, sentence: "LW001 was reported twice for one incarnation")
    }
    if let missed = derived.subtracting(reported).first {
      throw TraceDisagreement(
        slot: missed.slot,
        sentence: "generation \(missed.generation) was freed with loans open and LW001 was not reported")
    }
    if let forged = reported.subtracting(derived).first {
      throw TraceDisagreement(
        slot: forged.slot,
        sentence: "LW001 was reported for generation \(forged.generation), which was not freed with loans open")
    }
  }
}
