// Reads what C wrote when it found something: a header and flat records, from a file or from the memory of a scope. The
// writer may have died in the middle of it, or be another version, or not be Latewrite at all; every such case is one
// sentence or a counted loss, never a trap.
internal import CArena

/// The findings of one process as the C layers recorded them: program counters and bytes, nothing rendered.
public struct RawRecordFile: Sendable {
  /// The process that had the findings.
  public let processID: Int
  /// The path of its program.
  public let program: String
  /// How many records are whole.
  public var count: Int { records.count }
  /// Records that were begun and not ended: the process died in the middle, or is at it.
  public let unfinished: Int
  /// Records that make no sense; they are left out.
  public let damaged: Int
  /// Findings of further kinds for which there was no room.
  public let lost: Int
  /// Records that should follow but were cut off with the end of the file.
  public let cutOff: Int

  let header: lw_record_file
  let images: [lw_image]
  let records: [lw_record]

  /// The last byte is the version of the format.
  private static let magic: [UInt8] = [0x4C, 0x57, 0x52, 0x41, 0x57, 0, 0, 1]

  /// Reads the file at `path`.
  public init(contentsOf path: String) throws(CrashReportError) {
    try self.init(bytes: try FileContents.read(path), origin: path)
  }

  /// Reads bytes copied from a file or from the mapping of a scope; `origin` is what errors call them.
  public init(bytes: [UInt8], origin: String) throws(CrashReportError) {
    header = try Self.header(bytes, origin)
    processID = Int(clamping: header.pid)
    program = string(of: header.program)
    lost = Int(clamping: header.records_lost)
    images = elements(of: header.images, as: lw_image.self, count: header.image_count)

    let claimed = Int(min(header.record_count, header.record_capacity))
    let room = (bytes.count - MemoryLayout<lw_record_file>.size) / MemoryLayout<lw_record>.stride
    let present = min(claimed, room)
    cutOff = claimed - present
    var whole: [lw_record] = []
    var begun = 0
    var senseless = 0
    for index in 0..<present {
      let offset = MemoryLayout<lw_record_file>.size + index * MemoryLayout<lw_record>.stride
      let record = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: lw_record.self) }
      switch record.state {
      case 0, 1: begun += 1
      case 2 where Self.makesSense(record): whole.append(record)
      default: senseless += 1
      }
    }
    records = whole
    unfinished = begun
    damaged = senseless
  }

  /// What is missing, for the reader of a report; empty when nothing is.
  public var remarks: [String] {
    var remarks: [String] = []
    if unfinished > 0 { remarks.append("\(count(unfinished, "record")) not finished when this was read, left out") }
    if damaged > 0 { remarks.append("\(count(damaged, "record")) damaged, left out") }
    if cutOff > 0 { remarks.append("the file is cut short: \(count(cutOff, "record")) missing") }
    if lost > 0 { remarks.append("\(count(lost, "finding")) not recorded: the table of records was full") }
    if header.degraded != 0, let sentence = stringIfKnown(of: header.degradation) { remarks.append(sentence) }
    return remarks
  }

  /// How often each rule was broken, repetitions included.
  public var occurrences: [UInt32: UInt64] {
    var occurrences: [UInt32: UInt64] = [:]
    for (rule, count) in elements(of: header.counts, as: UInt64.self, count: UInt32(LW_RULE_COUNT)).enumerated()
    where count > 0 { occurrences[UInt32(rule)] = count }
    return occurrences
  }

  private func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun) was" : "\(number) \(noun)s were"
  }

  private static func header(_ bytes: [UInt8], _ origin: String) throws(CrashReportError) -> lw_record_file {
    guard !bytes.isEmpty else {
      throw CrashReportError(.cutShort, "\(origin) is empty: the program ended before it recorded a finding")
    }
    let known = min(bytes.count, magic.count - 1)
    guard bytes[..<known] == magic[..<known] else {
      throw CrashReportError(.notARecord, "\(origin) is no raw record of Latewrite: name a latewrite.<pid>.raw")
    }
    guard bytes.count <= known || bytes[known] == magic[known] else {
      throw otherVersion(origin, "format \(bytes[known]), read here is \(magic[known])")
    }
    guard bytes.count >= MemoryLayout<lw_record_file>.size else {
      throw CrashReportError(
        .cutShort, "\(origin) is cut short: it has \(bytes.count) of \(MemoryLayout<lw_record_file>.size) header bytes")
    }
    let header = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: lw_record_file.self) }
    guard header.header_bytes == MemoryLayout<lw_record_file>.size,
      header.record_bytes == MemoryLayout<lw_record>.stride
    else {
      throw otherVersion(
        origin, "records of \(header.record_bytes) bytes, read here are \(MemoryLayout<lw_record>.stride)")
    }
    return header
  }

  private static func otherVersion(_ origin: String, _ difference: String) -> CrashReportError {
    CrashReportError(
      .otherVersion, "\(origin) was written by another version of Latewrite (\(difference)): use that version's command"
    )
  }

  /// A record whose version or counts are out of bounds was written over, or is of another version.
  private static func makesSense(_ record: lw_record) -> Bool {
    record.version == UInt32(LW_RECORD_VERSION) && (1..<UInt32(LW_RULE_COUNT)).contains(record.rule)
      && record.field_count <= UInt32(LW_RECORD_FIELDS) && record.history_count <= UInt32(LW_RECORD_HISTORY)
      && record.window_bytes <= UInt32(LW_RECORD_BYTES)
      && elements(of: record.moments, as: lw_record_stack.self, count: CrashReport.Moment.allCases.count)
        .allSatisfy { $0.frame_count <= UInt32(LW_RECORD_FRAMES) }
  }
}
