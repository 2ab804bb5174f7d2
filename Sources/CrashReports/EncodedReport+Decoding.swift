// From report.json back to the model, so that a stored report is shown by the same code as a fresh one.
internal import FoundationEssentials

extension CrashReport {
  /// Reads a report.json; `origin` is what errors call it.
  public init(json: [UInt8], origin: String) throws(CrashReportError) {
    guard let encoded = try? JSONDecoder().decode(EncodedReport.self, from: Data(json)),
      encoded.schemaVersion == EncodedReport.version
    else {
      throw CrashReportError(
        .notAReport,
        "\(origin) is no report.json of schema \(EncodedReport.version): it is damaged or of another version")
    }
    self.init(encoded)
    guard (1...RuleText.all.count).contains(rule) else {
      throw CrashReportError(.notAReport, "\(origin) names a rule that this version does not know")
    }
  }

  private init(_ encoded: EncodedReport) {
    rule = Int(encoded.ruleId.drop { !$0.isNumber }) ?? 0
    name = encoded.kind
    signature = encoded.signature
    title = encoded.title
    occurrences = Self.plausible(occurrences: encoded.occurrences)
    run = RunContext(encoded)
    process = Process(
      id: encoded.process.id, program: encoded.process.program,
      unixNs: encoded.timestamp.flatMap(Self.unixNs))
    block = encoded.block.map { Block($0) }
    access = encoded.access.map { Access($0) }
    window = encoded.bytes.map { Window($0) }
    let operation = encoded.operation
    self.operation =
      operation.id == nil && operation.api == nil && operation.result == nil && operation.cause == nil
      ? nil
      : Operation(number: operation.id, api: operation.api, result: operation.result ?? 0, cause: operation.cause)
    victim =
      encoded.victim.present
      ? Victim(generation: encoded.victim.generation ?? 0, operation: encoded.victim.operation) : nil
    moments = Self.moments(encoded.stacks)
    history = encoded.history.map { HistoryEvent($0) }
    images = encoded.images.map {
      Image(path: $0.path, buildID: $0.buildId, base: $0.baseAddress.value, end: $0.endOfText.value)
    }
    notes = encoded.notes
  }

  private static func unixNs(_ timestamp: String) -> UInt64? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let date = try? Date(timestamp, strategy: style) else { return nil }
    let ms = (date.timeIntervalSince1970 * 1000).rounded()
    return ms >= 0 && ms < 1e13 ? UInt64(ms) * 1_000_000 : nil
  }

  private static func moments(_ stacks: EncodedStacks) -> [Moment: Stack] {
    var moments: [Moment: Stack] = [:]
    for moment in Moment.allCases {
      let stack =
        switch moment {
        case .allocated: stacks.allocated
        case .lent: stacks.lent
        case .cancelled: stacks.cancelled
        case .freed: stacks.freed
        case .written: stacks.written
        case .completed: stacks.completed
        case .detected: stacks.detected
        case .ownerAllocated: stacks.ownerAllocated
        case .ownerLent: stacks.ownerLent
        }
      moments[moment] = stack.map { Stack($0) }
    }
    return moments
  }
}

extension RunContext {
  init(_ encoded: EncodedReport) {
    let reproduce = encoded.reproduce
    let environment = encoded.environment
    self.init(
      scenario: reproduce.scenario, revision: reproduce.revision, seed: reproduce.seed, execution: reproduce.execution,
      schedule: reproduce.schedule, verdict: encoded.verdict,
      environment: environment.os.map {
        ReportEnvironment(
          os: $0, kernel: environment.kernel ?? "", cpu: environment.cpu ?? "", cores: environment.cores ?? 0,
          options: environment.options)
      })
    scheduleSteps = reproduce.scheduleSteps
    shrunkFrom = reproduce.shrunkFrom
  }
}

extension CrashReport.Block {
  init(_ block: EncodedBlock) {
    self.init(
      address: block.address.value, slotBytes: block.size, slot: block.slot, requestedBytes: block.requestedSize,
      generation: block.generationAtLend, generationNow: block.generationAtWrite, state: block.state,
      openLoans: block.openLoans, writers: block.writers, arena: block.arena, layout: block.layout)
  }
}

extension CrashReport.Access {
  init(_ access: EncodedAccess) {
    self.init(
      offset: access.offset, bytes: access.length, by: Writer(rawValue: access.by) ?? .unknown,
      detectedBy: access.detectedBy, delayNs: access.delaySinceFreeNs)
  }
}

extension CrashReport.Window {
  init(_ bytes: EncodedBytes) {
    let before = Self.bytes(bytes.before)
    let after = Self.bytes(bytes.after)
    let count = min(before.count, after.count)
    // Offsets of a damaged file are brought into a range in which sums cannot overflow.
    func bounded(_ number: Int) -> Int { min(max(0, number), 1 << 40) }
    self.init(
      offset: bounded(bytes.offset), before: Array(before.prefix(count)), after: Array(after.prefix(count)),
      fields: bytes.fields.map { Field(name: $0.name, offset: bounded($0.offset), bytes: bounded($0.length)) })
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
    }
  }
}

extension CrashReport.Stack {
  init(_ stack: EncodedStack) {
    self.init(
      thread: stack.thread, threadName: stack.name, timeNs: stack.time, step: stack.step, isLost: stack.lost,
      frames: stack.frames.map { CrashReport.Frame($0) })
  }
}

extension CrashReport.Frame {
  init(_ frame: EncodedFrame) {
    self.init(
      isExact: frame.kind == .programCounter, address: frame.address.value, symbol: frame.symbol, name: frame.function,
      description: frame.description, offset: frame.offset, image: frame.image, imageOffset: frame.imageOffset?.value,
      isInlined: frame.inlined,
      location: frame.sourceLocation.map {
        CrashReport.SourceLocation(file: $0.file, line: $0.line, column: $0.column)
      })
  }
}

extension CrashReport.HistoryEvent {
  init(_ event: EncodedEvent) {
    self.init(
      step: event.step, timeNs: event.time, thread: event.thread, event: event.event, slot: event.slot,
      generation: event.gen, operation: event.op, result: event.result)
  }
}
