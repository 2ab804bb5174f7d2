// The examples, run as a user runs them - by the proactor that they are examples of.
import AsyncProactor
import LatewriteTesting
import Testing

@Suite("Examples", .latewrite)
struct ExampleTests {
  /// What a program that lies beside the test bundle prints.
  private static func output(of program: String) async throws -> String {
    let arguments = CommandLine.arguments
    let flag = arguments.firstIndex(of: "--test-bundle-path")
    let bundle = flag.map { arguments[$0 + 1] } ?? arguments[0]
    let folder = bundle.lastIndex(of: "/").map { bundle[...$0] } ?? "./"
    return try await EventLoop.run(arena: LatewriteTest.arena) { loop in
      let child = try await loop.spawn(folder + program)
      let result = try await child.communicate()
      #expect(result.exitCode == 0)
      return String(decoding: result.output, as: UTF8.self)
    }
  }

  @Test("children are fed, read, raced and killed")
  func subprocess() async throws {
    #expect(
      try await Self.output(of: "subprocess-example") == """
        sorted: quince
        sorted: pear
        sorted: fig
        sorted: apple
        sort ended with 0
        child 1 ended first, with 0
        the others are gone

        """)
  }

  @Test("a server hears what three clients say, and each hears it back")
  func echo() async throws {
    let lines = try await Self.output(of: "echo-server-example").split(separator: "\n")
    let port = lines.first?.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    #expect(lines.first?.hasPrefix("listening on 127.0.0.1:") == true && port != 0)
    #expect(lines.dropFirst() == ["hello, Ada", "hello, Barbara", "hello, Grace"])
  }
}
