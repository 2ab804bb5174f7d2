// The trace of one execution, and a block's word taken apart.
internal import CArena
internal import Latewrite

/// The events of one execution, each thread's in order. Between threads there is no order but the one that the blocks'
/// words give.
struct ExecutionTrace {
  var events: [TraceEvent] = []
  /// Events for which a ring had no room.
  var lost: UInt64 = 0

  /// Empties the rings into this value, replacing what it held and keeping its storage.
  mutating func drain() {
    var drained = events
    events = []
    drained.removeAll(keepingCapacity: true)
    lost = Trace.drain { batch in
      drained.reserveCapacity(drained.count + batch.count)
      for index in batch.indices { drained.append(batch[index]) }
    }
    events = drained
  }
}

/// A block's word, on which everything about it is decided (CArena/include/lw_arena.h).
struct BlockWord: Hashable {
  let bits: UInt64

  init(_ bits: UInt64) { self.bits = bits }

  var generation: UInt64 { lw_word_generation(bits) }
  var state: lw_block_state { lw_word_state(bits) }
  var writers: UInt32 { lw_word_writers(bits) }
  var loans: UInt32 { lw_word_loans(bits) }

  /// For sentences.
  var sentence: String {
    "(generation \(generation), state \(state.rawValue), \(loans) loans, \(writers) writers)"
  }
}
