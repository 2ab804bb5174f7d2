// Whose code a frame is. The top frame that is the program's own names the bug: in the signature, in the title, and as
// the place where a test fails. Latewrite's C layers and their thin Swift faces stand between that frame and the
// finding.

enum FrameOrigin: Hashable, Sendable {
  case app
  /// The C layers, or the Swift modules that only wrap them.
  case latewrite
  /// The system, the toolchain, or code without a source file.
  case system

  private static let ownFolders =
    ["CStack", "CSchedule", "CArena", "CWin32", "CRuntime", "COverlapped"].map { "/CShims/\($0)/" }
    + ["Latewrite", "OverlappedIO", "LatewriteTesting"].map { "/Sources/\($0)/" }
  private static let systemFolders = ["/usr/", "/lib/", "/lib64/", "/build/", "/home/build-user/"]

  /// `file` is the frame's source file, `symbol` its name to the linker, `image` the path of the image that it is in.
  init(file: String?, symbol: String?, image: String?) {
    if let file, Self.ownFolders.contains(where: file.contains) {
      self = .latewrite
    } else if file == nil, let symbol, symbol.hasPrefix("lw_") {
      // Built without debug information: all C symbols of Latewrite, and no others, begin so.
      self = .latewrite
    } else if let file, !Self.isSystem(file: file), !Self.isSystem(image: image) {
      self = .app
    } else {
      self = .system
    }
  }

  /// What a macro expands to is the toolchain's too: the frame around it is in the file that people know.
  private static func isSystem(file: String) -> Bool {
    file.hasSuffix(">") || file.contains("/swift-generated-sources/") || systemFolders.contains { file.hasPrefix($0) }
      || file.contains("/usr/lib/swift/")
  }

  /// The modules that take stacks down: they stand on top of each one.
  static func isRecorder(file: String) -> Bool {
    ["CStack", "CSchedule", "CArena"].contains { file.contains("/CShims/\($0)/") }
  }

  static func isSystem(image: String?) -> Bool {
    guard let image else { return true }
    return ["/usr/lib", "/lib", "["].contains { image.hasPrefix($0) } || image.contains("/usr/lib/swift/")
  }
}

enum BaseName {
  private static let prefixes = [
    "specialized ", "merged ", "static ", "@objc ", "@nonobjc ", "partial apply for ", "protocol witness for ",
    "implicit closure ", "closure ", "dispatch thunk of ", "override ",
  ]

  /// A function's name without arguments, generics and what the compiler made of it: "specialized Box.go<A>(_:)" is
  /// "Box.go", "closure #1 in Loop.run()" is "Loop.run".
  static func of(_ name: String) -> String {
    var rest = Substring(name)
    if let witness = rest.firstRange(of: " in conformance ") { rest = rest[..<witness.lowerBound] }
    if let enclosing = rest.ranges(of: " in ").last { rest = rest[enclosing.upperBound...] }
    while let prefix = prefixes.first(where: { rest.hasPrefix($0) }) { rest = rest.dropFirst(prefix.count) }
    let base = withoutGenerics(rest).prefix { $0 != "(" }
    let plain = base.isEmpty ? String(rest) : String(base)
    return plain.replacing(".__deallocating_deinit", with: ".deinit").replacing(".__allocating_init", with: ".init")
  }

  /// Drops balanced <...>; a name with an operator in it is left as it is.
  private static func withoutGenerics(_ name: Substring) -> String {
    var kept = ""
    var depth = 0
    for character in name {
      if character == "<" {
        depth += 1
      } else if character == ">" {
        depth -= 1
      } else if depth == 0 {
        kept.append(character)
      }
      if depth < 0 { return String(name) }
    }
    return depth == 0 ? kept : String(name)
  }
}
