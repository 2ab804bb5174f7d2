// Runs tools/cc and the programs it makes. Each test has a folder of its own, so that all can run at the same time.
import Foundation

/// How a program ended and what it printed.
struct Outcome {
  /// The exit code; 128 + signal when a signal ended it.
  var status: Int32
  var output: String
  var errors: String
  /// Standard error line by line, with what differs from run to run replaced: PID, ADDRESS, FOLDER.
  var lines: [String]
}

/// A folder under the system's temporary one that goes with its owner.
final class Workplace {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("latewrite-faults-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static func program(_ name: String) -> String { root.appendingPathComponent("Tests/Faults/programs/\(name)").path }

  /// The raw files that programs left here.
  var rawFiles: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".raw") }
  }

  /// Writes a source file into the folder and returns its path.
  func source(_ name: String, _ text: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  func compile(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    try run(Self.root.appendingPathComponent("tools/cc").path, arguments, environment: environment)
  }

  /// Runs a program in the folder and waits for its end.
  func run(_ path: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var all = ProcessInfo.processInfo.environment
    all["LATEWRITE_OPTIONS"] = nil
    process.environment = all.merging(environment) { $1 }
    // Files take what a pipe would make the program wait for.
    let name = UUID().uuidString
    let outputFile = folder.appendingPathComponent("\(name).out"),
      errorFile = folder.appendingPathComponent("\(name).err")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    let errors = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(
      status: status, output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self), errors: errors,
      lines: errors.split(separator: "\n").map { stable(String($0), pid: process.processIdentifier) })
  }

  private func stable(_ line: String, pid: Int32) -> String {
    line.replacing("==\(pid)==", with: "==PID==")
      .replacing("latewrite.\(pid).raw", with: "latewrite.PID.raw")
      .replacing(folder.resolvingSymlinksInPath().path, with: "FOLDER")
      .replacing(/0x[0-9a-f]+/, with: "ADDRESS")
  }

  /// Compiles one of the programs and runs it.
  func fault(
    _ name: String, options: String = "", compiler: [String] = [], environment: [String: String] = [:]
  ) throws -> Outcome {
    let path = folder.appendingPathComponent("program").path
    let built = try compile([Self.program(name), "-o", path, "-Wall", "-Werror"] + compiler)
    if built.status != 0 { return built }
    let own = options.isEmpty ? [:] : ["LATEWRITE_OPTIONS": options]
    return try run(path, environment: own.merging(environment) { $1 })
  }
}
