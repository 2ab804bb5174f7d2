// Whether acts on one word fit behind each other. Threads note their acts apart, so the order is not known; but a word
// that only changes by compare-and-swap passes through its values one after the other, so the acts, as edges from value
// to value, form one trail. That is decided without an order (Euler): at every value but the first and the last as many
// edges go out as come in, and all edges hang together.
internal import CArena

enum Trail {
  /// Checks that `edges` (word before, word after) form one trail and returns the word at its end. The word at its
  /// start must be at rest: no loans, no writers, not live. There is at least one edge.
  static func last(of edges: some Sequence<(UInt64, UInt64)>, slot: UInt64) throws(TraceDisagreement) -> BlockWord {
    let edges = Array(edges)
    var ends: [(word: UInt64, out: Int)] = []
    ends.reserveCapacity(edges.count * 2)
    for (before, after) in edges {
      ends.append((before, 1))
      ends.append((after, -1))
    }
    ends.sort { $0.word < $1.word }

    var words: [UInt64] = []
    var first: UInt64?
    var last: UInt64?
    var index = 0
    while index < ends.count {
      let word = ends[index].word
      var out = 0
      while index < ends.count && ends[index].word == word {
        out += ends[index].out
        index += 1
      }
      words.append(word)
      switch out {
      case 0: continue
      case 1 where first == nil: first = word
      case -1 where last == nil: last = word
      default:
        let missing = out > 0 ? "led to" : "led from"
        throw TraceDisagreement(
          slot: slot, sentence: "\(abs(out)) acts that \(missing) \(BlockWord(word).sentence) are missing")
      }
    }
    try checkConnected(edges, words: words, slot: slot)
    return try rested(first: first, last: last, words: words, slot: slot)
  }

  /// The end of the trail, if its start was a block at rest.
  private static func rested(
    first: UInt64?, last: UInt64?, words: [UInt64], slot: UInt64
  ) throws(TraceDisagreement) -> BlockWord {
    // Without an imbalance the trail is closed: it ends where it began, at the one word of them that is at rest.
    let start = first ?? words.first { isAtRest(BlockWord($0)) }
    guard let start, isAtRest(BlockWord(start)) else {
      let word = start.map { BlockWord($0).sentence } ?? "no word at rest"
      throw TraceDisagreement(slot: slot, sentence: "its acts begin at \(word): what led there is missing")
    }
    return BlockWord(last ?? start)
  }

  private static func isAtRest(_ word: BlockWord) -> Bool {
    word.loans == 0 && word.writers == 0 && (word.state == .LW_BLOCK_FREE || word.state == .LW_BLOCK_QUARANTINED)
  }

  private static func checkConnected(
    _ edges: [(UInt64, UInt64)], words: [UInt64], slot: UInt64
  ) throws(TraceDisagreement) {
    var parents = Array(words.indices)
    func root(of node: Int) -> Int {
      var node = node
      while parents[node] != node {
        parents[node] = parents[parents[node]]
        node = parents[node]
      }
      return node
    }
    var components = words.count
    for (before, after) in edges {
      let one = root(of: position(of: before, in: words))
      let other = root(of: position(of: after, in: words))
      if one != other {
        parents[one] = other
        components -= 1
      }
    }
    if components != 1 {
      throw TraceDisagreement(slot: slot, sentence: "its acts fall into \(components) parts that nothing connects")
    }
  }

  /// Where `word` stands in the ascending `words`, in which it is.
  private static func position(of word: UInt64, in words: [UInt64]) -> Int {
    var low = 0
    var high = words.count - 1
    while low < high {
      let middle = (low + high) / 2
      if words[middle] < word { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
