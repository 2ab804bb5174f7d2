// The order of calls of an execution, read from its trace: what asyncio's history is told in. Objects are numbered by
// their first appearance; acts of other threads than the loop's stand in brackets.
internal import CArena
internal import Exploration
internal import Latewrite

enum CallSequence {
  /// One line an act.
  static func lines(of trace: ExecutionTrace) -> [String] {
    var numbers = Numbers()
    let ordered = trace.events.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
    return ordered.compactMap { _, event in
      guard let member = Controller.member(ofThread: event.thread), let kind = event.kind,
        let line = line(event, kind, &numbers)
      else { return nil }
      return Controller.name(of: member) == "loop" ? line : "[\(line)]"
    }
  }

  /// Numbers by kind of object: the first that appears is 1.
  private struct Numbers {
    private var known: [String: [UInt64: Int]] = [:]

    /// Whether the object has appeared.
    func has(_ kind: String, _ value: UInt64) -> Bool { known[kind]?[value] != nil }

    mutating func of(_ kind: String, _ value: UInt64) -> String {
      let number = known[kind]?[value] ?? (known[kind]?.count ?? 0) + 1
      known[kind, default: [:]][value] = number
      return "\(kind)\(number)"
    }
  }

  private static func line(_ event: TraceEvent, _ kind: TraceEvent.Kind, _ numbers: inout Numbers) -> String? {
    switch kind {
    case .registerWait:
      let handle = numbers.of("h", UInt64(bitPattern: event.result))
      return "Register(\(handle)) -> \(numbers.of("w", event.object))"
    case .unregisterWait:
      let wait = event.object == 0 ? "gone" : numbers.of("w", event.object)
      let call = event.before == 0 ? "Unregister(\(wait))" : "UnregisterEx(\(wait), \(numbers.of("h", event.before)))"
      return event.result == 0 ? call : "\(call) -> \(event.result)"
    case .callbackEnter: return "callback(\(numbers.of("w", event.object)))"
    case .callbackLeave: return "returned(\(numbers.of("w", event.object)))"
    case .post: return "Post(\(block(event.object, &numbers)))"
    case .dequeue: return "Get(\(block(event.object, &numbers)))"
    case .completed: return "pop(\(block(event.before, &numbers)))"
    case .unexpected: return "nobody(\(block(event.object, &numbers)))"
    case .discard: return "discard(\(block(event.object, &numbers)))"
    case .signal:
      return "SetEvent(\(numbers.of("h", event.object)))\(event.result == 0 ? "" : " -> \(event.result)")"
    case .alloc:
      // OVERLAPPEDs are numbered in the order of their allocation; every other block is a buffer.
      if event.result == overlappedBytes { _ = block(event.object, &numbers) }
      return nil
    case .free: return numbers.has("ov", event.object) ? "free(\(block(event.object, &numbers)))" : "free(buffer)"
    case .submit: return "start(\(numbers.of("io", event.object)))"
    case .done: return "ended(\(numbers.of("io", event.object)))\(event.result == 0 ? "" : " badly")"
    case .call: return call(event, &numbers)
    case .future:
      let ends = ["result", "cancelled", "error"]
      return "\(numbers.of("f", event.operation)) = \(ends[Int(clamping: min(event.result, 2))])"
    default: return nil
    }
  }

  private static func call(_ event: TraceEvent, _ numbers: inout Numbers) -> String? {
    guard let call = TracedCall(rawValue: event.operation) else { return nil }
    if call == .direction { return nil }
    if call == .cancel { return "cancel(\(numbers.of("f", event.object)))" }
    let handle = numbers.of("h", event.object)
    switch call {
    case .createEvent: return "CreateEvent -> \(handle)"
    case .waitForSingleObject:
      return "WaitForSingleObject(\(handle)) -> \(event.result == 0 ? "signalled" : "not")"
    default: return "\(call.name)(\(handle))\(event.result == 0 ? "" : " -> \(event.result)")"
    }
  }

  private static let overlappedBytes: Int64 = 32

  /// "ov1": an OVERLAPPED, by incarnation.
  private static func block(_ incarnation: UInt64, _ numbers: inout Numbers) -> String {
    incarnation == 0 ? "nothing" : numbers.of("ov", incarnation)
  }
}
