// report.json, version 1: the top level. Types of its own, so that the model may change while the file stays what
// report-1.schema.json says. Keys follow the Swift runtime's own crash reports where those have one.

struct EncodedReport: Codable, Sendable, Hashable {
  static let version = 1

  var schemaVersion: Int
  var tool: Tool
  /// ISO 8601, UTC, of the finding.
  @ExplicitNull var timestamp: String?
  /// The rule's name.
  var kind: String
  var ruleId: String
  var title: String
  var signature: String
  var severity: String
  var verdict: RunContext.Verdict
  var occurrences: Int
  var process: EncodedProcess
  var reproduce: EncodedReproduction
  @ExplicitNull var block: EncodedBlock?
  @ExplicitNull var access: EncodedAccess?
  @ExplicitNull var bytes: EncodedBytes?
  var operation: EncodedOperation
  var victim: EncodedVictim
  var stacks: EncodedStacks
  var threads: [EncodedThread]
  var history: [EncodedEvent]
  var images: [EncodedImage]
  var environment: EncodedEnvironment
  var related: EncodedRelated
  /// What was not available or may be wrong.
  var notes: [String]

  struct Tool: Codable, Sendable, Hashable {
    var name: String
    var version: String
    @ExplicitNull var commit: String?
  }
}

struct EncodedProcess: Codable, Sendable, Hashable {
  var id: Int
  var program: String
}

struct EncodedReproduction: Codable, Sendable, Hashable {
  @ExplicitNull var command: String?
  @ExplicitNull var seed: UInt64?
  @ExplicitNull var scenario: String?
  @ExplicitNull var revision: String?
  @ExplicitNull var execution: UInt64?
  @ExplicitNull var schedule: String?
  @ExplicitNull var scheduleFile: String?
  @ExplicitNull var scheduleSteps: Int?
  /// False where a seed repeats the decisions but not the timing.
  var deterministic: Bool
  @ExplicitNull var hits: Int?
  @ExplicitNull var attempts: Int?
  @ExplicitNull var shrunkFrom: Int?
  @ExplicitNull var bakedInAtStep: Int?
}

struct EncodedEnvironment: Codable, Sendable, Hashable {
  @ExplicitNull var os: String?
  @ExplicitNull var kernel: String?
  @ExplicitNull var cpu: String?
  @ExplicitNull var cores: Int?
  @ExplicitNull var swift: String?
  @ExplicitNull var liburing: String?
  @ExplicitNull var ioUringDisabled: Bool?
  @ExplicitNull var container: String?
  @ExplicitNull var options: String?
}

struct EncodedRelated: Codable, Sendable, Hashable {
  @ExplicitNull var swiftCrashReport: String?
  @ExplicitNull var core: String?
  @ExplicitNull var trace: String?
  @ExplicitNull var html: String?
  @ExplicitNull var sarif: String?
}
