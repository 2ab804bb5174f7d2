// Programs under control for tests: parts as closures, executions of them, and what came of each. A session is for the
// life of a process, so whatever makes one runs in an exit test.
import CSchedule
import Glibc
import Synchronization

/// A value that members share. That one runs at a time orders their accesses, but hides it from ThreadSanitizer on
/// purpose: here each access is between two acts on a flag that it sees, and the controller does not.
final class Board<Value>: @unchecked Sendable {
  // @unchecked: every access is by whoever has set the flag.
  private let isHeld = Atomic(false)
  private var stored: Value

  init(_ value: Value) { stored = value }

  private func take() {
    while isHeld.exchange(true, ordering: .acquiring) { sched_yield() }
  }

  private func giveBack() { isHeld.store(false, ordering: .releasing) }

  var value: Value {
    get {
      take()
      defer { giveBack() }
      return stored
    }
    _modify {
      take()
      defer { giveBack() }
      yield &stored
    }
  }
}

/// What one member does.
struct Part: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

/// A departure from the default rule, or an alternative to it.
struct Deviation: Hashable, CustomStringConvertible {
  var member: Int
  var ordinal: Int
  var turn: lw_turn
  var value: Int

  init(_ c: lw_deviation) {
    self.init(Int(c.member), Int(c.ordinal), lw_turn(rawValue: UInt32(c.turn))!, Int(c.value))
  }

  init(_ member: Int, _ ordinal: Int, _ turn: lw_turn, _ value: Int) {
    (self.member, self.ordinal, self.turn, self.value) = (member, ordinal, turn, value)
  }

  var c: lw_deviation {
    lw_deviation(
      member: UInt16(member), ordinal: UInt16(ordinal), turn: UInt16(turn.rawValue), value: UInt16(value))
  }

  var description: String { "\(member)/\(ordinal) \(String(cString: lw_turn_name(turn))) \(value)" }
}

/// A decision of an execution, as its log has it.
struct Decision: Equatable, CustomStringConvertible {
  var member: Int
  var ordinal: Int
  var kind: String
  var chosen: Int
  var alternatives: [Deviation]
  var choice: Deviation { alternatives[chosen] }

  /// One line; two executions are the same when their lines are.
  var description: String { "\(member)/\(ordinal) \(kind): \(chosen) of \(alternatives)" }
}

/// What came of an execution.
struct Execution {
  var result: lw_execution_result
  var taken: [Deviation]
  var log: [Decision]
  /// The log as text.
  var text: String { log.map(\.description).joined(separator: "\n") }
}

/// The session of this process.
final class Session {
  private static let logBytes = 1 << 20
  /// Where deviations are written; of the caller, or of this value.
  let taken: UnsafeMutablePointer<lw_schedule>
  private let log = UnsafeMutableRawPointer.allocate(byteCount: logBytes, alignment: 8)
  /// Executions that have not ended leave their parts behind, so nothing is given back.
  private var kept: [Unmanaged<Board<@Sendable () -> Void>>] = []

  init(writingTo memory: UnsafeMutableRawPointer? = nil) {
    let bytes = lw_schedule_bytes()
    let memory = memory ?? calloc(1, bytes)!
    taken = memory.bindMemory(to: lw_schedule.self, capacity: 1)
    lw_control_begin()
  }

  func run(
    _ parts: [Part], _ prescribed: [Deviation] = [], strategy: lw_strategy_kind = .LW_STRATEGY_NONE, seed: UInt64 = 0,
    depth: UInt32 = 2, steps: UInt32 = 20, stepsMax: UInt32 = 20_000, stall: UInt64 = 0, logging: Bool = true
  ) -> Execution {
    let names = parts.map { strdup($0.name)! }
    let bodies = parts.map { Unmanaged.passRetained(Board($0.body)) }
    kept += bodies
    let cast = zip(names, bodies).map { name, body in
      lw_part(
        name: name, entry: { Unmanaged<Board<@Sendable () -> Void>>.fromOpaque($0!).takeUnretainedValue().value() },
        context: body.toOpaque(), awaits_cue: false)
    }
    let result = cast.withUnsafeBufferPointer { cast in
      prescribed.map(\.c).withUnsafeBufferPointer { prescribed in
        // Zeroed, so that fields which no test here is about need not be named.
        let execution = calloc(1, MemoryLayout<lw_execution>.size)!.bindMemory(to: lw_execution.self, capacity: 1)
        defer { free(execution) }
        execution.pointee.parts = cast.baseAddress!
        execution.pointee.part_count = UInt32(cast.count)
        execution.pointee.steps_max = stepsMax
        execution.pointee.prescribed = prescribed.baseAddress
        execution.pointee.prescribed_count = UInt32(prescribed.count)
        execution.pointee.strategy = lw_strategy(kind: strategy, seed: seed, depth: depth, steps: steps)
        execution.pointee.stall_ns = stall
        execution.pointee.taken = taken
        execution.pointee.log = logging ? log : nil
        execution.pointee.log_bytes = logging ? Self.logBytes : 0
        return lw_control_execute(execution)
      }
    }
    names.forEach { free($0) }
    let list = (0..<lw_schedule_count(taken)).map { Deviation(lw_schedule_deviation(taken, $0)) }
    return Execution(result: result, taken: list, log: decisions(result.log_bytes))
  }

  /// Has the first part's thread do `work`, which may call `run`. Nil when it has returned; otherwise what became of
  /// the execution that did not end.
  func drive(stall: UInt64 = 0, _ work: @escaping () -> Void) -> lw_execution_result? {
    let body = Unmanaged.passRetained(Board(work))  // kept, because the work may stand for good
    var result = lw_execution_result()
    let hasReturned = lw_control_drive(
      { Unmanaged<Board<() -> Void>>.fromOpaque($0!).takeUnretainedValue().value() }, body.toOpaque(), stall,
      &result)
    return hasReturned ? nil : result
  }

  private func decisions(_ bytes: Int) -> [Decision] {
    var decisions: [Decision] = []
    var at = UnsafeRawPointer(log)
    while at < UnsafeRawPointer(log) + bytes {
      let entry = at.assumingMemoryBound(to: lw_decision.self)
      let alternatives = lw_decision_alternatives(entry)
      decisions.append(
        Decision(
          member: Int(entry.pointee.member), ordinal: Int(entry.pointee.ordinal),
          kind: String(cString: lw_point_name(lw_point_kind(rawValue: UInt32(entry.pointee.kind))!)),
          chosen: Int(entry.pointee.chosen),
          alternatives: (0..<Int(entry.pointee.count)).map { Deviation(alternatives[$0]) }))
      at += Int(entry.pointee.bytes)
    }
    return decisions
  }

  /// What the session says about each member, by name.
  var sentences: [String: String] {
    var all: [String: String] = [:]
    for member in 0..<lw_control_member_count() {
      var name = [CChar](repeating: 0, count: Int(LW_THREAD_NAME_BYTES))
      var sentence = [CChar](repeating: 0, count: 256)
      lw_control_member_name(member, &name)
      lw_control_member_sentence(member, &sentence, sentence.count)
      all[text(name)] = text(sentence)
    }
    return all
  }

  private func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// An object of a program: something with an address that points can name.
final class Place: @unchecked Sendable {
  // @unchecked: an address; what is there is only touched by the member that runs.
  let address = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
  var lock: UnsafeMutablePointer<lw_lock> { address.assumingMemoryBound(to: lw_lock.self) }
  init() { address.initializeMemory(as: UInt8.self, repeating: 0, count: 8) }

  /// The point before an act on this object.
  func point(_ kind: lw_point_kind = .LW_POINT_USER, _ access: lw_access = .LW_ACCESS_WRITE) {
    lw_point(kind, address, access)
  }

  /// Stores what C reads as an atomic bool.
  func store(_ value: Bool) {
    address.assumingMemoryBound(to: Atomic<UInt8>.self).pointee.store(value ? 1 : 0, ordering: .sequentiallyConsistent)
  }

  func locked<Value>(_ body: () -> Value) -> Value {
    lw_lock_acquire(lock)
    let value = body()
    lw_lock_release(lock)
    return value
  }
}

/// A point that touches nothing.
func idlePoint() { lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ) }

/// What the members of a program did, in order. Only the member that runs touches it.
typealias Diary = Board<[String]>
extension Board<[String]> {
  func note(_ line: String) { value.append(line) }
}
