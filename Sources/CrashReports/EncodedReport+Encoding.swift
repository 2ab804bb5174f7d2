// From the model to report.json.
internal import FoundationEssentials

extension CrashReport {
  /// report.json of this finding: every key of the schema, unknown ones null, sorted.
  public func json() throws(CrashReportError) -> [UInt8] {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(EncodedReport(self))) + [UInt8(ascii: "\n")]
    } catch {
      throw CrashReportError(.notAReport, "the report \(signature) cannot be written as JSON: \(error)")
    }
  }

  /// The JSON Schema of `json()`.
  public static var jsonSchema: String { String(decoding: PackageResources.report_1_schema_json, as: UTF8.self) }
}

extension EncodedReport {
  init(_ report: CrashReport) {
    let detected = report.moments[.detected] ?? report.moments[.written]
    self.init(
      schemaVersion: Self.version, tool: Tool(name: "latewrite", version: "0.1", commit: nil),
      timestamp: report.process.unixNs.map(Self.timestamp), kind: report.name, ruleId: report.ruleID,
      title: report.title,
      signature: report.signature, severity: RuleText.of(report.rule).severity, verdict: report.run.verdict,
      occurrences: report.occurrences, process: EncodedProcess(id: report.process.id, program: report.process.program),
      reproduce: EncodedReproduction(report.run), block: report.block.map { EncodedBlock($0) },
      access: report.access.map { EncodedAccess($0, at: EncodedMoment(detected)) },
      bytes: report.window.map { EncodedBytes($0, layout: report.block?.layout) },
      operation: EncodedOperation(report.operation, report.moments), victim: EncodedVictim(report.victim),
      stacks: EncodedStacks(report.moments), threads: EncodedThread.all(in: report.moments),
      history: report.history.map { EncodedEvent($0) }, images: report.images.map { EncodedImage($0) },
      environment: EncodedEnvironment(report.run.environment),
      related: EncodedRelated(swiftCrashReport: nil, core: nil, trace: nil, html: nil, sarif: nil), notes: report.notes)
  }

  private static func timestamp(_ unixNs: UInt64) -> String {
    // The formatter cuts at milliseconds: half of one keeps the rounding of a Double from costing one.
    let time = Date(timeIntervalSince1970: Double(unixNs / 1_000_000) / 1000 + 0.0005)
    return time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension EncodedVictim {
  init(_ victim: CrashReport.Victim?) {
    self.init(present: victim != nil, operation: victim?.operation, generation: victim?.generation)
  }
}

extension EncodedReproduction {
  init(_ run: RunContext) {
    self.init(
      command: run.command, seed: run.seed, scenario: run.scenario, revision: run.revision, execution: run.execution,
      schedule: run.schedule, scheduleFile: nil, scheduleSteps: run.scheduleSteps, deterministic: run.schedule != nil,
      hits: nil,
      attempts: nil, shrunkFrom: run.shrunkFrom, bakedInAtStep: nil)
  }
}

extension EncodedEnvironment {
  init(_ environment: ReportEnvironment?) {
    self.init(
      os: environment?.os, kernel: environment?.kernel, cpu: environment?.cpu, cores: environment?.cores, swift: nil,
      liburing: nil, ioUringDisabled: nil, container: nil, options: environment?.options)
  }
}

extension EncodedBlock {
  init(_ block: CrashReport.Block) {
    self.init(
      address: HexNumber(block.address), size: block.slotBytes, slot: block.slot, generationAtLend: block.generation,
      generationAtWrite: block.generationNow, state: block.state, arena: block.arena,
      requestedSize: block.requestedBytes,
      alignment: 64, poisonByte: nil, guarded: false, layout: block.layout, openLoans: block.openLoans,
      writers: block.writers)
  }
}

extension EncodedMoment {
  init(_ stack: CrashReport.Stack?) { self.init(time: stack?.timeNs, step: stack?.step) }
}

extension EncodedAccess {
  init(_ access: CrashReport.Access, at moment: EncodedMoment) {
    self.init(
      offset: access.offset, length: access.bytes, by: access.by.rawValue, detectedBy: access.detectedBy,
      detectedAt: moment, delaySinceFreeNs: access.delayNs)
  }
}

extension EncodedBytes {
  init(_ window: CrashReport.Window, layout: String?) {
    let table = ByteTable(window: window, layout: layout, access: nil, style: TextStyle(pathPrefix: nil))
    self.init(
      offset: window.offset, before: hexadecimal(window.before), after: hexadecimal(window.after),
      diff: table.changes.map {
        Change(offset: $0.offset, old: hexadecimal($0.old), new: hexadecimal($0.new), field: $0.field)
      }, fields: window.fields.map { Field(name: $0.name, offset: $0.offset, length: $0.bytes) }, decodedAs: layout)
  }
}

extension EncodedOperation {
  init(_ operation: CrashReport.Operation?, _ moments: [CrashReport.Moment: CrashReport.Stack]) {
    func moment(_ moment: CrashReport.Moment) -> EncodedMoment? { moments[moment].map { EncodedMoment($0) } }
    self.init(
      id: operation?.number, api: operation?.api, userData: nil, submittedAt: moment(.lent),
      cancelRequestedAt: moment(.cancelled), cancelResult: nil, completedAt: moment(.completed),
      result: operation?.result, fixedBuffer: nil, cause: operation?.cause)
  }
}

extension EncodedStacks {
  init(_ moments: [CrashReport.Moment: CrashReport.Stack]) {
    func stack(_ moment: CrashReport.Moment) -> EncodedStack? { moments[moment].map { EncodedStack($0) } }
    self.init(
      allocated: stack(.allocated), lent: stack(.lent), cancelled: stack(.cancelled), freed: stack(.freed),
      written: stack(.written), completed: stack(.completed), detected: stack(.detected),
      ownerAllocated: stack(.ownerAllocated), ownerLent: stack(.ownerLent))
  }
}

extension EncodedStack {
  init(_ stack: CrashReport.Stack) {
    self.init(
      thread: stack.thread, name: stack.threadName, time: stack.timeNs, step: stack.step, lost: stack.isLost,
      frames: stack.frames.map { EncodedFrame($0) })
  }
}

extension EncodedFrame {
  init(_ frame: CrashReport.Frame) {
    self.init(
      kind: frame.isExact ? .programCounter : .returnAddress, address: HexNumber(frame.address), symbol: frame.symbol,
      description: frame.description, function: frame.name, offset: frame.offset, image: frame.image,
      imageOffset: frame.imageOffset.map(HexNumber.init), inlined: frame.isInlined, inApp: frame.isInApp,
      sourceLocation: frame.location.map { EncodedLocation(file: $0.file, line: $0.line, column: $0.column) })
  }
}

extension EncodedThread {
  /// The threads that the moments name, each once. Roles are what names tell.
  static func all(in moments: [CrashReport.Moment: CrashReport.Stack]) -> [EncodedThread] {
    var threads: [Int: EncodedThread] = [:]
    for stack in CrashReport.Moment.allCases.compactMap({ moments[$0] }) where threads[stack.thread] == nil {
      let name = stack.threadName ?? ""
      let role: Role = name.contains("wait") ? .wait : name.contains("loop") ? .loop : .user
      threads[stack.thread] = EncodedThread(id: stack.thread, name: stack.threadName, role: role, crashed: false)
    }
    return threads.values.sorted { $0.id < $1.id }
  }
}

extension EncodedEvent {
  init(_ event: CrashReport.HistoryEvent) {
    self.init(
      step: event.step, time: event.timeNs, thread: event.thread, event: event.event, slot: event.slot,
      gen: event.generation, op: event.operation, result: event.result)
  }
}

extension EncodedImage {
  init(_ image: CrashReport.Image) {
    self.init(
      name: image.path.split(separator: "/").last.map(String.init) ?? image.path, path: image.path,
      buildId: image.buildID, baseAddress: HexNumber(image.base), endOfText: HexNumber(image.end))
  }
}
