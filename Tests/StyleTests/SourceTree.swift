// The files that the style test looks at: what git tracks, and what it would.
import Foundation

/// A text file of the repository.
struct SourceFile {
  /// Relative to the repository.
  let path: String
  let text: String
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  var isSwift: Bool { path.hasSuffix(".swift") }
  var isC: Bool { path.hasSuffix(".c") || path.hasSuffix(".h") }
}

/// One place that breaks a rule of style, printed as compilers do.
struct StyleBreach: CustomStringConvertible {
  let path: String
  let line: Int
  let sentence: String
  var description: String { "\(path):\(line): \(sentence)" }
}

/// `git ls-files` failed, so there is nothing to look at.
struct NoRepository: Error {}

enum SourceTree {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every tracked or untracked, not ignored, file.
  static func paths() throws -> [String] {
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "-C", root.path, "ls-files", "--cached", "--others", "--exclude-standard"]
    let output = Pipe()
    git.standardOutput = output
    try git.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { throw NoRepository() }
    let all = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    return Set(all).filter { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }.sorted()
  }

  /// The files with source text, read whole.
  static func sources() throws -> [SourceFile] {
    try paths().compactMap { path in
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      return SourceFile(path: path, text: text)
    }
  }
}
