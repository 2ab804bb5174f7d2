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

  func run(_ arguments: [String], whileRunning: (Int32) throws -> Void = { _ in }) async throws -> End {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // A worker that is meant to die shall die at once.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
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

  /// The children of process `number` once `isEnough` holds for them, or the process is gone.
  static func workers(of number: Int32, until isEnough: ([Int32]) -> Bool) -> [Int32] {
    while true {
      let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")) ?? []
      let children = tasks.flatMap { task -> [Int32] in
        let text = FileManager.default.contents(atPath: "/proc/\(number)/task/\(task)/children") ?? Data()
        return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
      }
      if isEnough(children) || tasks.isEmpty { return children }
    }
  }

  /// Returns once process `number` has a thread of that name: a scenario runs in it.
  static func waitForThread(named name: String, in number: Int32) {
    while true {
      let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")) ?? []
      let names = tasks.compactMap { task in
        FileManager.default.contents(atPath: "/proc/\(number)/task/\(task)/comm").map {
          String(decoding: $0, as: UTF8.self)
        }
      }
      if tasks.isEmpty || names.contains("\(name)\n") { return }
    }
  }
}
