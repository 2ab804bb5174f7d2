// From the trace of one execution to the facts about each of its operations. Everything is joined by incarnation, the
// identity that survives address reuse; never by address, never by counts, never from which revision ran.
internal import Latewrite

/// What one execution amounts to.
struct ExecutionFacts {
  /// One entry an operation: the scenario's own, and of the proactor's auxiliary operations those that went wrong.
  var operations: [OperationFacts] = []
  /// How often each thing was seen.
  var tally = FactTally()
  /// Nanoseconds from the free of a block to each late write through one of its loans.
  var lateWriteDelays: [UInt64] = []
}

/// Joins events into facts. Keeps its tables between executions, for their storage.
struct FactJoin {
  private struct Entry {
    var facts = OperationFacts()
    var openLoans = 0
    var freedAt: UInt64 = 0
    var isLive = true
    var number: UInt64 = 0
  }

  private var entries: [Entry] = []
  private var byIncarnation: [UInt64: Int] = [:]
  private var byNumber: [UInt64: Int] = [:]
  /// Packets in the port or just dequeued: serial to entry. What remains was never judged.
  private var queued: [Int64: Int] = [:]
  private var dequeued: [Int64: Int] = [:]

  /// The facts that `trace` holds about `arena`.
  mutating func facts(from trace: ExecutionTrace, arena: UInt32) -> ExecutionFacts {
    entries.removeAll(keepingCapacity: true)
    byIncarnation.removeAll(keepingCapacity: true)
    byNumber.removeAll(keepingCapacity: true)
    queued.removeAll(keepingCapacity: true)
    dequeued.removeAll(keepingCapacity: true)
    var result = ExecutionFacts()
    // Two passes: an event of one thread may stand before the event of another thread that it follows from.
    for event in trace.events where event.arena == arena { observeBlock(event, &result) }
    for event in trace.events where event.arena == arena { observePacketOrResult(event, &result) }
    for event in trace.events where event.arena == arena { observeLateWrite(event, &result) }
    close(&result)
    return result
  }

  private mutating func entry(of incarnation: UInt64) -> Int {
    if let known = byIncarnation[incarnation] { return known }
    entries.append(Entry())
    byIncarnation[incarnation] = entries.count - 1
    return entries.count - 1
  }

  private mutating func observeBlock(_ event: TraceEvent, _ result: inout ExecutionFacts) {
    switch event.kind {
    case .lend: entries[entry(of: event.object)].openLoans += 1
    case .settle: entries[entry(of: event.object)].openLoans -= 1
    case .free:
      let index = entry(of: event.object)
      entries[index].isLive = false
      entries[index].freedAt = event.stamp
      if BlockWord(event.before).loans > 0 {
        entries[index].facts.freedWhileLent = true
        result.tally.freedWhileLent += 1
      }
    case .operation:
      let index = entry(of: event.object)
      entries[index].number = event.operation
      byNumber[event.operation] = index
    case .post: queued[event.result] = entry(of: event.object)
    default: break
    }
  }

  private mutating func observePacketOrResult(_ event: TraceEvent, _ result: inout ExecutionFacts) {
    switch event.kind {
    case .dequeue:
      if let index = queued.removeValue(forKey: event.result) { dequeued[event.result] = index }
    case .discard: queued.removeValue(forKey: event.result)
    case .unexpected:
      judge(serial: event.result, incarnation: event.object, .unexpected)
      result.tally.packetsUnexpected += 1
    case .completed:
      let own = event.before == event.object
      judge(serial: event.result, incarnation: event.object, own ? .own : .completedAnother)
      if own { result.tally.packetsOwn += 1 } else { result.tally.packetsCompletedAnother += 1 }
    case .result:
      guard let index = byNumber[event.operation] else { break }
      let told = OperationResult(rawValue: Int(event.result)) ?? .none
      entries[index].facts.result = worse(entries[index].facts.result, told)
      if told == .right { result.tally.resultsRight += 1 }
      if told == .wrong { result.tally.resultsWrong += 1 }
    default: break
    }
  }

  /// A packet that was not stamped at its post (no block lived at its address) belongs to no entry.
  private mutating func judge(serial: Int64, incarnation: UInt64, _ fate: PacketFate) {
    queued.removeValue(forKey: serial)
    dequeued.removeValue(forKey: serial)
    guard incarnation != 0 else { return }
    let index = entry(of: incarnation)
    entries[index].facts.packet = worse(entries[index].facts.packet, fate)
  }

  private mutating func observeLateWrite(_ event: TraceEvent, _ result: inout ExecutionFacts) {
    guard event.kind == .writeBegin else { return }
    let landing: WriteLanding
    switch Loan.Landing(rawValue: UInt32(truncatingIfNeeded: event.result)) {
    case .live:
      landing = .live
      result.tally.writesLive += 1
    case .freed:
      landing = .freed
      result.tally.writesFreed += 1
    case .reused:
      landing = .reused
      result.tally.writesReused += 1
    case .refused:
      landing = .none
      result.tally.writesRefused += 1
    default: return
    }
    let index = entry(of: event.object)
    entries[index].facts.landing = worse(entries[index].facts.landing, landing)
    let freedAt = entries[index].freedAt
    if landing != .live && freedAt != 0 && event.stamp > freedAt {
      result.lateWriteDelays.append(Clock.nanoseconds(from: freedAt, to: event.stamp))
    }
  }

  private mutating func close(_ result: inout ExecutionFacts) {
    for index in dequeued.values {
      entries[index].facts.packet = worse(entries[index].facts.packet, .falseAlarm)
      result.tally.packetsFalseAlarm += 1
    }
    for index in queued.values {
      entries[index].facts.packet = worse(entries[index].facts.packet, .stillQueued)
      result.tally.packetsStillQueued += 1
    }
    for index in entries.indices {
      entries[index].facts.leaked = entries[index].openLoans > 0 || entries[index].isLive
      let isOwn = entries[index].number != 0
      if isOwn || Outcome(entries[index].facts) != .completedBeforeFree {
        result.operations.append(entries[index].facts)
      }
      if isOwn { result.tally.operations += 1 }
    }
  }
}
