// From C's flat record to a Finding. C arrays arrive as tuples; here they become arrays and strings.
internal import CArena

extension Finding {
  /// Nil for a record of an unknown rule.
  init?(_ record: lw_record) {
    guard let rule = Rule(rawValue: record.rule) else { return nil }
    let before = array(of: record.before, as: UInt8.self, count: record.window_bytes)
    let after = array(of: record.after, as: UInt8.self, count: record.window_bytes)
    self.init(
      rule: rule, name: string(record.name), api: knownString(record.api),
      serials: (record.serial, record.cause, record.occurrences),
      execution: (record.seed, record.execution), operation: (record.operation, record.operation_now),
      result: record.result, delay: record.delay_ns, block: BlockFacts(record), access: Access(record),
      window: before.isEmpty ? nil : Window(offset: Int(record.window_offset), before: before, after: after),
      fields: array(of: record.fields, as: lw_record_field.self, count: record.field_count).map {
        Layout.Field(string($0.name), offset: $0.offset, bytes: $0.bytes)
      },
      history: array(of: record.history, as: TraceEvent.self, count: record.history_count),
      moments: Self.moments(record))
  }

  private static func moments(_ record: lw_record) -> [Moment: MomentFacts] {
    let stacks = array(of: record.moments, as: lw_record_stack.self, count: Moment.allCases.count)
    var moments: [Moment: MomentFacts] = [:]
    for (moment, stack) in zip(Moment.allCases, stacks) where stack.thread != 0 || stack.frame_count != 0 {
      moments[moment] = MomentFacts(
        thread: stack.thread, threadName: string(stack.thread_name), stamp: stack.stamp, nanoseconds: stack.time_ns,
        step: stack.step,
        stack: StackTrace(
          programCounters: array(of: stack.frames, as: UInt64.self, count: stack.frame_count),
          isFirstExact: stack.first_exact != 0),
        isStackLost: stack.lost != 0)
    }
    return moments
  }
}

extension Finding.BlockFacts {
  init(_ record: lw_record) {
    self.init(
      arena: record.arena, arenaName: string(record.arena_name), layout: knownString(record.layout),
      address: record.address, slot: record.slot, slotBytes: record.slot_bytes, requestedBytes: record.requested,
      generation: record.generation, generationNow: record.generation_now,
      stateNow: State(rawValue: record.state_now) ?? .free, openLoans: record.open_loans)
  }
}

extension Finding.Access {
  init?(_ record: lw_record) {
    guard record.access_bytes > 0 else { return nil }
    self.init(
      offset: record.access_offset, bytes: record.access_bytes,
      landing: Loan.Landing(rawValue: record.landing) ?? .none,
      isWriterKnown: record.writer_known != 0)
  }
}

/// The first `count` elements of a C array field, at most as many as it has.
private func array<Field: BitwiseCopyable, Element: BitwiseCopyable>(
  of field: Field, as element: Element.Type, count: some BinaryInteger
) -> [Element] {
  unsafe withUnsafeBytes(of: field) { bytes in
    let limit = min(Int(clamping: count), bytes.count / MemoryLayout<Element>.stride)
    return (0..<limit).map {
      unsafe bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: element)
    }
  }
}

/// A C string field up to its terminator or its end.
private func string<Field: BitwiseCopyable>(_ field: Field) -> String {
  let bytes = array(of: field, as: UInt8.self, count: MemoryLayout<Field>.size)
  return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}

/// The same, nil when it is empty.
private func knownString<Field: BitwiseCopyable>(_ field: Field) -> String? {
  let text = string(field)
  return text.isEmpty ? nil : text
}
