// What README shows as Swift, brought into one form: without comments, imports and indentation, because a test that has
// the same code has it inside of something.

enum ReadmeExamples {
  /// The blocks marked as Swift.
  static func all(in readme: SourceFile) -> [String] {
    var examples: [String] = []
    var block: [Substring]?
    for line in readme.lines {
      if line == "```swift" {
        block = []
      } else if line == "```", let lines = block {
        examples.append(code(of: lines))
        block = nil
      } else {
        block?.append(line)
      }
    }
    return examples
  }

  static func code(of lines: [Substring]) -> String {
    lines.compactMap { line in
      let words = line.prefix(comment(in: line)).split(separator: " ").joined(separator: " ")
      return words.isEmpty || words.hasPrefix("import ") ? nil : words
    }.joined(separator: "\n")
  }

  /// How many characters stand before the comment of a line.
  private static func comment(in line: Substring) -> Int {
    line.firstRange(of: "//").map { line.distance(from: line.startIndex, to: $0.lowerBound) } ?? line.count
  }
}
