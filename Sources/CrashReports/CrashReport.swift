// One finding as this module thinks of it: facts with names and lines, before any layout. The text, the JSON and the
// merged store are all made from this; it is made from a raw record, or read back from a report.json.

/// A finding with everything that is known about it.
public struct CrashReport: Sendable, Hashable {
  /// 1 ... 18: which rule was broken.
  public let rule: Int
  /// The rule's name, "stale-write".
  public let name: String
  /// What makes two findings the same bug: 12 hexadecimal digits.
  public let signature: String
  /// One line that names the bug, without addresses.
  public let title: String
  /// How often it was found.
  public internal(set) var occurrences: Int
  /// The run it was found in.
  public internal(set) var run: RunContext

  /// The same finding with the schedule that was found to show it again.
  public func replayable(by schedule: RecordedSchedule) -> CrashReport {
    var report = self
    report.run.schedule = schedule.token
    report.run.scheduleSteps = schedule.deviations
    report.run.shrunkFrom = schedule.shrunkFrom
    return report
  }

  let process: Process
  let block: Block?
  let access: Access?
  let window: Window?
  let operation: Operation?
  let victim: Victim?
  let moments: [Moment: Stack]
  let history: [HistoryEvent]
  let images: [Image]
  /// What was not available or may be wrong, a sentence each.
  public let notes: [String]

  /// "LW002"
  public var ruleID: String { RuleText.of(rule).id }

  /// A line of source code.
  public struct SourceLocation: Sendable, Hashable {
    /// As the compiler recorded it.
    public let file: String
    /// From 1; nil when only the file is known.
    public let line: Int?
    /// From 1; nil when unknown.
    public let column: Int?
  }

  /// Where to look first: the program's own top frame of the free, else of the loan, else of where it was noticed.
  public var location: SourceLocation? { pointOfInterest?.frame.location }

  /// The moment to look at first and the frame in it.
  var pointOfInterest: (moment: Moment, frame: Frame)? {
    for moment in [Moment.freed, .lent, .allocated, .detected] {
      if let frame = moments[moment]?.frames.first(where: \.isInApp) { return (moment, frame) }
    }
    return nil
  }

  struct Process: Sendable, Hashable {
    var id: Int
    var program: String
    /// When the finding was made, in nanoseconds since 1970; nil when unknown.
    var unixNs: UInt64?
  }

  /// A point of time in the life of a block, in causal order.
  enum Moment: String, CaseIterable, Sendable {
    case allocated, lent, cancelled, freed, written, completed, detected, ownerAllocated, ownerLent
  }

  struct Stack: Sendable, Hashable {
    var thread: Int
    var threadName: String?
    /// Since the scope began.
    var timeNs: UInt64?
    var step: UInt64?
    /// The depot was full when it should have been kept.
    var isLost: Bool
    var frames: [Frame]
  }

  struct Frame: Sendable, Hashable {
    /// False: the address is that of the instruction behind the call.
    var isExact: Bool
    var address: UInt64
    var symbol: String?
    var name: String?
    var description: String?
    var offset: UInt64?
    var image: String?
    /// From the start of the image; what is left when nothing else is known.
    var imageOffset: UInt64?
    var isInlined: Bool
    var location: SourceLocation?

    var origin: FrameOrigin { FrameOrigin(file: location?.file, symbol: symbol, image: image) }
    var isInApp: Bool { origin == .app }
  }

  struct Block: Sendable, Hashable {
    var address: UInt64
    var slotBytes: UInt64
    var slot: UInt64
    var requestedBytes: UInt64
    var generation: UInt64
    var generationNow: UInt64
    /// "live", "quarantined", ...; "reused" when a new incarnation has the address.
    var state: String
    var openLoans: Int
    var writers: Int
    var arena: String?
    /// Name of the block's type.
    var layout: String?
  }

  struct Access: Sendable, Hashable {
    var offset: UInt64
    var bytes: UInt64
    var by: Writer
    var detectedBy: String?
    var delayNs: UInt64?

    enum Writer: String, Sendable { case userThread, waitThread, kernel, unknown }
  }

  /// Bytes of the block around the damage, and the fields of its type.
  struct Window: Sendable, Hashable {
    var offset: Int
    var before: [UInt8]
    var after: [UInt8]
    var fields: [Field]

    struct Field: Sendable, Hashable {
      var name: String
      var offset: Int
      var bytes: Int
    }
  }

  struct Operation: Sendable, Hashable {
    var number: UInt64?
    var api: String?
    var result: Int64
    /// The finding that this one is the effect of, by its number in the scope.
    var cause: UInt64?
  }

  /// Who has the address now.
  struct Victim: Sendable, Hashable {
    var generation: UInt64
    var operation: UInt64?
  }

  struct HistoryEvent: Sendable, Hashable {
    var step: UInt64?
    var timeNs: UInt64
    var thread: Int
    var event: String
    var slot: UInt64
    var generation: UInt64
    var operation: UInt64
    var result: Int64
  }

  struct Image: Sendable, Hashable {
    var path: String
    var buildID: String?
    var base: UInt64
    var end: UInt64
  }
}
