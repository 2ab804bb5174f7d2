// The second source of names, for machines without llvm-symbolizer: what this very process has loaded (LoadedCode). It
// misnames chains of inlined C functions, so it is never the first.
internal import Latewrite
internal import Runtime

enum OwnProcessSymbols {
  /// Resolves those of `addresses` that lie in images which this process has loaded too: its own records, and those of
  /// other processes of the same program.
  static func resolve(_ addresses: [CodeAddress]) -> [CodeAddress: [ResolvedFrame]] {
    guard let code = LoadedCode() else { return [:] }
    var bases: [CodeAddress.ImageKey: UInt64] = [:]
    for image in code.images {
      guard let path = image.path, let id = image.uniqueID, let base = UInt64(image.baseAddress) else { continue }
      bases[CodeAddress.ImageKey(image: path, version: hexadecimal(id))] = base
    }
    let counters = addresses.compactMap { address in bases[address.key].map { (address, $0 &+ address.offset) } }
    let frames = code.frames(at: Set(counters.map(\.1)).sorted())
    var resolved: [CodeAddress: [ResolvedFrame]] = [:]
    for (address, counter) in counters { resolved[address] = frames[counter]?.compactMap(ResolvedFrame.init) }
    return resolved.filter { !$0.value.isEmpty }
  }
}

extension ResolvedFrame {
  /// nil when it has no name.
  fileprivate init?(_ frame: SymbolicatedBacktrace.Frame) {
    guard let symbol = frame.symbol else { return nil }
    let location = symbol.sourceLocation
    self.init(
      symbol: symbol.rawName, name: Self.baseOfDescription(symbol.name), description: symbol.name,
      offset: UInt64(exactly: symbol.offset), file: location?.path, line: location.map { Int($0.line) },
      column: location.flatMap { $0.column > 0 ? Int($0.column) : nil }, isInlined: frame.inlined)
  }

  /// Runtime names functions with their result: "deep() -> ()".
  private static func baseOfDescription(_ name: String) -> String {
    guard let arrow = name.firstRange(of: " -> ") else { return name }
    return String(name[..<arrow.lowerBound])
  }
}
