// Addresses to names and lines, for everything this module renders: one run of llvm-symbolizer and one batch of
// swift-demangle for all that is new, nothing for what was asked before. Whatever was not to be had is said in a note,
// and the report shows image and offset there.
internal import CArena

/// Turns recorded addresses into functions and source lines; keeps what it found for the life of the object.
public actor Symbolizer {
  /// The one of the process.
  public static let shared = Symbolizer()

  let tools: SymbolizerTools
  private var known: [CodeAddress: [ResolvedFrame]] = [:]

  private static let secondBest =
    "names are those that the reporting program knows itself (inlined C functions may be missing), other frames are "
    + "image+offset"

  /// How often llvm-symbolizer was started.
  private(set) var runs = 0

  /// `tools` are those of this machine unless named.
  public init(tools: SymbolizerTools = .found()) {
    self.tools = tools
  }

  /// What addresses are, and sentences about what could not be found out.
  struct Resolution: Sendable {
    var frames: [CodeAddress: [ResolvedFrame]] = [:]
    var notes: [String] = []
  }

  /// Resolves `addresses`, each of an image that is still the one that was loaded.
  func resolve(_ addresses: Set<CodeAddress>) async -> Resolution {
    var resolution = Resolution()
    let new = addresses.filter { known[$0] == nil }.sorted { ($0.image, $0.offset) < ($1.image, $1.offset) }
    if !new.isEmpty {
      let fresh = await resolveNew(new, &resolution.notes)
      // Second-best answers are not kept, so that the next report says again that they are.
      if resolution.notes.isEmpty {
        for address in new { known[address] = fresh[address] ?? [] }
      }
      resolution.frames = fresh
    }
    for address in addresses {
      if let frames = known[address], !frames.isEmpty { resolution.frames[address] = frames }
    }
    return resolution
  }

  private func resolveNew(_ addresses: [CodeAddress], _ notes: inout [String]) async -> [CodeAddress: [ResolvedFrame]] {
    guard let symbolizer = tools.symbolizer else {
      notes.append(
        "llvm-symbolizer was not found: \(Self.secondBest); install it or set LATEWRITE_SYMBOLIZER to its path")
      return OwnProcessSymbols.resolve(addresses)
    }
    runs += 1
    switch await SymbolizerRun.resolve(addresses, with: symbolizer) {
    case .failure(let failure):
      notes.append("\(failure.sentence): \(Self.secondBest)")
      return OwnProcessSymbols.resolve(addresses)
    case .success(var frames):
      await demangle(&frames, &notes)
      return frames
    }
  }

  private func demangle(_ frames: inout [CodeAddress: [ResolvedFrame]], _ notes: inout [String]) async {
    let mangled = Set(frames.values.joined().compactMap(\.symbol).filter(Demangler.isMangled)).sorted()
    var names: [String: DemangledName] = [:]
    if !mangled.isEmpty {
      if let demangler = tools.demangler {
        switch await Demangler.demangle(mangled, with: demangler) {
        case .success(let found): names = found
        case .failure(let failure): notes.append("\(failure.sentence): Swift names are shown as the linker knows them")
        }
      } else {
        notes.append("swift-demangle was not found: Swift names are shown as the linker knows them")
      }
    }
    for address in Array(frames.keys) {
      frames[address] = frames[address]?.map { frame in
        var frame = frame
        frame.name = frame.symbol.flatMap { names[$0]?.simple } ?? frame.symbol
        frame.description = frame.symbol.flatMap { names[$0]?.full } ?? frame.symbol
        return frame
      }
    }
  }
}

extension CodeAddress {
  /// The image of an address, in one of its builds.
  struct ImageKey: Hashable {
    let image: String
    let version: String
  }

  var key: ImageKey { ImageKey(image: image, version: version) }
}
