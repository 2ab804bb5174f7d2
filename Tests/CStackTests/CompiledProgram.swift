// C and C++ programs that tests compile together with this module's sources: signal handlers, code without frame
// pointers and real C++ throws cannot be had in Swift.
import Foundation
import Glibc
import Testing

/// What a program wrote and how it ended.
struct ProgramResult {
  var status: Int32
  var output: String
  var errors: String
}

enum Language: String {
  case c = "clang"
  case cxx = "clang++"
  var suffix: String { self == .c ? "c" : "cc" }
}

/// A compiled program in a directory of its own, deleted with it.
struct CompiledProgram: ~Copyable {
  let directory: URL

  init(language: Language = .c, options: [String] = [], _ source: String) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "latewrite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let file = directory.appending(path: "program.\(language.suffix)")
    try source.write(to: file, atomically: true, encoding: .utf8)
    let module = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../CShims/CStack").standardizedFileURL
    let sources = try FileManager.default
      .contentsOfDirectory(at: module.appending(path: "src"), includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "c" }.map(\.path)
    let include = "-I" + module.appending(path: "include").path
    // The module is C whatever the program is.
    let common = ["-D_GNU_SOURCE", "-O2", "-g", "-Wall", "-Werror", include]
    let objects = try sources.map { source in
      let object = directory.appending(path: URL(filePath: source).lastPathComponent + ".o").path
      try run("clang", common + ["-std=c11", "-fno-omit-frame-pointer", "-c", source, "-o", object])
      return object
    }
    let link = objects + ["-rdynamic", "-lpthread", "-ldl", "-o", program]
    try run(language.rawValue, common + ["-fno-omit-frame-pointer"] + options + [file.path] + link)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  private var program: String { directory.appending(path: "program").path }

  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> ProgramResult {
    try execute([program] + arguments, environment: environment)
  }

  private func run(_ tool: String, _ arguments: [String]) throws {
    let result = try execute(["/usr/bin/env", tool] + arguments, environment: [:])
    try #require(result.status == 0, "\(result.errors)")
  }

  /// Through a handle: the direct way to read a file leaks a buffer for each empty one, which LeakSanitizer reports.
  private func text(of file: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
  }

  /// By `posix_spawn`: the child starts with no signal blocked, whatever the thread of the test has blocked.
  private func execute(_ command: [String], environment: [String: String]) throws -> ProgramResult {
    let output = directory.appending(path: "output"), errors = directory.appending(path: "errors")
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    for (descriptor, file) in [(1, output), (2, errors)] as [(CInt, URL)] {
      posix_spawn_file_actions_addopen(&files, descriptor, file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
    var child = pid_t()
    let failed = withStringVector(command) { arguments in
      withStringVector(variables) { posix_spawn(&child, command[0], &files, &attributes, arguments, $0) }
    }
    try #require(failed == 0)
    var status: CInt = 0
    while waitpid(child, &status, 0) != child { try #require(errno == EINTR) }
    // A death by signal is told as its negative number.
    return ProgramResult(
      status: status & 0x7F == 0 ? status >> 8 : -(status & 0x7F),
      output: try text(of: output), errors: try text(of: errors))
  }
}

private func withStringVector<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
