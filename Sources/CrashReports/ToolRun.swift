// Runs a tool over many arguments. They go through a response file, which llvm's tools read, and not through a pipe: a
// tool that dies early would end the reporting program by SIGPIPE. The file is memory that has no name any more.
internal import Glibc
internal import Subprocess

/// How a run of a tool ended.
enum ToolRun: Sendable {
  case output(String)
  case failed(String)

  private static let outputBytesMax = 1 << 28

  /// Runs `tool`, a path, with `options` and then `inputs`, and waits for its output.
  static func run(_ tool: String, _ options: [String], inputs: [String]) async -> ToolRun {
    guard let slash = tool.lastIndex(of: "/") else { return .failed("\(tool) is no path") }
    guard let file = responseFile(inputs) else { return .failed("\(tool) could not be given its input") }
    defer { close(file) }
    // The tool's folder as the whole PATH names exactly this file.
    let environment = Environment.inherit.updating(["PATH": String(tool[..<slash])])
    let arguments = Arguments(options + ["@/proc/\(getpid())/fd/\(file)"])
    do {
      let result = try await Subprocess.run(
        .name(String(tool[tool.index(after: slash)...])), arguments: arguments, environment: environment,
        output: .bytes(limit: outputBytesMax))
      guard result.terminationStatus.isSuccess else { return .failed("\(tool) ended with \(result.terminationStatus)") }
      return .output(String(decoding: result.standardOutput, as: UTF8.self))
    } catch {
      return .failed("\(tool) could not be run (\(error))")
    }
  }

  /// A descriptor of the inputs, an argument a line; nil when the system has no memory or none left to share.
  private static func responseFile(_ inputs: [String]) -> Int32? {
    let name = "/latewrite-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    let file = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
    guard file >= 0 else { return nil }
    _ = unsafe shm_unlink(name)
    let lines = inputs.map { escaped($0) + "\n" }.joined()
    guard FileContents.write(Array(lines.utf8), to: file) == 0 else {
      close(file)
      return nil
    }
    return file
  }

  private static func escaped(_ argument: String) -> String {
    String(argument.flatMap { " \t\n\"'\\".contains($0) ? ["\\", $0] : [$0] })
  }
}

/// Why a tool gave nothing.
struct ToolFailure: Error, Sendable {
  let sentence: String
}
