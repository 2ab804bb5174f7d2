// Names and lines of code that this very process has loaded, by Swift's Runtime module, which reads the files of its
// images. It misnames chains of inlined C functions, so reports ask llvm-symbolizer first (CrashReports); here it is
// what needs no other process.
internal import FoundationEssentials
package import Runtime

/// The images of the process as they are now.
package struct LoadedCode {
  /// One of them: where it lies.
  package let images: ImageMap
  private let encodedImages: Data

  /// nil when the map of images cannot be handed on.
  package init?() {
    images = ImageMap.capture()
    guard let encoded = try? JSONEncoder().encode(images) else { return nil }
    encodedImages = encoded
  }

  /// What the instructions at `counters` are part of, each one's frames innermost first: several when functions were
  /// inlined. Those of which nothing is known are absent. Files are read once for all of them, which is what it costs.
  ///
  /// A backtrace of exact program counters is made through its coding: the only public way. The bytes are the format's
  /// version, and of each counter the tag of a program counter, and itself, most significant byte first.
  package func frames(at counters: [UInt64]) -> [UInt64: [SymbolicatedBacktrace.Frame]] {
    let bytes: [UInt8] = [0x02] + counters.flatMap(Self.tagged)
    let base64 = Data(bytes).base64EncodedString().prefix { $0 != "=" }
    var json = Data("{\"architecture\":\"x86_64\",\"backtrace\":\"\(base64)\",\"imageMap\":".utf8)
    json.append(encodedImages)
    json.append(UInt8(ascii: "}"))
    let backtrace = try? JSONDecoder().decode(Backtrace.self, from: json)
    var frames: [UInt64: [SymbolicatedBacktrace.Frame]] = [:]
    for frame in backtrace?.symbolicated()?.frames ?? [] {
      guard case .programCounter(let address) = frame.captured, let counter = UInt64(address) else { continue }
      frames[counter, default: []].append(frame)
    }
    return frames
  }

  private static func tagged(_ counter: UInt64) -> [UInt8] {
    [0x1F] + (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * UInt64($0))) }
  }
}

/// A line of this process's own source.
package struct SourceLine: CustomStringConvertible, Sendable {
  /// As `#fileID` has it, where folders are named after modules.
  package let file: String
  package let line: Int
  package var description: String { "\(file):\(line)" }

  /// The lines that the instructions at `counters` are part of, of the innermost function that is not the standard
  /// library's; those that are not known are absent. Of an instruction that was made from several lines, or from none,
  /// the compiler notes none; then it is that of one close by.
  package static func ofCode(at counters: Set<UInt64>) -> [UInt64: SourceLine] {
    guard !counters.isEmpty, let code = LoadedCode() else { return [:] }
    let nearby = Set(counters.flatMap { counter in distances.map { counter &+ UInt64(bitPattern: $0) } })
    let lines = code.frames(at: nearby.sorted()).compactMapValues { frames in
      frames.lazy.compactMap { $0.symbol?.sourceLocation }.first { $0.line > 0 && isOwn($0.path) }.map(SourceLine.init)
    }
    let found = counters.map { counter in
      (counter, distances.lazy.compactMap { lines[counter &+ UInt64(bitPattern: $0)] }.first)
    }
    return Dictionary(uniqueKeysWithValues: found).compactMapValues { $0 }
  }

  /// In bytes: about as far as the next instruction but three.
  private static let distances: [Int64] = [0, 8, -8, 16, -16, 24, -24]

  private init(_ location: SymbolicatedBacktrace.SourceLocation) {
    file = location.path.split(separator: "/").suffix(2).joined(separator: "/")
    line = location.line
  }

  private static func isOwn(_ path: String) -> Bool { path.hasSuffix(".swift") && !path.contains("/stdlib/public/") }
}
