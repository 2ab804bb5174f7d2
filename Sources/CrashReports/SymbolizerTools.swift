// Where the two programs are that turn addresses into names: llvm-symbolizer and swift-demangle, of the toolchain that
// the running program's Swift comes from before any other, since an old symbolizer misreads what a new compiler
// writes.
internal import FoundationEssentials
internal import Glibc
internal import Runtime
internal import Subprocess

/// The programs a symbolizer runs; nil is "not there".
public struct SymbolizerTools: Sendable, Hashable {
  /// Path of llvm-symbolizer, version 13 or later.
  public var symbolizer: String?
  /// Path of swift-demangle.
  public var demangler: String?

  /// Names the programs to run.
  public init(symbolizer: String?, demangler: String?) {
    self.symbolizer = symbolizer
    self.demangler = demangler
  }

  /// Looks for both: LATEWRITE_SYMBOLIZER (the symbolizer alone, and then no other), the toolchain next to the running
  /// Swift, PATH.
  public static func found() -> SymbolizerTools {
    let environment = ProcessInfo.processInfo.environment
    let search = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let directories = toolchains(search) + search
    let demangler = first("swift-demangle", in: directories)
    if let chosen = environment["LATEWRITE_SYMBOLIZER"], !chosen.isEmpty {
      return SymbolizerTools(symbolizer: FileContents.isExecutable(chosen) ? chosen : nil, demangler: demangler)
    }
    return SymbolizerTools(symbolizer: first("llvm-symbolizer", in: directories), demangler: demangler)
  }

  private static func first(_ name: String, in directories: [String]) -> String? {
    directories.lazy.map { "\($0)/\(name)" }.first(where: FileContents.isExecutable)
  }

  /// The folder of programs beside the Swift library that this process runs with, and beside the `swift` of PATH.
  private static func toolchains(_ search: [String]) -> [String] {
    var found: [String] = []
    if let library = ownSwiftLibrary() {
      // <toolchain>/usr/lib/swift/linux/libswiftCore.so
      found.append(library.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } + "/bin")
    }
    if let swift = first("swift", in: search), let resolved = unsafe realpath(swift, nil) {
      defer { unsafe free(resolved) }
      let path = unsafe String(cString: resolved)
      found.append(path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
    }
    return found
  }

  private static func ownSwiftLibrary() -> String? {
    ImageMap.capture().lazy.compactMap(\.path).first { $0.hasSuffix("/libswiftCore.so") }
  }
}
