// From raw records to reports: collects the addresses of all records, has them resolved in one go, and names what the
// numbers of a record mean.
internal import CArena

extension CrashReport {
  /// The reports of all whole records of `file`; records with the same signature are one report, the first of them,
  /// with their occurrences added up. Runs the symbolizer once for all addresses it has not seen before.
  public static func reports(
    of file: RawRecordFile, run: RunContext = RunContext(), symbolizer: Symbolizer = .shared
  ) async -> [CrashReport] {
    let addressBook = AddressBook(file)
    let stacks = file.records.map {
      elements(of: $0.moments, as: lw_record_stack.self, count: CrashReport.Moment.allCases.count)
    }
    let places = stacks.joined().flatMap(addressBook.places)
    let resolution = await symbolizer.resolve(Set(places.compactMap(\.code)))
    let notes = file.remarks + addressBook.notes(for: Set(places.compactMap(\.image))) + resolution.notes
    let reports = zip(file.records, stacks).map { record, stacks in
      let moments = addressBook.moments(of: stacks, resolution.frames)
      return CrashReport(record, of: file, moments: moments, run: run, images: addressBook.reported, notes: notes)
    }
    return merged(reports)
  }

  /// One report a signature: the first, with all occurrences.
  static func merged(_ reports: [CrashReport]) -> [CrashReport] {
    var order: [String] = []
    var bySignature: [String: CrashReport] = [:]
    for report in reports {
      if bySignature[report.signature] == nil { order.append(report.signature) }
      bySignature[report.signature, default: report.withoutOccurrences()].occurrences += report.occurrences
    }
    return order.compactMap { bySignature[$0] }
  }

  /// A count that a damaged file cannot make so large that sums overflow.
  static func plausible(occurrences: Int) -> Int { min(max(1, occurrences), 1 << 48) }

  private func withoutOccurrences() -> CrashReport {
    var report = self
    report.occurrences = 0
    return report
  }

  private init(
    _ record: lw_record, of file: RawRecordFile, moments: [Moment: Stack], run: RunContext, images: [Image],
    notes: [String]
  ) {
    let layout = stringIfKnown(of: record.layout)
    let api = stringIfKnown(of: record.api)
    let rule = Int(record.rule)
    let name = stringIfKnown(of: record.name) ?? RuleText.of(rule).name
    let access = Self.access(record, moments)
    var run = run
    let stamped = record.seed != 0 || record.execution != 0
    run.seed = run.seed ?? (stamped || run.scenario != nil ? record.seed : nil)
    run.execution = run.execution ?? (stamped || run.scenario != nil ? record.execution : nil)
    if let schedule = run.schedules[RecordedSchedule.Key(rule: record.rule, execution: record.execution)] {
      run.schedule = schedule.token
      run.scheduleSteps = schedule.deviations
      run.shrunkFrom = schedule.shrunkFrom
    }
    run.schedules = [:]
    self.rule = rule
    self.name = name
    self.run = run
    self.access = access
    self.moments = moments
    self.images = images
    self.notes = notes
    occurrences = Self.plausible(occurrences: Int(clamping: record.occurrences))
    signature = Signature.of(rule: rule, name: name, api: api, moments: moments)
    title = Signature.title(rule: rule, name: name, layout: layout, api: api, access: access, moments: moments)
    process = Process(
      id: file.processID, program: file.program,
      unixNs: file.header.start_unix_ns == 0
        ? nil : file.header.start_unix_ns &+ (moments[.detected]?.timeNs ?? moments[.freed]?.timeNs ?? 0))
    let isReused = record.generation_now > record.generation && record.generation != 0
    block = Self.block(record, layout: layout, isReused: isReused)
    window = Self.window(record)
    let number = record.operation == 0 ? nil : record.operation
    operation =
      number == nil && api == nil && record.result == 0 && record.cause == 0
      ? nil
      : Operation(number: number, api: api, result: record.result, cause: record.cause == 0 ? nil : record.cause)
    victim =
      isReused
      ? Victim(generation: record.generation_now, operation: record.operation_now == 0 ? nil : record.operation_now)
      : nil
    history = Self.history(record, file.header)
  }

  private static func block(_ record: lw_record, layout: String?, isReused: Bool) -> Block? {
    guard record.slot_bytes != 0 else { return nil }
    let states = ["free", "live", "freeing", "quarantined", "verifying", "retired"]
    let state = Int(record.state_now) < states.count ? states[Int(record.state_now)] : "unknown"
    return Block(
      address: record.address, slotBytes: record.slot_bytes, slot: record.slot, requestedBytes: record.requested,
      generation: record.generation, generationNow: record.generation_now, state: isReused ? "reused" : state,
      openLoans: Int(record.open_loans), writers: Int(clamping: record.writers),
      arena: stringIfKnown(of: record.arena_name),
      layout: layout)
  }

  private static func access(_ record: lw_record, _ moments: [Moment: Stack]) -> Access? {
    guard record.access_bytes != 0 else { return nil }
    let isKernel = record.rule == 14
    let by: Access.Writer
    if isKernel {
      by = .kernel
    } else if record.writer_known != 0, let writer = moments[.written] {
      by = writer.threadName?.contains("wait") == true ? .waitThread : .userThread
    } else {
      by = record.writer_known != 0 ? .userThread : .unknown
    }
    let detectedBy: String? =
      switch record.rule {
      case 14: "cqeEFAULT"
      case 4: "unexpectedEvent"
      case 10 where record.writer_known == 0: "canary"
      default: record.writer_known != 0 ? "generation" : "poisonScan"
      }
    return Access(
      offset: record.access_offset, bytes: record.access_bytes, by: by, detectedBy: detectedBy,
      delayNs: record.delay_ns == 0 ? nil : record.delay_ns)
  }

  private static func window(_ record: lw_record) -> Window? {
    guard record.window_bytes != 0 else { return nil }
    return Window(
      offset: Int(record.window_offset),
      before: elements(of: record.before, as: UInt8.self, count: record.window_bytes),
      after: elements(of: record.after, as: UInt8.self, count: record.window_bytes),
      fields: elements(of: record.fields, as: lw_record_field.self, count: record.field_count).map {
        Window.Field(name: string(of: $0.name), offset: Int($0.offset), bytes: Int($0.bytes))
      })
  }

  private static func history(_ record: lw_record, _ header: lw_record_file) -> [HistoryEvent] {
    elements(of: record.history, as: lw_event_record.self, count: record.history_count).map { event in
      let ticks = event.stamp > header.start_stamp ? event.stamp - header.start_stamp : 0
      let ns = header.stamp_hz == 0 ? 0 : Double(ticks) * 1e9 / Double(header.stamp_hz)
      return HistoryEvent(
        step: event.step == 0 ? nil : event.step, timeNs: ns < 1e18 ? UInt64(ns) : 0, thread: Int(event.thread),
        event: EventName.of(event.kind), slot: lw_incarnation_slot(event.object),
        generation: lw_incarnation_generation(event.object), operation: event.operation, result: event.result)
    }
  }
}

enum EventName {
  /// The name of a `lw_event_kind`; kinds of a later version have a number only.
  static func of(_ kind: UInt16) -> String {
    guard UInt32(kind) < lw_event_kind.LW_EVENT_COUNT.rawValue, let known = lw_event_kind(rawValue: UInt32(kind)) else {
      return "event-\(kind)"
    }
    return unsafe String(cString: lw_event_name(known))
  }
}
