// Who departs from the default rule, and the portfolio of those who do. No single strategy is enough: a random walk
// finds nothing when one thread has fifty more steps than another, and priorities find little where many short windows
// must meet (shared reference: none in 107,000 executions against one in 121, and the other way round).
internal import CSchedule

/// A strategy of one execution.
public enum Strategy: Sendable, Hashable {
  /// Only what is prescribed.
  case none
  /// A random walk that departs by preference where the life of a block is touched.
  case random
  /// Random priorities with `depth` - 1 random points of change.
  case pct(depth: UInt32)
  /// A random priority for each act, drawn anew for what races with the last one.
  case pos
  /// Random priorities, often with slow borrowers; now and then a thread is held up where it ends a request or a block,
  /// or where it writes for the request.
  case lending

  /// As the command line and the results name it.
  public var name: String {
    switch self {
    case .none: "none"
    case .random: "random"
    case .pct(let depth): "pct\(depth)"
    case .pos: "pos"
    case .lending: "lending"
    }
  }

  func c(seed: UInt64, steps: UInt32) -> lw_strategy {
    let (kind, depth): (lw_strategy_kind, UInt32) =
      switch self {
      case .none: (.LW_STRATEGY_NONE, 0)
      case .random: (.LW_STRATEGY_RANDOM, 0)
      case .pct(let depth): (.LW_STRATEGY_PCT, depth)
      case .pos: (.LW_STRATEGY_POS, 0)
      case .lending: (.LW_STRATEGY_LENDING, 0)
      }
    return lw_strategy(kind: kind, seed: seed, depth: depth, steps: steps)
  }
}

/// Strategies that take turns, execution by execution.
public struct Portfolio: Sendable, Hashable {
  /// As the command line names it.
  public let name: String
  /// They take turns in this order.
  public let strategies: [Strategy]

  /// All of them, the one for what is lent most often.
  public static let standard = Portfolio(
    name: "portfolio",
    strategies: [
      .lending, .random, .lending, .pct(depth: 2), .lending, .pos, .lending, .pct(depth: 3), .lending, .random,
    ])

  /// Every portfolio that can be asked for by name.
  public static let all: [Portfolio] =
    [standard]
    + [Strategy.random, .pos, .lending, .pct(depth: 2), .pct(depth: 3), .pct(depth: 4)].map {
      Portfolio(name: $0.name, strategies: [$0])
    }

  /// The strategy of execution `number` of a program that lends something, or not: then a random walk stands in for the
  /// strategy for that, being the quickest where threads are short.
  package func strategy(of number: UInt64, lends: Bool) -> Strategy {
    let strategy = strategies[Int(number % UInt64(strategies.count))]
    return strategy == .lending && !lends ? .random : strategy
  }
}
