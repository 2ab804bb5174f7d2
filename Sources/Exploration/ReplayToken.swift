// A schedule as text that can be pasted: "lw1-" and URL-safe base 64 of what decides the execution beside the program
// itself. Layout, before the encoding: 2 bytes checksum of all that follows; 4 bytes digest of the names that the token
// is for; then numbers of variable length (7 bits a byte, lowest first): settings, how many, each; deviations, how
// many, and each as member, ordinal (less that of the member's last one), value * 5 + turn. It is written in C, by the
// one piece that a program which crashes can use too.
internal import CSchedule

/// Why a token cannot be followed, one sentence.
public struct ReplayTokenError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String
}

/// A schedule with what it belongs to.
public struct ReplayToken: Sendable, Hashable {
  /// What every token of this version begins with.
  public static let prefix = LW_REPLAY_TOKEN_PREFIX

  /// Stands for the names of what is executed: see `digest(of:)`.
  public let digest: UInt32
  /// Numbers that decide the execution: what they mean is the business of whoever runs it.
  public let settings: [UInt64]
  /// The schedule.
  public let schedule: Schedule

  /// A token of its parts.
  public init(digest: UInt32, settings: [UInt64], schedule: Schedule) {
    self.digest = digest
    self.settings = settings
    self.schedule = schedule
  }

  /// A number for names, the same in every process (FNV-1a).
  public static func digest(of names: [String]) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in names.joined(separator: "\u{0}").utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return hash
  }

  // -------------------------------------------------------------------------------------------------------- writing

  /// The token as text.
  public var text: String {
    let deviations = schedule.deviations.map(\.c)
    // A number of a setting has 10 bytes at most and one of a deviation 3, a length 5; three bytes are four letters.
    let bytes = 6 + 2 * 5 + settings.count * 10 + deviations.count * 9
    let room = Self.prefix.utf8.count + (bytes + 2) / 3 * 4 + 1
    return unsafe String(unsafeUninitializedCapacity: room) { text in
      unsafe text.withMemoryRebound(to: CChar.self) { text in
        unsafe lw_replay_token_write(
          text.baseAddress!, room, digest, settings, UInt32(settings.count), deviations, UInt32(deviations.count))
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------- reading

  /// The token that `text` is.
  public init(_ text: String) throws(ReplayTokenError) {
    guard text.hasPrefix(Self.prefix) else {
      let versioned = text.wholeMatch(of: /lw[0-9]+-.*/) != nil
      throw ReplayTokenError(
        description: versioned
          ? "the token is of another version of latewrite: this one reads those that begin with \(Self.prefix)"
          : "'\(text)' is no replay token: one begins with \(Self.prefix)")
    }
    guard let bytes = Base64URL.bytes(of: text.dropFirst(Self.prefix.count)), bytes.count > 6,
      unsafe lw_replay_token_sum(Array(bytes.dropFirst(2)), bytes.count - 2) == UInt16(bytes[0]) | UInt16(bytes[1]) << 8
    else {
      throw ReplayTokenError(description: "the token is damaged: copy it again, whole and without line breaks")
    }
    digest = (0..<4).reduce(0) { $0 | UInt32(bytes[2 + $1]) << ($1 * 8) }
    var reader = NumberReader(rest: bytes[6...])
    settings = try reader.list { reader throws(ReplayTokenError) in try reader.next() }
    var last: [UInt16: UInt16] = [:]
    schedule = Schedule(
      try reader.list { reader throws(ReplayTokenError) in
        let member = UInt16(truncatingIfNeeded: try reader.next())
        let ordinal = (last[member] ?? 0) &+ UInt16(truncatingIfNeeded: try reader.next())
        let packed = try reader.next()
        last[member] = ordinal
        return Deviation(
          member: member, ordinal: ordinal, turn: Deviation.Turn(rawValue: UInt16(packed % 5)) ?? .run,
          value: UInt16(truncatingIfNeeded: packed / 5))
      })
  }
}

/// Numbers of variable length, one after the other.
private struct NumberReader {
  var rest: ArraySlice<UInt8>

  mutating func next() throws(ReplayTokenError) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard let byte = rest.popFirst() else { break }
      number |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return number }
    }
    throw ReplayTokenError(description: "the token is damaged: it ends too early")
  }

  mutating func list<Element>(
    _ element: (inout NumberReader) throws(ReplayTokenError) -> Element
  ) throws(ReplayTokenError) -> [Element] {
    let count = try next()
    guard count <= UInt64(rest.count) else {
      throw ReplayTokenError(description: "the token is damaged: it ends too early")
    }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }
}
