// A program that was built with tools/cc, run again and again with its threads under control: a process an execution,
// so a crash is an outcome like any other.
internal import CrashReports
public import Exploration
internal import FoundationEssentials
internal import Glibc
internal import Latewrite
internal import Subprocess

/// One execution of a program.
public struct ProgramExecution: Sendable {
  /// What it ended in: "LW002", "exit 3", "signal 11", "hang", or "ok".
  public let endings: Set<String>
  /// The deviations that it took.
  public let schedule: Schedule
  /// What control saw; nil when the program died in the middle.
  public let run: ControlledRun?
  /// Its decisions, as far as it came.
  let decisions: [Decision]
  /// What its threads did, when it was to be told.
  let events: [TraceEvent]
  /// Where each thread stands, when it did not end.
  let standing: [ProgramFile.Standing]
  /// The raw record that it left; nil without a finding.
  public let rawRecord: [UInt8]?
  /// The names of its threads.
  public let names: [String]
}

/// A program and its arguments.
public final class ControlledProgram: Sendable {
  /// Decisions after which an execution counts as endless.
  private static let stepsMax: UInt32 = 50_000
  private static let hangExit: Int32 = 124

  /// The file of the program.
  public let path: String
  /// Stands for the program, as it was at first, and its arguments in tokens.
  public let digest: UInt32
  /// What it is called with.
  public let arguments: [String]
  /// Whether its plain loads and stores are points, as tools/cc makes them when asked to.
  public let hasMemoryPoints: Bool
  private let file: ProgramFile
  private let folder: String

  /// A program at `path`, which must be an executable file.
  public init(path: String, arguments: [String] = []) throws(HarnessError) {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw .usage("\(path) is no program: name one that was built with tools/cc")
    }
    guard let file = ProgramFile() else {
      throw .environment("there is no memory to share with a program (/dev/shm): \(systemReason())")
    }
    self.path = path
    let contents = [UInt8](FileManager.default.contents(atPath: path) ?? Data())
    digest = Self.digest(contents, arguments)
    hasMemoryPoints = contents.contains(Array("__tsan_write".utf8))
    self.arguments = arguments
    self.file = file
    folder = FileManager.default.temporaryDirectory.appending(path: "latewrite-\(getpid())").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .environment("\(folder) cannot be made: set TMPDIR to a place that you may write to")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The token of a schedule of this program.
  public func token(of schedule: Schedule) -> String {
    ReplayToken(digest: digest, settings: [], schedule: schedule).text
  }

  private static func digest(_ contents: [UInt8], _ arguments: [String]) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in contents { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return ReplayToken.digest(of: ["\(hash)"] + arguments)
  }

  /// Runs it once. With `isHeard` its output goes where this process's does, otherwise nowhere; with `isTold` the
  /// execution has a step table.
  public func execute(
    _ schedule: Schedule = Schedule(), strategy: Strategy = .none, seed: UInt64 = 0, steps: UInt32 = 64,
    isHeard: Bool = false, isTold: Bool = false
  ) async throws(HarnessError) -> ProgramExecution {
    file.prepare(schedule, strategy: strategy, seed: seed, steps: steps, stepsMax: Self.stepsMax, isTold: isTold)
    let status = try await start(isHeard: isHeard)
    let record = takeRecord()
    var endings = Set(Self.rules(in: record))
    switch status {
    case .exited(Self.hangExit) where file.run?.end != .ended: endings.insert("hang")
    case .exited(let code): if code != 0 && endings.isEmpty { endings.insert("exit \(code)") }
    case .signaled(let signal): endings.insert("signal \(signal)")
    }
    if endings.isEmpty && file.run == nil {
      throw .usage("\(path) was not under control: build it with tools/cc, against this version of latewrite")
    }
    return ProgramExecution(
      endings: endings.isEmpty ? ["ok"] : endings, schedule: file.taken, run: file.run, decisions: file.decisions,
      events: file.events, standing: file.standing, rawRecord: record, names: file.names)
  }

  /// Has the program, in which this process is about to turn, follow `schedule` and stop before a step: what has to be
  /// in its environment.
  public func prepareForDebugger(_ schedule: Schedule, stopBefore: UInt32) -> (name: String, value: String) {
    file.prepare(
      schedule, strategy: .none, seed: 0, steps: 64, stepsMax: Self.stepsMax, stopBefore: stopBefore)
    file.survivesExec()
    return (ProgramFile.variable, file.path)
  }

  private func start(isHeard: Bool) async throws(HarnessError) -> TerminationStatus {
    let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let inherited = ProcessInfo.processInfo.environment["LATEWRITE_OPTIONS"].map { "\($0):" } ?? ""
    let environment = Environment.inherit.updating([
      Environment.Key(stringLiteral: ProgramFile.variable): file.path,
      "LATEWRITE_OPTIONS": "\(inherited)log_path=\(folder)",
      // It is looked up by name: its own folder first.
      "PATH": "\(URL(filePath: path).deletingLastPathComponent().path):\(searchPath)",
    ])
    let executable = Executable.name(URL(filePath: path).lastPathComponent)
    do {
      if isHeard {
        return try await Subprocess.run(
          executable, arguments: Arguments(arguments), environment: environment, output: .currentStandardOutput,
          error: .currentStandardError
        ).terminationStatus
      }
      // What ends the command, Ctrl-C or timeout(1), is for its whole group; a program that died of it would be found
      // to end so.
      var alone = PlatformOptions()
      alone.processGroupID = 0
      return try await Subprocess.run(
        executable, arguments: Arguments(arguments), environment: environment, platformOptions: alone,
        output: .discarded, error: .discarded
      ).terminationStatus
    } catch {
      throw .environment("\(path) could not be started: \(error)")
    }
  }

  /// The raw record of the execution, taken out of the way of the next one.
  private func takeRecord() -> [UInt8]? {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), let name = names.first else {
      return nil
    }
    let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
    for name in names { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    return data.map { [UInt8]($0) }
  }

  private static func rules(in record: [UInt8]?) -> [String] {
    guard let record, let file = try? RawRecordFile(bytes: record, origin: "the record of the program") else {
      return []
    }
    return file.occurrences.keys.map { Rule(rawValue: $0)?.id ?? "LW\($0)" }
  }
}
