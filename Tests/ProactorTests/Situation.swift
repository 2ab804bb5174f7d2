// The stage of the historic situations: a proactor of one revision over an arena that reuses addresses at once, a log
// that remembers, and a way to hold the wait thread before it can begin a callback.
//
// A wait fires at the very moment its event is set; its callback begins when the wait thread comes to it. A callback of
// another wait that parks on that thread therefore makes "queued, not yet begun" last for as long as a test likes. That
// needs all waits on one wait thread, so the tests that hold it run in processes of their own.
import Latewrite
import Logging
import OverlappedIO
import Proactor
import Testing

/// What a log was told.
final class KeptLog: Sendable {
  struct Line: Sendable, Equatable {
    let level: Logger.Level
    let message: String
    let status: String?
  }

  private let kept = Shared<[Line]>([])

  var lines: [Line] { kept.read() }
  var errors: [Line] { lines.filter { $0.level == .error } }

  func keep(_ line: Line) { kept.withLock { $0.append(line) } }

  var logger: Logger {
    Logger(label: "proactor") { _ in Handler(log: self) }
  }

  private struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    init(log: KeptLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.keep(
        Line(level: event.level, message: event.message.description, status: event.metadata?["status"]?.description))
    }
  }
}

extension ProactorRevision {
  /// The state with the bug and the one with the fix.
  static let beforeAndAfter: [ProactorRevision] = [.beforeD0a28dee, .fix24dfa3c1]
}

/// One situation on one revision.
struct Situation: ~Copyable {
  let scope: Scope
  let arena: Arena
  let proactor: IOCPProactor
  let log: KeptLog

  init(_ behaviours: ProactorBehaviours) throws {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    let scope = try Scope(quiet)
    let log = KeptLog()
    let arena = try Arena(Arena.Configuration(reuse: .immediate), scope: scope)
    proactor = try IOCPProactor(arena: arena, behaviours: behaviours, log: log.logger)
    self.scope = scope
    self.arena = arena
    self.log = log
  }

  init(_ revision: ProactorRevision) throws { try self.init(revision.behaviours) }

  /// Loans that are open now.
  var openLoans: UInt64 { arena.counts().openLoans }

  /// Polls without waiting.
  func poll() throws { try proactor.select(timeout: .zero) }

  /// Polls until `future` is done.
  func finish<Value>(_ future: LoopFuture<Value>) throws { while !future.isDone { try proactor.select() } }

  /// Polls until `future` is done, and returns its result.
  func result<Value>(_ future: LoopFuture<Value>) throws -> Value {
    try finish(future)
    return try future.result()
  }

  /// Polls until the cache is empty.
  func drain() throws { while proactor.operationCount > 0 { try proactor.select() } }

  /// Closes proactor and arena; returns what was found in the whole situation.
  consuming func end() throws -> [Rule: UInt64] {
    try proactor.close()
    arena.close()
    return scope.counts
  }
}

/// Holds a wait thread inside a callback, so that other waits of that thread can fire and not begin.
struct HeldWaitThread: ~Copyable {
  private let trigger: Event
  private let leave: Gate
  private let registration: RegisteredWait

  init() throws {
    let trigger = try Event(isSet: true)
    let entered = try Gate()
    let leave = try Gate()
    registration = try RegisteredWait(on: trigger.handle) { _ in
      entered.open()
      leave.pass()
    }
    self.trigger = trigger
    self.leave = leave
    entered.pass()
  }

  /// Opened, it lets the thread go on.
  var gate: Gate { leave }

  /// Lets the thread go on and waits until it has begun and ended everything that had fired before.
  consuming func release() throws {
    let reached = try Gate()
    let last = try Event(isSet: true)
    let behind = try RegisteredWait(on: last.handle) { _ in reached.open() }
    leave.open()
    reached.pass()
    behind.unregisterAndWait()
    registration.unregisterAndWait()
  }
}

/// Something that is closed until it is opened.
final class Gate: Sendable {
  private let event: Event

  init() throws { event = try Event() }

  func open() { event.set() }

  func pass() {
    do { _ = try wait(for: event.handle) } catch { Issue.record(error) }
  }
}
