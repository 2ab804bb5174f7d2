// ThreadSanitizer and the controller: one thread runs at a time and hands over to the next, and still the races of the
// program are reported and nothing else is. Two ways to a silent zero are known (reference/concurrency.md 4.6); each
// has a test here that would notice.
import Foundation
import Testing

/// The program `control_race.c` with the C layer in it, built for ThreadSanitizer.
private final class RaceProgram: Sendable {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private let folder: URL
  private var path: URL { folder.appending(path: "control_race") }

  init(_ flags: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "latewrite-race-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let toolchain = try Self.toolchain()
    let module = Self.root.appending(path: "CShims/CSchedule")
    let sources = try FileManager.default.contentsOfDirectory(
      at: module.appending(path: "src"), includingPropertiesForKeys: nil
    )
    .filter { $0.pathExtension == "c" }.map(\.path)
    let runtime = toolchain.appending(path: "lib/swift/linux").path
    let program = Self.root.appending(path: "Tests/CScheduleTests/programs/control_race.c").path
    // The toolchain's thread sanitizer looks for libdispatch.
    let compiler = [
      "-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-fsanitize=thread", "-pthread", "-Wall", "-Wextra", "-Werror",
      "-Wno-missing-field-initializers", "-I", module.appending(path: "include").path, "-L\(runtime)",
      "-Wl,-rpath,\(runtime)", "-ldispatch", "-lBlocksRuntime", "-fuse-ld=lld",
    ]
    let built = try Self.run(
      toolchain.appending(path: "bin/clang"), compiler + flags + [program] + sources + ["-o", path.path])
    if built.status != 0 { throw DoesNotCompile(errors: built.errors) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  struct DoesNotCompile: Error { let errors: String }

  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    /// How many executions it took, the last one included.
    var executions: Int { output.count }
  }

  func run(_ mode: String, executions: Int, strategy: Int = 1, options: String) throws -> Outcome {
    try Self.run(path, [mode, "\(executions)", "\(strategy)"], environment: ["TSAN_OPTIONS": options])
  }

  /// Where the compiler is, as tools/cc finds it.
  private static func toolchain() throws -> URL {
    let environment = ProcessInfo.processInfo.environment
    if let clang = environment["LATEWRITE_CLANG"] {
      return URL(filePath: clang).deletingLastPathComponent().deletingLastPathComponent()
    }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
    let swift = try #require(
      folders.map { $0.appending(path: "swift") }.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    return swift.resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
  }

  private static func run(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws -> Outcome
  {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    // At most a dot for each execution comes here, which a pipe holds; a report may be longer.
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let dots = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: dots, errors: text)
  }

  /// What tools/test tells ThreadSanitizer.
  static func options() throws -> String {
    let script = try String(contentsOf: root.appending(path: "tools/test"), encoding: .utf8)
    let options = try #require(script.firstMatch(of: /TSAN_OPTIONS="([^"]+)"/)).1
    return String(options).replacing("$root", with: root.path)
  }
}

@Suite struct ControlRaceTests {
  @Test func `A race of the program is reported at once, whoever decides`() throws {
    let program = try RaceProgram()
    let options = try RaceProgram.options()
    for strategy in 1...3 {
      let outcome = try program.run("race", executions: 20, strategy: strategy, options: options)
      #expect(outcome.status == 66 && outcome.executions <= 20)
      #expect(outcome.errors.contains("WARNING: ThreadSanitizer: data race"))
      #expect(outcome.errors.contains(" in store\n"))
    }
  }

  @Test func `What the program orders itself is not reported, and neither are the controller's own books`() throws {
    let program = try RaceProgram()
    let options = try RaceProgram.options()
    for mode in ["locked", "everything"] {
      for strategy in 0...3 {
        let outcome = try program.run(mode, executions: 500, strategy: strategy, options: options)
        if outcome.status != 0 || outcome.executions != 500 || !outcome.errors.isEmpty {
          Issue.record("\(mode) by strategy \(strategy) ended with \(outcome.status):\n\(outcome.errors)")
        }
      }
    }
  }

  @Test func `Were the hand-over of the token seen, no race would be reported any more`() throws {
    let program = try RaceProgram(["-DLW_UNSEEN="])
    let outcome = try program.run("race", executions: 500, options: try RaceProgram.options())
    #expect(outcome.status == 0 && outcome.executions == 500)
  }

  @Test func `A block that is freed while another thread writes it is reported, because tools/test asks for it`() throws
  {
    let program = try RaceProgram()
    let options = try RaceProgram.options()
    let outcome = try program.run("free", executions: 20, options: options)
    #expect(outcome.status == 66 && outcome.executions <= 20)
    #expect(outcome.errors.contains("write_block"))
    // The toolchain's default hides it.
    let hidden = try program.run(
      "free", executions: 100,
      options: options.replacing("ignore_interceptors_accesses=0", with: "ignore_interceptors_accesses=1"))
    #expect(hidden.status == 0 && hidden.executions == 100)
  }
}
