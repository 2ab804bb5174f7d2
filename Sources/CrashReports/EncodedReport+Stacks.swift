// report.json: stacks, threads, events and images. Frames have the keys of the Swift runtime's crash reports.

struct EncodedStacks: Codable, Sendable, Hashable {
  @ExplicitNull var allocated: EncodedStack?
  @ExplicitNull var lent: EncodedStack?
  @ExplicitNull var cancelled: EncodedStack?
  @ExplicitNull var freed: EncodedStack?
  @ExplicitNull var written: EncodedStack?
  @ExplicitNull var completed: EncodedStack?
  @ExplicitNull var detected: EncodedStack?
  @ExplicitNull var ownerAllocated: EncodedStack?
  @ExplicitNull var ownerLent: EncodedStack?
}

struct EncodedStack: Codable, Sendable, Hashable {
  var thread: Int
  @ExplicitNull var name: String?
  @ExplicitNull var time: UInt64?
  @ExplicitNull var step: UInt64?
  /// True: there was no room to keep the frames.
  var lost: Bool
  var frames: [EncodedFrame]
}

struct EncodedFrame: Codable, Sendable, Hashable {
  enum Kind: String, Codable, Sendable { case programCounter, returnAddress }

  var kind: Kind
  var address: HexNumber
  /// As the linker knows it.
  @ExplicitNull var symbol: String?
  /// Demangled, in full.
  @ExplicitNull var description: String?
  /// Demangled, without modules and argument types.
  @ExplicitNull var function: String?
  @ExplicitNull var offset: UInt64?
  @ExplicitNull var image: String?
  @ExplicitNull var imageOffset: HexNumber?
  var inlined: Bool
  var inApp: Bool
  @ExplicitNull var sourceLocation: EncodedLocation?
}

struct EncodedLocation: Codable, Sendable, Hashable {
  var file: String
  @ExplicitNull var line: Int?
  @ExplicitNull var column: Int?
}

struct EncodedThread: Codable, Sendable, Hashable {
  enum Role: String, Codable, Sendable { case loop, wait, kernel, user }

  var id: Int
  @ExplicitNull var name: String?
  var role: Role
  var crashed: Bool
}

struct EncodedEvent: Codable, Sendable, Hashable {
  @ExplicitNull var step: UInt64?
  var time: UInt64
  var thread: Int
  var event: String
  var slot: UInt64
  var gen: UInt64
  var op: UInt64
  var result: Int64
}

struct EncodedImage: Codable, Sendable, Hashable {
  var name: String
  var path: String
  @ExplicitNull var buildId: String?
  var baseAddress: HexNumber
  var endOfText: HexNumber
}
