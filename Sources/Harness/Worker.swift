// The worker's side of a run: execution after execution, with everything it finds put into shared memory before the
// next one begins, so that whatever ends the worker costs one execution.
internal import CSchedule
internal import FoundationEssentials
internal import Glibc
internal import Latewrite
internal import Proactor

/// The process that does executions.
public struct Worker {
  private let assignment: WorkerAssignment
  private let scenario: Scenario
  private let revision: ProactorRevision
  private let mapping: WorkerMapping

  /// A worker that does what `argument`, a `WorkerAssignment` as JSON, says.
  public init(argument: String) throws(HarnessError) {
    guard let assignment = try? JSONDecoder().decode(WorkerAssignment.self, from: Data(argument.utf8)),
      let scenario = Scenario.named(assignment.scenario), let revision = ProactorRevision(named: assignment.revision)
    else { throw .usage("'worker' is how latewrite starts itself; it is not for people") }
    self.assignment = assignment
    self.scenario = scenario
    self.revision = revision
    mapping = try WorkerMapping(path: assignment.mapping)
  }

  /// Works until the assignment is done, the command asks to stop, or something is wrong, which is left as a sentence
  /// in the mapping. Returns whether all went well.
  public func work() -> Bool {
    Self.nameProcess()
    // The worker ends with the command, whatever ends that; it may have ended already.
    guard lw_end_with_parent(assignment.parent) else { return false }
    mapping[.processIdentifier] = UInt64(getpid())
    do {
      try runExecutions()
      if mapping.phase == .running { mapping.phase = .finished }
      return true
    } catch {
      mapping.failure = "\(error)"
      mapping.phase = .failed
      return false
    }
  }

  /// It was started as "exe"; the name that `ps` shows is its first thread's, which another thread may set.
  private static func nameProcess() {
    let name = unsafe open("/proc/self/comm", O_WRONLY | O_CLOEXEC)
    guard name >= 0 else { return }
    _ = unsafe write(name, "latewrite", 9)
    close(name)
  }

  private func runExecutions() throws {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let scope = unsafe try Scope(quiet, mapping: mapping.recordFile, bytes: mapping.recordFileBytes)
    // What is found about handles and waits belongs to no arena, but to the run.
    _ = scope.takeRest()
    mapping.phase = .running
    let deadline = assignment.nanoseconds.map { Clock.now.advanced(by: .nanoseconds(Int64(clamping: $0))) } ?? .never
    if let order = assignment.exploration {
      let explorer = try ExploringWorker(assignment, order, mapping, scenario, revision, scope)
      try explorer.work(until: deadline)
    } else {
      try runFree(scope, until: deadline)
    }
  }

  private func runFree(_ scope: Scope, until deadline: Clock.Instant) throws {
    var stage = try Stage(
      scenario: scenario, revision: revision, options: assignment.options, scope: scope)
    let mapping = mapping
    var number = assignment.first
    while mapping[.stopWanted] == 0 && number < assignment.end ?? .max && Clock.now < deadline {
      guard !stage.isSpent else { return mapping.phase = .spent }
      mapping[.runningExecution] = number + 1
      let result: ExecutionResult
      do {
        result = try stage.run(seed: assignment.seed &+ number, number: number) { mapping[.progress] += 1 }
      } catch {
        throw HarnessError.internalError(
          "\(scenario.name) on \(revision.name), seed \(assignment.seed &+ number): \(error)")
      }
      mapping.book(result, execution: number)
      mapping[.progress] += 1
      number += assignment.stride
      mapping[.nextExecution] = number + 1
      mapping[.runningExecution] = 0
    }
  }
}
