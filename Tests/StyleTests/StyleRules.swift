// The rules of style, each a function from a file to its breaches. A rule says in its sentence what to do instead.
import Foundation

enum StyleRules {
  static let lineLengthMax = 120
  static let fileLinesMax = 400
  static let functionLinesMax = 70

  static func lineLength(_ file: SourceFile) -> [StyleBreach] {
    guard file.isSwift || file.isC else { return [] }
    return file.lines.enumerated().compactMap { index, line in
      line.count > lineLengthMax && !line.contains("http")
        ? StyleBreach(path: file.path, line: index + 1, sentence: "\(line.count) columns, break it at \(lineLengthMax)")
        : nil
    }
  }

  static func fileLength(_ file: SourceFile) -> [StyleBreach] {
    guard file.isSwift || file.isC, file.lines.count > fileLinesMax else { return [] }
    return [
      StyleBreach(
        path: file.path, line: file.lines.count,
        sentence: "\(file.lines.count) lines: is it really one mechanism? Split it below \(fileLinesMax)")
    ]
  }

  /// A file opens with why it exists.
  static func opensWithReason(_ file: SourceFile) -> [StyleBreach] {
    guard file.isSwift || file.isC else { return [] }
    let first = file.lines.first { !$0.isEmpty && !$0.hasPrefix("// swift-tools-version") } ?? ""
    return first.hasPrefix("//")
      ? [] : [StyleBreach(path: file.path, line: 1, sentence: "open the file with a comment that says why it exists")]
  }

  /// A function runs from a line that opens a brace at its indentation to the line that closes it there.
  static func functionLength(_ file: SourceFile) -> [StyleBreach] {
    guard file.isSwift || file.isC else { return [] }
    var breaches: [StyleBreach] = []
    var open: (indent: Int, line: Int, name: String)?
    for (index, line) in file.lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let body = line.dropFirst(indent)
      if let start = open, indent == start.indent, body.hasPrefix("}") {
        let length = index - start.line + 1
        if length > functionLinesMax {
          breaches.append(
            StyleBreach(
              path: file.path, line: start.line + 1,
              sentence: "\(start.name) has \(length) lines, split it below \(functionLinesMax)"))
        }
        open = nil
      } else if open == nil, beginsFunction(body, indent: indent, isC: file.isC) {
        open = (indent, index, String(body.prefix(60)))
      }
    }
    return breaches
  }

  private static func beginsFunction(_ body: Substring, indent: Int, isC: Bool) -> Bool {
    if isC {
      return indent == 0 && body.hasSuffix("{") && body.contains("(") && !body.hasPrefix("typedef")
        && !body.hasPrefix("struct") && !body.hasPrefix("enum") && !body.hasPrefix("#")
    }
    let words = body.split(separator: " ")
    return body.hasSuffix("{") && words.contains { $0 == "func" || $0.hasPrefix("init(") || $0.hasPrefix("init<") }
  }

  /// Names that hide a concept.
  static func fileNames(_ file: SourceFile) -> [StyleBreach] {
    let banned = ["util", "helper", "manager", "misc", "common"]
    let name = file.name.lowercased()
    return banned.filter { name.contains($0) }.map {
      StyleBreach(path: file.path, line: 1, sentence: "'\($0)' in a file name hides what lives there")
    }
  }

  /// Text that may not be left over, with what to do instead. The style test's own tables are not looked at.
  static func leftovers(_ file: SourceFile) -> [StyleBreach] {
    guard !file.path.hasPrefix("Tests/StyleTests/") else { return [] }
    let patterns: [(String, String)] = [
      (#"\b(TODO|FIXME|XXX|HACK)\b"#, "do it now or file it as an issue"),
      (#"(^|[^A-Za-z0-9_.])/(work|farm|root)/"#, "a path of one machine"),
      (#"/tmp/bash_jobs"#, "a path of one machine"),
    ]
    return breaches(of: patterns, in: file)
  }

  /// What only some folders may do.
  static func bannedCalls(_ file: SourceFile) -> [StyleBreach] {
    var patterns: [(String, String)] = []
    if file.isSwift && file.path.hasPrefix("Sources/") {
      patterns.append((#"\bprecondition(Failure)?\("#, "release drops its text: say it with fatalError"))
    }
    // CSchedule is what waits; its own tests cannot wait through what they test, so they yield between looks. A program
    // or a scenario under control sleeps by the usual names.
    let isAboutWaiting = [
      "Tests/StyleTests/", "CShims/CSchedule/", "Tests/CScheduleTests/", "CShims/CRuntime/src/posix_time",
      "Tests/CommandTests/programs/posix_calls", "Tests/ExplorationTests/FoundationLockTests",
    ]
    .contains { file.path.hasPrefix($0) }
    if (file.isSwift || file.isC) && !isAboutWaiting {
      patterns.append((#"\b(usleep|nanosleep|sleep|sched_yield)\("#, "wait on an event or park"))
      patterns.append((#"Thread\.sleep|Task\.sleep"#, "wait on an event or park"))
    }
    let belowTheCommand = file.path.hasPrefix("Sources/") && !file.path.hasPrefix("Sources/latewrite-cli/")
    if file.isSwift && belowTheCommand {
      patterns.append((#"\bMutex[<(]|import Dispatch\b"#, "only CSchedule locks and waits: use Lock"))
    }
    if file.path.hasPrefix("CShims/") && file.path.hasSuffix(".c") && !file.path.hasPrefix("CShims/CRuntime/") {
      patterns.append(
        (#"[^_a-z](malloc|calloc|realloc|strdup)\("#, "the C layers never use malloc: lw_pages or lw_pool"))
      patterns.append((#"\bpthread_(mutex|cond|rwlock|spin)_"#, "only CSchedule locks and waits: use lw_lock"))
    }
    return breaches(of: patterns, in: file)
  }

  /// Each memory order that is not sequentially consistent says why it is enough, on its line or in the comment above.
  static func memoryOrders(_ file: SourceFile) -> [StyleBreach] {
    guard file.path.hasPrefix("CShims/"), file.isC else { return [] }
    let weak = /memory_order_(relaxed|acquire|release|acq_rel)|__ATOMIC_(RELAXED|ACQUIRE|RELEASE|ACQ_REL)/
    let lines = file.lines
    return lines.indices.compactMap { index in
      guard lines[index].contains(weak) else { return nil }
      let context = lines[max(0, index - 8)...index]
      return context.contains { $0.contains("//") }
        ? nil : StyleBreach(path: file.path, line: index + 1, sentence: "say why this memory order is enough")
    }
  }

  private static func breaches(of patterns: [(String, String)], in file: SourceFile) -> [StyleBreach] {
    var found: [StyleBreach] = []
    for (pattern, sentence) in patterns {
      guard let regex = try? Regex(pattern), file.text.contains(regex) else { continue }
      for (index, line) in file.lines.enumerated() where line.contains(regex) {
        let code = line.drop { $0 == " " }
        if code.hasPrefix("//") && !sentence.contains("issue") && !sentence.contains("machine") { continue }
        found.append(StyleBreach(path: file.path, line: index + 1, sentence: sentence))
      }
    }
    return found
  }
}
