// The trace of a controlled execution as replays are compared by it: no addresses, no times, no numbers that depend on
// what ran before. Objects are numbered by their first appearance.
internal import CArena
package import Latewrite

/// One act of a controlled execution.
public struct CanonicalAct: Sendable, Hashable {
  /// Decisions before it.
  public let step: UInt64
  /// Its thread, as a member of the session.
  public let member: UInt16
  /// What was done: "alloc", "lend", "post", ...
  public let event: String
  /// To what: "block 1", "wait 2", "handle 1"; empty where the event names none.
  public let object: String
  /// Of the block, counted from the first one of the execution; 0 where none is concerned.
  public let incarnation: UInt64
  /// What came of it, in numbers of the same kind; empty where nothing did.
  public let result: String
}

package struct CanonicalTrace {
  private var numbers: [String: [UInt64: Int]] = [:]
  private var firstGenerations: [UInt64: UInt64] = [:]

  /// The acts that `events` tell of, in the order in which they were done. `member` says whose they are by the thread.
  package static func acts(
    of events: [TraceEvent], member: (UInt16) -> UInt16? = Controller.member(ofThread:)
  ) -> [CanonicalAct] {
    var canon = CanonicalTrace()
    let ordered = events.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
    return ordered.compactMap { _, event in member(event.thread).flatMap { canon.act(event, of: $0) } }
  }

  private mutating func act(_ event: TraceEvent, of member: UInt16) -> CanonicalAct? {
    guard let kind = event.kind else { return nil }
    let (object, incarnation) = object(of: event, kind)
    return CanonicalAct(
      step: event.step, member: member, event: kind.name, object: object, incarnation: incarnation,
      result: result(of: event, kind))
  }

  private mutating func number(_ kind: String, _ value: UInt64) -> String {
    let known = numbers[kind, default: [:]]
    let number = known[value] ?? known.count + 1
    numbers[kind, default: [:]][value] = number
    return "\(kind) \(number)"
  }

  private mutating func object(of event: TraceEvent, _ kind: TraceEvent.Kind) -> (String, UInt64) {
    switch kind {
    case .registerWait, .callbackEnter, .callbackLeave, .unregisterWait: return (number("wait", event.object), 0)
    case .submit, .done: return (number("request", event.object), 0)
    case .signal: return (number("handle", event.object), 0)
    case .result: return ("operation \(event.operation)", 0)
    case .reset: return ("", 0)
    default:
      guard event.arena != 0, event.object != 0 else { return ("", 0) }
      let block = number("block", lw_incarnation_slot(event.object))
      return (block, relative(event.object))
    }
  }

  /// Generations go on from execution to execution: what counts is how often the block was allocated in this one.
  private mutating func relative(_ incarnation: UInt64) -> UInt64 {
    let slot = lw_incarnation_slot(incarnation)
    let generation = lw_incarnation_generation(incarnation)
    let first = firstGenerations[slot] ?? generation
    firstGenerations[slot] = first
    return generation &- first &+ 1
  }

  private mutating func result(of event: TraceEvent, _ kind: TraceEvent.Kind) -> String {
    switch kind {
    case .registerWait: number("handle", UInt64(bitPattern: event.result))
    case .post, .dequeue, .discard, .unexpected, .completed: number("packet", UInt64(bitPattern: event.result))
    case .lend, .settle: number("loan", event.operation)
    case .operation: "operation \(event.operation)"
    case .writeBegin, .writeEnd: "\(Loan.Landing(rawValue: UInt32(truncatingIfNeeded: event.result)) ?? .none)"
    case .done: "status 0x" + String(UInt32(truncatingIfNeeded: event.result), radix: 16, uppercase: true)
    case .callbackEnter: event.result == 0 ? "signalled" : "timed out"
    case .unregisterWait: event.result == 0 ? "ended" : "pending"
    case .verified: event.result == 0 ? "intact" : "\(event.result) \(event.result == 1 ? "byte" : "bytes") changed"
    case .result: event.result == 1 ? "right" : event.result == 2 ? "wrong" : "none"
    default: ""
    }
  }
}
