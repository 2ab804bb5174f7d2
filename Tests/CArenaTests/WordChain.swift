// An independent checker of the arena's events. It knows the meaning of a word and of each event from the headers and
// nothing of the arena's code: each event is an edge from a word to the next, and what happened to an incarnation must
// be one path over all its edges, whatever the order in which the threads' rings are read.
import CArena

struct WordChain {
  private(set) var events: [UInt64: [lw_event_record]] = [:]  // by incarnation
  private(set) var lost: UInt64 = 0
  private let arena: lw_arena_number

  init(arena: lw_arena_number) { self.arena = arena }

  /// Takes over what the rings hold.
  mutating func drain() {
    withUnsafeMutablePointer(to: &self) { chain in
      let lost = lw_trace_drain(
        { context, events, count in
          let chain = context!.assumingMemoryBound(to: WordChain.self)
          for event in UnsafeBufferPointer(start: events, count: count) where event.arena == chain.pointee.arena {
            chain.pointee.events[event.object, default: []].append(event)
          }
        }, chain)
      chain.pointee.lost += lost
    }
  }

  /// The incarnations that were freed with open loans, as often as they were.
  var freedWhileLent: [UInt64: Int] {
    events.compactMapValues { list in
      let count = list.count { $0.kind == kind(.LW_EVENT_FREE) && lw_word_loans($0.before) > 0 }
      return count == 0 ? nil : count
    }
  }
  var freedWhileWritten: [UInt64: Int] {
    events.compactMapValues { list in
      let count = list.count { $0.kind == kind(.LW_EVENT_FREE) && lw_word_writers($0.before) > 0 }
      return count == 0 ? nil : count
    }
  }
  /// Checked writes that came after the free, by incarnation.
  var lateWrites: [UInt64: Int] {
    events.compactMapValues { list in
      let count = list.count {
        $0.kind == kind(.LW_EVENT_WRITE_BEGIN) && $0.result != Int64(lw_landing.LW_LANDING_LIVE.rawValue)
      }
      return count == 0 ? nil : count
    }
  }

  /// Every sentence is something that the events of an incarnation say wrongly.
  func contradictions() -> [String] {
    events.sorted { $0.key < $1.key }.flatMap { incarnation, list in
      (edgeFaults(list, incarnation) + pathFaults(list) + retirementFaults(list)).map {
        "slot \(incarnation >> 40) generation \(incarnation & ((1 << 40) - 1)): \($0)"
      }
    }
  }

  private func kind(_ kind: lw_event_kind) -> UInt16 { UInt16(kind.rawValue) }

  /// Each event changes its word as its kind says.
  private func edgeFaults(_ list: [lw_event_record], _ incarnation: UInt64) -> [String] {
    list.compactMap { event in
      let before = event.before, after = event.after
      let ofRetired = before == 0 && after == 0
      func moves(_ from: lw_block_state, _ to: lw_block_state) -> Bool {
        lw_word_state(before) == from && lw_word_state(after) == to && lw_word_loans(before) == lw_word_loans(after)
          && lw_word_writers(before) == lw_word_writers(after)
          && lw_word_generation(before) == lw_word_generation(after)
      }
      let right =
        switch event.kind {
        case kind(.LW_EVENT_ALLOC):
          lw_word_state(after) == .LW_BLOCK_LIVE && after & 0x1FFFFF == 0
            && lw_word_generation(after) == incarnation & ((1 << 40) - 1)
            && lw_word_generation(before) < lw_word_generation(after)
        case kind(.LW_EVENT_LEND): after == before + 1 && lw_word_state(before) == .LW_BLOCK_LIVE
        case kind(.LW_EVENT_SETTLE): ofRetired || (before == after + 1 && lw_word_loans(before) > 0)
        case kind(.LW_EVENT_FREE):
          moves(.LW_BLOCK_LIVE, .LW_BLOCK_FREEING)
            || (moves(.LW_BLOCK_LIVE, .LW_BLOCK_QUARANTINED) && before & 0x1FFFFF == 0)
        case kind(.LW_EVENT_POISONED): moves(.LW_BLOCK_FREEING, .LW_BLOCK_QUARANTINED)
        case kind(.LW_EVENT_VERIFY): moves(.LW_BLOCK_QUARANTINED, .LW_BLOCK_VERIFYING)
        case kind(.LW_EVENT_VERIFIED): moves(.LW_BLOCK_VERIFYING, .LW_BLOCK_QUARANTINED)
        case kind(.LW_EVENT_RETIRE): after == 0 && before & 0x1FFFFF != 0
        case kind(.LW_EVENT_WRITE_BEGIN): ofRetired || (after == before + 1024 && lw_word_loans(before) > 0)
        case kind(.LW_EVENT_WRITE_END): ofRetired || before == after + 1024
        default: true
        }
      return right ? nil : "event \(event.kind) from \(String(before, radix: 16)) to \(String(after, radix: 16))"
    }
  }

  /// The edges are one path from the allocation: every word is left as often as it is reached, but the first and last.
  private func pathFaults(_ list: [lw_event_record]) -> [String] {
    var balance: [UInt64: Int] = [:]
    var next: [UInt64: Set<UInt64>] = [:]
    var starts: [UInt64] = []
    for event in list where event.before != 0 || event.after != 0 {
      if event.kind == kind(.LW_EVENT_ALLOC) {
        starts.append(event.after)
        continue
      }
      balance[event.before, default: 0] += 1
      balance[event.after, default: 0] -= 1
      next[event.before, default: []].insert(event.after)
    }
    guard let start = starts.first, starts.count == 1 else { return ["\(starts.count) allocations"] }
    var faults: [String] = []
    let uneven = balance.filter { $0.value != 0 }
    if !uneven.isEmpty && !(uneven.count == 2 && uneven[start] == 1 && uneven.values.contains(-1)) {
      faults.append("\(uneven.count) words are left and reached unevenly")
    }
    var reached: Set = [start]
    var open = [start]
    while let word = open.popLast() { open += (next[word] ?? []).filter { reached.insert($0).inserted } }
    if !Set(balance.keys).isSubset(of: reached) { faults.append("words that nothing leads to") }
    return faults
  }

  /// What an incarnation took along when it retired is settled and ended afterwards, no more and no less.
  private func retirementFaults(_ list: [lw_event_record]) -> [String] {
    let word = list.first { $0.kind == kind(.LW_EVENT_RETIRE) }?.before ?? 0
    let late = list.filter { $0.before == 0 && $0.after == 0 }
    let settled = late.count { $0.kind == kind(.LW_EVENT_SETTLE) }
    let entered = late.count { $0.kind == kind(.LW_EVENT_WRITE_BEGIN) }
    let ended = late.count { $0.kind == kind(.LW_EVENT_WRITE_END) }
    var faults: [String] = []
    if settled != Int(lw_word_loans(word)) {
      faults.append("\(settled) settles of \(lw_word_loans(word)) retired loans")
    }
    if ended != entered + Int(lw_word_writers(word)) { faults.append("\(ended) ends of \(entered) retired writes") }
    return faults
  }
}
