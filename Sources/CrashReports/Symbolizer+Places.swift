// Where in its source a program stood, and which of its variables it was about, for those who tell its steps: lines,
// not stacks.
internal import FoundationEssentials

extension Symbolizer {
  /// Of addresses in the file at `program`, the places in its source: "file.c:12 in function". What is not known is
  /// left out, and frames of files below `library` are not the program's.
  public func places(of addresses: Set<UInt64>, in program: String, besides library: String) async -> [UInt64: String] {
    let asked = Set(addresses.map { CodeAddress(image: program, version: "", offset: $0) })
    let resolution = await resolve(asked)
    var places: [UInt64: String] = [:]
    for (address, frames) in resolution.frames {
      let own = frames.first { $0.file?.contains(library) == false }
      guard let own, let file = own.file, let line = own.line else { continue }
      let function = (own.name ?? own.symbol).map { " in \($0)" } ?? ""
      places[address.offset] = "\(URL(filePath: file).lastPathComponent):\(line)\(function)"
    }
    return places
  }

  /// Of addresses in the file at `program`, the variables there: "table", or "table+16" in the midst of one. What is
  /// not known is left out.
  public func variables(at addresses: Set<UInt64>, in program: String) async -> [UInt64: String] {
    guard !addresses.isEmpty, let tool = tools.symbolizer else { return [:] }
    return await SymbolizerRun.variables(at: addresses.sorted(), in: program, with: tool)
  }
}
