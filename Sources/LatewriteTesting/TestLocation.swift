// Where a finding is shown: at the line of the test's own code that freed too early, so that an editor marks it there.
internal import CrashReports
internal import Testing

enum TestLocation {
  /// The place of `report` in the program's own code; the test itself when the report knows none.
  static func of(_ report: CrashReport, in test: Test) -> SourceLocation {
    guard let place = report.location, let line = place.line, line > 0 else { return test.sourceLocation }
    return SourceLocation(
      fileID: fileID(of: place.file, in: test), filePath: place.file, line: line, column: max(1, place.column ?? 1))
  }

  /// "Module/File.swift" for a path: the test's own where it is the same file, else by the layout of a package, where
  /// the folder below Sources or Tests is named after its module.
  static func fileID(of path: String, in test: Test) -> String {
    let own = test.sourceLocation
    let parts = path.split(separator: "/").map(String.init)
    if parts.last == own.fileID.split(separator: "/").last.map(String.init), path.hasSuffix(own.fileID) {
      return own.fileID
    }
    guard let file = parts.last else { return own.fileID }
    let root = parts.lastIndex { $0 == "Sources" || $0 == "Tests" }
    let module = root.flatMap { parts.indices.contains($0 + 2) ? parts[$0 + 1] : nil } ?? "program"
    return "\(module)/\(file)"
  }

  /// The first line of a report and the plain words below it.
  static func headline(of text: String) -> String {
    let lines = text.split(separator: "\n")
    let words = lines.dropFirst().prefix { $0.hasPrefix("  ") }.map { $0.drop { $0 == " " } }
    return [String(lines.first ?? ""), words.joined(separator: " ")].joined(separator: "\n")
  }
}
