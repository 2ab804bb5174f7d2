// Dependencies point down only. The order below is DESIGN.md's picture; a module may import what stands above its own
// line here and nothing else of ours.
enum LayerRules {
  /// Lowest first. Modules of one line do not know each other.
  static let layers: [[String]] = [
    ["CStack"], ["CSchedule"], ["CArena"], ["CWin32"], ["CRuntime", "COverlapped"],
    ["Latewrite"], ["OverlappedIO", "CrashReports", "Exploration"], ["Proactor", "LatewriteTesting"],
    ["AsyncProactor"], ["Harness"],
    [
      "latewrite_cli", "AllocateBenchmark", "WaitBenchmark", "ExploreBenchmark", "EchoBenchmark", "SubprocessBenchmark",
      "EchoServerExample", "SubprocessExample",
    ],
  ]

  static func layer(of module: String) -> Int? { layers.firstIndex { $0.contains(module) } }

  /// The module that a path belongs to; nil outside the layers.
  static func module(of path: String) -> String? {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count > 2, parts[0] == "CShims" || parts[0] == "Sources" else { return nil }
    return parts[1].replacing("-", with: "_")
  }

  /// Imports and includes that point up or sideways.
  static func arrows(_ file: SourceFile, owners: [String: String]) -> [StyleBreach] {
    guard let module = module(of: file.path), let own = layer(of: module) else { return [] }
    let swiftImport = /^(?:@\S+ )*(?:public |internal |package |private )?import (\w+)/
    var breaches: [StyleBreach] = []
    for (index, line) in file.lines.enumerated() {
      let target: String?
      if file.isSwift, let match = line.firstMatch(of: swiftImport) {
        target = String(match.1)
      } else if file.isC, let match = line.firstMatch(of: /^#include ["<]([\w.\/]+)[">]/) {
        target = owners[String(match.1)]
      } else {
        target = nil
      }
      guard let target, target != module, let other = layer(of: target) else { continue }
      if other >= own {
        breaches.append(
          StyleBreach(
            path: file.path, line: index + 1, sentence: "\(module) may not depend on \(target): arrows point down"))
      }
    }
    return breaches
  }

  /// Which module a public header belongs to, by the name it is included under.
  static func headerOwners(_ files: [SourceFile]) -> [String: String] {
    var owners: [String: String] = [:]
    for file in files where file.path.hasPrefix("CShims/") && file.path.contains("/include/") {
      owners[file.name] = module(of: file.path)
    }
    return owners
  }
}
