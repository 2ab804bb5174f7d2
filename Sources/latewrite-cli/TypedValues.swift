// Values on the command line that are more than a number or a word.
internal import ArgumentParser
internal import Harness

/// "10s", "500ms", "2m", "1h"; more than nothing.
struct TypedDuration: ExpressibleByArgument {
  let nanoseconds: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units: [Substring: Double] = ["ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9]
    guard let number = Double(digits), let unit = units[argument.dropFirst(digits.count)] else { return nil }
    let product = number * unit
    guard product >= 1, product <= 1e18 else { return nil }
    nanoseconds = UInt64(product)
  }
}

/// "i/n": part i, from 1 to n, of n.
struct TypedShard: ExpressibleByArgument {
  let shard: Shard

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = UInt64(parts[0]), let count = UInt64(parts[1]), (1...1_000_000).contains(count),
      (1...count).contains(index)
    else { return nil }
    shard = Shard(index: index - 1, count: count)
  }
}

/// A case of an enum, typed by its name.
struct TypedCase<Value: CaseIterable & Sendable>: ExpressibleByArgument {
  let value: Value

  init(_ value: Value) { self.value = value }

  init?(argument: String) {
    guard let named = Value.allCases.first(where: { "\($0)" == argument }) else { return nil }
    value = named
  }

  static var allValueStrings: [String] { Value.allCases.map { "\($0)" } }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }

  var defaultValueDescription: String { "\(value)" }
}

/// How results are printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
