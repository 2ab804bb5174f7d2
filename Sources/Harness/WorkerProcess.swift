// One worker's place in a run. While there is work left the place is filled: a worker that dies or hangs costs the
// execution that it was in, and the next worker goes on behind it.
internal import Exploration
internal import FoundationEssentials
internal import Glibc
internal import Latewrite
internal import Subprocess

/// What happened to workers that did not end by themselves.
struct WorkerMishap: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// The program died of this signal.
    case crashed(signal: Int32)
    /// Something outside ended it: the execution is lost and proves nothing.
    case killed(signal: Int32)
    /// It stood still until it was killed. One sentence a thread.
    case hung(threads: [String])
  }
  var kind: Kind
  /// The execution that was lost; nil when none was running.
  var execution: UInt64?
}

/// A place: the mappings of the workers that filled it, one after the other.
final class WorkerPlace: Sendable {
  private struct State {
    var mappings: [WorkerMapping] = []
    var mishaps: [WorkerMishap] = []
    var lastProgress: UInt64 = 0
    var lastProgressAt: UInt64 = 0
    var hungThreads: [String]?
    var stopWantedAt: UInt64?
  }

  private let assignment: WorkerAssignment
  private let startedAt = Clock.now.nanoseconds
  private let state = Shared(State())

  init(_ assignment: WorkerAssignment) { self.assignment = assignment }

  var mappings: [WorkerMapping] { state.withLock { $0.mappings } }
  var mishaps: [WorkerMishap] { state.withLock { $0.mishaps } }

  /// Fills the place until the work is done or `stop` is made.
  func fill(stop: StopRequest) async throws(HarnessError) {
    var assignment = assignment
    while !stop.isMade {
      if let whole = self.assignment.nanoseconds {
        let used = Clock.now.nanoseconds - startedAt
        if used >= whole { return }
        assignment.nanoseconds = whole - used
      }
      if let end = assignment.end, assignment.first >= end { return }
      let mapping = try WorkerMapping()
      mapping[.nextExecution] = assignment.first + 1
      if let position = assignment.exploration?.position { mapping.noteSearch(at: position, hasRun: false) }
      assignment.mapping = mapping.path
      state.withLock {
        $0.mappings.append(mapping)
        $0.lastProgress = 0
        $0.lastProgressAt = Clock.now.nanoseconds
        $0.hungThreads = nil
      }
      let status = try await Self.run(assignment)
      mapping.stopOffering()
      guard try ended(status, mapping, assignment.stride) else { return }
      assignment.first = mapping[.nextExecution] - 1
      assignment.isSuccessor = true
      if assignment.exploration?.bound != nil {
        // Not with the execution that has ended the worker.
        assignment.exploration?.position = mapping.searchGoesOn(behindRunning: mapping[.runningExecution] != 0)
      }
    }
  }

  private static func run(_ assignment: WorkerAssignment) async throws(HarnessError) -> TerminationStatus {
    var platform = PlatformOptions()
    // A group of its own, so that Ctrl-C reaches the command alone, which then lets its workers finish.
    platform.processGroupID = 0
    do {
      let argument = String(decoding: try JSONEncoder().encode(assignment), as: UTF8.self)
      return try await Subprocess.run(
        // This very program, also when its file was replaced meanwhile.
        .name("exe"), arguments: Arguments(executablePathOverride: "latewrite", remainingValues: ["worker", argument]),
        environment: .inherit.updating(["PATH": "/proc/self"]), platformOptions: platform, output: .discarded,
        error: .currentStandardError
      ).terminationStatus
    } catch {
      throw .environment("a worker could not be started: \(error)")
    }
  }

  /// Books a worker's end; whether another one shall go on.
  private func ended(
    _ status: TerminationStatus, _ mapping: WorkerMapping, _ stride: UInt64
  ) throws(HarnessError) -> Bool {
    if mapping.phase == .failed || (mapping.phase == .starting && status.isSuccess) {
      throw .internalError(mapping.failure ?? "a worker ended (\(status)) and did not say why")
    }
    if mapping.phase == .finished { return false }
    if mapping.phase == .spent && status.isSuccess { return true }
    guard mapping.phase == .running else {
      throw .environment("a worker ended before it began to work: \(status)")
    }
    let running = mapping[.runningExecution]
    let execution = running == 0 ? nil : running - 1
    guard case .signaled(let signal) = status else {
      throw .internalError("a worker gave up in execution \(execution ?? 0) (\(status)): its own sentence stands above")
    }
    // A successor does not repeat what may have killed its predecessor.
    if let execution { mapping[.nextExecution] = execution + stride + 1 }
    state.withLock {
      $0.mishaps.append(WorkerMishap(kind: Self.kind(of: signal, hung: $0.hungThreads), execution: execution))
    }
    return true
  }

  private static func kind(of signal: Int32, hung: [String]?) -> WorkerMishap.Kind {
    if let hung { return .hung(threads: hung) }
    // What the program does to itself; everything else comes from outside.
    let own = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS]
    return own.contains(signal) ? .crashed(signal: signal) : .killed(signal: signal)
  }

  /// Looks at the worker that fills the place now: passes the wish to stop on, and kills it when nothing has come to an
  /// end in it for `hangNanoseconds`.
  func look(stop: StopRequest, hangNanoseconds: UInt64) {
    state.withLock { state in
      guard let mapping = state.mappings.last, mapping.phase == .running || mapping.phase == .starting else { return }
      let now = Clock.now.nanoseconds
      if stop.isMade && state.stopWantedAt == nil {
        mapping[.stopWanted] = 1
        state.stopWantedAt = now
      }
      if mapping[.progress] != state.lastProgress {
        state.lastProgress = mapping[.progress]
        state.lastProgressAt = now
      }
      guard mapping[.processIdentifier] != 0 else { return }
      let process = Int32(truncatingIfNeeded: mapping[.processIdentifier])
      if let stopWantedAt = state.stopWantedAt {
        // An execution takes milliseconds: who does not end it within two seconds is ended.
        if now > stopWantedAt + 2_000_000_000 { kill(process, SIGKILL) }
      } else if now > state.lastProgressAt + hangNanoseconds && state.hungThreads == nil {
        state.hungThreads = HangingThreads.sentences(of: process)
        kill(process, SIGKILL)
      }
    }
  }
}
