// Children that are talked to, watched and stopped, all on one thread: `swift run subprocess-example`.
import AsyncProactor

@main
struct SubprocessExample {
  static func main() throws {
    try EventLoop.run { loop in
      try await sorted(on: loop, ["pear", "fig", "apple", "quince"])
      try await race(on: loop, seconds: [3600, 0, 3600])
    }
  }

  /// A child is fed and read at once: `sort` says nothing before its input has ended.
  static func sorted(on loop: EventLoop, _ words: [String]) async throws {
    let child = try await loop.spawn("sort", ["-r"])
    defer { child.close() }
    for word in words { try await child.input.write(word + "\n") }
    child.input.close()
    for try await line in child.output.lines { print("sorted:", line) }
    print("sort ended with", try await child.exitCode())
  }

  /// Children run side by side; the first one to end decides, and the others are killed.
  static func race(on loop: EventLoop, seconds: [Int]) async throws {
    try await withThrowingTaskGroup { group in
      for (number, seconds) in seconds.enumerated() {
        group.addTask {
          let child = try await loop.spawn("sleep", ["\(seconds)"], input: .null)
          defer { child.close() }  // also when the task is cancelled: then it kills the child
          return (number, try await child.exitCode())
        }
      }
      let (winner, code) = try await group.next()!
      print("child \(winner) ended first, with \(code)")
      group.cancelAll()
    }
    print("the others are gone")
  }
}
