// Children of tasks: streams, exit codes, ends of every kind, cancelling, and many at once.
import AsyncProactor
import LatewriteTesting
import OverlappedIO
import Proactor
import Testing

@Suite("Subprocesses of tasks", .latewrite)
struct SubprocessTests {
  private static func run(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
    try await EventLoop.run(arena: LatewriteTest.arena, EventLoop.Configuration(), body)
  }

  @Test("input goes in, output comes out line by line, and the exit code is the child's")
  func streams() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("sh", ["-c", "while read line; do echo \"<$line>\"; done; exit 7"])
      defer { child.close() }
      try await child.input.write("a b\n\"c\"\n")
      child.input.close()
      var lines: [String] = []
      for try await line in child.output.lines { lines.append(line) }
      #expect(lines == ["<a b>", "<\"c\">"])
      #expect(try await child.exitCode() == 7)
      #expect(child.hasEnded)
    }
  }

  @Test("a communication feeds a child more than a pipe holds, and gathers both its outputs")
  func communicate() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("sh", ["-c", "cat; echo done >&2; exit 3"], errors: .pipe)
      let input = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let result = try await child.communicate(input)
      #expect(result == Communication(output: input, errors: Array("done\n".utf8), exitCode: 3))
    }
  }

  @Test("a child that does not read its input is no error")
  func unread() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("sh", ["-c", "exec <&-; echo ok"])
      let result = try await child.communicate(Array(repeating: 1, count: 1 << 20))
      #expect(result == Communication(output: Array("ok\n".utf8), errors: [], exitCode: 0))
    }
  }

  @Test("arguments, environment and directory arrive as they are")
  func arguments() async throws {
    let arguments = ["", "a b", "\"", "\\", "a\\\"b", "c\\\\ d", "tab\there", "\n", "ä", "*"]
    try await Self.run { loop in
      let child = try await loop.spawn(
        "/bin/sh", ["-c", "printf '%s|' \"$@\"; printf '%s|' \"$NAME\"; pwd", "sh"] + arguments, input: .null,
        environment: ["NAME": "value", "PATH": "/bin:/usr/bin"], directory: "/")
      let output = String(decoding: try await child.communicate().output, as: UTF8.self)
      #expect(output == (arguments + ["value", "/\n"]).joined(separator: "|"))
    }
  }

  @Test("a program that is not there, or may not be run")
  func missing() async throws {
    try await Self.run { loop in
      await #expect(throws: ProactorError.self) {
        try await loop.spawn("no-such-program")
      }
    }
  }

  @Test("a killed child has the code asked for, and killing it again does nothing")
  func kill() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("cat")
      child.kill(code: 77)
      #expect(try await child.exitCode() == 77)
      #expect(child.hasEnded)
      child.kill(code: 78)
      #expect(try await child.exitCode() == 77)
      child.close()
    }
  }

  @Test("a child may end with the code that looks as if it ran")
  func stillActive() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("cat")
      #expect(!child.hasEnded)
      child.kill(code: 259)
      #expect(try await child.exitCode() == 259)
      #expect(child.hasEnded)
      child.close()
    }
  }

  @Test("closing closes the pipes and kills the child")
  func close() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("sh", ["-c", "while :; do read line < /dev/zero; done"], errors: .pipe)
      child.close()
      #expect(try await child.exitCode() == 1)
      await #expect(throws: ProactorError.self) { try await child.output.read() }
    }
  }

  @Test("waiting for a child, reading from it and writing to it can be cancelled, and the child lives on")
  func cancelled() async throws {
    try await Self.run { loop in
      let child = try await loop.spawn("cat")
      defer { child.close() }
      try await loop.expectCancelled { _ = try await child.exitCode() }
      try await loop.expectCancelled { _ = try await child.output.read() }
      try await child.input.write("x")
      #expect(try await child.output.read() == [120])
      child.input.close()
      #expect(try await child.exitCode() == 0)
    }
  }

  @Test("a thousand children, in batches, every exit code right")
  func thousand() async throws {
    try await Self.run { loop in
      for batch in 0..<20 {
        try await withThrowingDiscardingTaskGroup { group in
          for number in 0..<50 {
            group.addTask {
              let code = (batch * 50 + number) % 256
              let child = try await loop.spawn("/bin/sh", ["-c", "exit \(code)"], input: .null, output: .null)
              #expect(try await child.exitCode() == Int32(code))
            }
          }
        }
      }
    }
  }
}
