// Programs for Windows, compiled here: each must print what is recorded. tools/conformance compares the same programs
// with Wine and records.
import Foundation
import Testing

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
private let folder = root.appendingPathComponent("Tests/Conformance")
private let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/programs")) ?? [])
  .filter { $0.hasSuffix(".c") }.map { String($0.dropLast(2)) }.sorted()

@Suite struct `Conformance programs` {
  @Test(arguments: names)
  func `each prints what is recorded`(name: String) throws {
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("latewrite-conformance-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let program = place.appendingPathComponent("program").path
    let source = folder.appendingPathComponent("programs/\(name).c").path
    let compiled = try run(root.appendingPathComponent("tools/cc").path, [source, "-o", program], in: place)
    try #require(compiled.status == 0, "\(compiled.errors)")

    let recorded = try String(
      contentsOf: folder.appendingPathComponent("expected/\(name).txt"), encoding: .utf8)
    let outcome = try run(program, in: place)
    let ending = outcome.status == 0 ? "" : "[exit code \(outcome.status)]\n"
    #expect(outcome.output.replacing("\r", with: "") + ending == recorded, "\(outcome.errors)")
  }

  @Test func `every recorded text has its program`() throws {
    let recorded = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/expected").map {
      $0.replacing(".txt", with: "")
    }
    #expect(recorded.sorted() == names)
  }

  /// Runs a program in a folder and waits for its end. Files take what a pipe would make the program wait for.
  private func run(
    _ path: String, _ arguments: [String] = [], in place: URL
  ) throws -> (status: Int32, output: String, errors: String) {
    let output = place.appendingPathComponent("\(UUID().uuidString).output"),
      errors = place.appendingPathComponent("\(UUID().uuidString).errors")
    for file in [output, errors] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = place
    // Findings are about the program; here what it prints counts, so they leave its exit code alone.
    process.environment = ProcessInfo.processInfo.environment.merging(["LATEWRITE_OPTIONS": "exitcode=0"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return (
      status, String(decoding: try Data(contentsOf: output), as: UTF8.self),
      String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    )
  }
}
