// The second source of names, for machines without llvm-symbolizer: Swift's Runtime module, which reads the files of
// the images that this very process has loaded. It misnames chains of inlined C functions, so it is never the first.
internal import FoundationEssentials
internal import Runtime

enum OwnProcessSymbols {
  /// Resolves those of `addresses` that lie in images which this process has loaded too: its own records, and those of
  /// other processes of the same program.
  static func resolve(_ addresses: [CodeAddress]) -> [CodeAddress: [ResolvedFrame]] {
    let map = ImageMap.capture()
    var bases: [CodeAddress.ImageKey: UInt64] = [:]
    for image in map {
      guard let path = image.path, let id = image.uniqueID, let base = UInt64(image.baseAddress) else { continue }
      bases[CodeAddress.ImageKey(image: path, version: hexadecimal(id))] = base
    }
    var resolved: [CodeAddress: [ResolvedFrame]] = [:]
    guard let encodedMap = try? JSONEncoder().encode(map) else { return [:] }
    for address in addresses {
      guard let base = bases[address.key] else { continue }
      let frames = frames(at: base &+ address.offset, encodedMap)
      if !frames.isEmpty { resolved[address] = frames }
    }
    return resolved
  }

  /// A backtrace of one exact program counter is made through its coding: the only public way. The bytes are the
  /// format's version, the tag of a program counter, and the counter, most significant byte first.
  private static func frames(at counter: UInt64, _ encodedMap: Data) -> [ResolvedFrame] {
    let bytes: [UInt8] = [0x02, 0x1F] + (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * UInt64($0))) }
    let base64 = Data(bytes).base64EncodedString().prefix { $0 != "=" }
    var json = Data("{\"architecture\":\"x86_64\",\"backtrace\":\"\(base64)\",\"imageMap\":".utf8)
    json.append(encodedMap)
    json.append(UInt8(ascii: "}"))
    guard let backtrace = try? JSONDecoder().decode(Backtrace.self, from: json),
      let symbolicated = backtrace.symbolicated()
    else { return [] }
    return symbolicated.frames.compactMap { frame in
      guard let symbol = frame.symbol else { return nil }
      let location = symbol.sourceLocation
      return ResolvedFrame(
        symbol: symbol.rawName, name: baseOfDescription(symbol.name), description: symbol.name,
        offset: UInt64(exactly: symbol.offset), file: location?.path, line: location.map { Int($0.line) },
        column: location.flatMap { $0.column > 0 ? Int($0.column) : nil }, isInlined: frame.inlined)
    }
  }

  /// Runtime names functions with their result: "deep() -> ()".
  private static func baseOfDescription(_ name: String) -> String {
    guard let arrow = name.firstRange(of: " -> ") else { return name }
    return String(name[..<arrow.lowerBound])
  }
}
