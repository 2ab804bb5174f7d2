// Swift's linker names become the names that people write, in one batch for all of a report.

struct DemangledName: Sendable, Hashable {
  /// "WaitHandleFuture.cancel()"
  let simple: String
  /// "Proactor.WaitHandleFuture.cancel() -> ()"
  let full: String
}

enum Demangler {
  static func isMangled(_ symbol: String) -> Bool {
    symbol.hasPrefix("$s") || symbol.hasPrefix("$S") || symbol.hasPrefix("_T0") || symbol.hasPrefix("$e")
  }

  /// Demangles `symbols`, all of which must be Swift's; what the tool leaves alone is absent.
  static func demangle(_ symbols: [String], with tool: String) async -> Result<[String: DemangledName], ToolFailure> {
    guard !symbols.isEmpty else { return .success([:]) }
    async let simple = lines(tool, ["--compact", "--simplified"], symbols)
    async let full = lines(tool, ["--compact"], symbols)
    switch await (simple, full) {
    case (.failure(let failure), _), (_, .failure(let failure)): return .failure(failure)
    case (.success(let simple), .success(let full)):
      guard simple.count == symbols.count, full.count == symbols.count else {
        return .failure(ToolFailure(sentence: "\(tool) answered \(simple.count) of \(symbols.count) names"))
      }
      var names: [String: DemangledName] = [:]
      for (index, symbol) in symbols.enumerated() where simple[index] != symbol {
        names[symbol] = DemangledName(simple: simple[index], full: full[index])
      }
      return .success(names)
    }
  }

  private static func lines(
    _ tool: String, _ options: [String], _ symbols: [String]
  ) async -> Result<[String], ToolFailure> {
    switch await ToolRun.run(tool, options, inputs: symbols) {
    case .failed(let sentence): .failure(ToolFailure(sentence: sentence))
    case .output(let text): .success(text.split(separator: "\n").map(String.init))
    }
  }
}
