// report.json: the block, what was written into it, and whose it is.

struct EncodedBlock: Codable, Sendable, Hashable {
  var address: HexNumber
  /// Of the slot, in bytes.
  var size: UInt64
  var slot: UInt64
  var generationAtLend: UInt64
  /// Of the incarnation that had the address when the finding was made.
  var generationAtWrite: UInt64
  var state: String
  @ExplicitNull var arena: String?
  var requestedSize: UInt64
  var alignment: Int
  /// Null: the poison is keyed by address and generation, no single byte.
  @ExplicitNull var poisonByte: Int?
  var guarded: Bool
  @ExplicitNull var layout: String?
  var openLoans: Int
  var writers: Int
}

struct EncodedMoment: Codable, Sendable, Hashable {
  /// Nanoseconds since the scope began.
  @ExplicitNull var time: UInt64?
  /// Of a controlled execution.
  @ExplicitNull var step: UInt64?
}

struct EncodedAccess: Codable, Sendable, Hashable {
  var offset: UInt64
  var length: UInt64
  var by: String
  @ExplicitNull var detectedBy: String?
  var detectedAt: EncodedMoment
  @ExplicitNull var delaySinceFreeNs: UInt64?
}

struct EncodedBytes: Codable, Sendable, Hashable {
  /// Of `before` and `after` within the block.
  var offset: Int
  var before: String
  var after: String
  var diff: [Change]
  var fields: [Field]
  @ExplicitNull var decodedAs: String?

  struct Change: Codable, Sendable, Hashable {
    var offset: Int
    var old: String
    var new: String
    @ExplicitNull var field: String?
  }

  struct Field: Codable, Sendable, Hashable {
    var name: String
    var offset: Int
    var length: Int
  }
}

struct EncodedOperation: Codable, Sendable, Hashable {
  @ExplicitNull var id: UInt64?
  @ExplicitNull var api: String?
  @ExplicitNull var userData: UInt64?
  @ExplicitNull var submittedAt: EncodedMoment?
  @ExplicitNull var cancelRequestedAt: EncodedMoment?
  @ExplicitNull var cancelResult: Int64?
  @ExplicitNull var completedAt: EncodedMoment?
  @ExplicitNull var result: Int64?
  @ExplicitNull var fixedBuffer: Bool?
  /// Serial of the finding that this one is the effect of.
  @ExplicitNull var cause: UInt64?
}

struct EncodedVictim: Codable, Sendable, Hashable {
  var present: Bool
  @ExplicitNull var operation: UInt64?
  @ExplicitNull var generation: UInt64?
}
