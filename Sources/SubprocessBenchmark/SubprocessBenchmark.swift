// Spawn and wait, for tools/bench: microseconds a child, through the proactor and by swift-subprocess, in turns.
internal import AsyncProactor
internal import Subprocess

@main
enum SubprocessBenchmark {
  private static let children = 200
  private static let rounds = 5

  static func main() async throws {
    var best: [String: Duration] = [:]
    for _ in 0..<rounds {
      for (name, run) in [("spawn.proactor", byProactor), ("spawn.subprocess", bySubprocess)] {
        let elapsed = try await ContinuousClock().measure { try await run() }
        best[name] = min(best[name] ?? elapsed, elapsed)
      }
    }
    for (name, elapsed) in best.sorted(by: { $0.key < $1.key }) {
      print("\(name) 1 \(elapsed / children / .nanoseconds(1))")
    }
  }

  @Sendable private static func byProactor() async throws {
    try await EventLoop.run { loop in
      for _ in 0..<children {
        let child = try await loop.spawn("/bin/true", input: .null, output: .null)
        guard try await child.exitCode() == 0 else { fatalError("/bin/true failed") }
      }
    }
  }

  @Sendable private static func bySubprocess() async throws {
    for _ in 0..<children {
      let result = try await Subprocess.run(.name("true"), output: .discarded)
      guard result.terminationStatus.isSuccess else { fatalError("/bin/true failed") }
    }
  }
}
