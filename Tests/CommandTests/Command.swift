// Runs the command as a user does: the built program, its arguments, what it prints and how it ends.
import Foundation
import Testing

/// Runs of `latewrite` in a working directory of their own.
final class Command: Sendable {
  struct End {
    /// nil when a signal ended it.
    let code: Int32?
    let output: String
    let error: String
  }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "latewrite-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The program lies beside the test bundle.
  static let program: URL = {
    let arguments = CommandLine.arguments
    let flag = arguments.firstIndex(of: "--test-bundle-path")
    let bundle = flag.map { arguments[$0 + 1] } ?? arguments[0]
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appending(path: "latewrite")
  }()

  /// Runs it to its end. `whileRunning` is called with its process number once it runs.
  func run(_ arguments: String..., whileRunning: (Int32) throws -> Void = { _ in }) async throws -> End {
    try await run(arguments, whileRunning: whileRunning)
  }

  func run(
    _ arguments: [String], environment: [String: String] = [:], whileRunning: (Int32) throws -> Void = { _ in }
  ) async throws -> End {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // A worker that is meant to die shall die at once.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
      .merging(environment) { $1 }
    let output = try file()
    let error = try file()
    process.standardOutput = output
    process.standardError = error
    process.standardInput = FileHandle.nullDevice
    let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
    try whileRunning(process.processIdentifier)
    for await _ in ended {}
    return End(
      code: process.terminationReason == .exit ? process.terminationStatus : nil, output: try text(output),
      error: try text(error))
  }

  private func file() throws -> FileHandle {
    let url = folder.appending(path: "capture-\(UUID().uuidString)")
    try Data().write(to: url)
    return try FileHandle(forUpdating: url)
  }

  private func text(_ file: FileHandle) throws -> String {
    try file.seek(toOffset: 0)
    return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
  }

  /// The first worker of the command that is process `number`; nil when the command is gone and had none.
  static func worker(of number: Int32) -> Int32? {
    while let children = children(of: number) {
      // It is still the command itself until it has become "latewrite worker".
      let worker = children.first {
        contents("/proc/\($0)/cmdline").split(separator: "\0").dropFirst().first == "worker"
      }
      if let worker { return worker }
    }
    return nil
  }

  /// The children of process `number` now; nil when it is gone.
  static func children(of number: Int32) -> [Int32]? {
    let tasks = tasks(of: number)
    return tasks.isEmpty
      ? nil : tasks.flatMap { contents("\($0)/children").split(separator: " ").compactMap { Int32($0) } }
  }

  /// Stops process `number` at a moment when it has a thread of that name: a scenario runs in it, and goes on running
  /// until the process is continued or ended. False when the process is gone.
  static func stop(_ number: Int32, whileItHas name: String) -> Bool {
    while true {
      kill(number, SIGSTOP)
      // Each thread stops by itself.
      var stats = tasks(of: number).map { contents("\($0)/stat") }
      while !stats.allSatisfy({ $0.contains(") T ") }) {
        // Its first thread stays as a zombie; one of the others is one for a moment only.
        if contents("/proc/\(number)/stat").contains(") Z ") { return false }
        stats = tasks(of: number).map { contents("\($0)/stat") }
      }
      if stats.isEmpty { return false }
      if stats.contains(where: { $0.contains("(\(name)) ") }) { return true }
      kill(number, SIGCONT)
    }
  }

  private static func tasks(of number: Int32) -> [String] {
    let folder = "/proc/\(number)/task"
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { "\(folder)/\($0)" }
  }

  private static func contents(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
