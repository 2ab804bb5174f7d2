// What the damage looks like: rows of eight bytes, only the rows and bytes that changed, each with the field of the
// block's type that it belongs to.

struct ByteTable {
  let window: CrashReport.Window
  let layout: String?
  let access: CrashReport.Access?
  let style: TextStyle

  private static let rowBytes = 8

  /// A stretch of bytes that changed and lies within one field.
  struct Change: Hashable {
    let offset: Int
    let old: [UInt8]
    let new: [UInt8]
    let field: String?
  }

  var lines: [String] {
    let rows = stride(from: 0, to: window.before.count, by: Self.rowBytes).map {
      $0..<min($0 + Self.rowBytes, window.before.count)
    }
    let changed = rows.filter { row in row.contains { isChanged($0) } }
    let heading = style.ink(.heading, "BYTES")
    guard !changed.isEmpty else {
      return access == nil ? [] : ["\(heading)  unchanged when this was recorded: the write had begun, not stored"]
    }
    let head = "\(heading)  offset  \("before".padded(to: 23))   now (.. unchanged)"
    return [head]
      + changed.map { row in
        let before = row.map { Self.hex(window.before[$0]) }.joined(separator: " ").padded(to: 23)
        let now = row.map { isChanged($0) ? Self.hex(window.after[$0]) : ".." }.joined(separator: " ").padded(to: 23)
        let offset = "+\(window.offset + row.lowerBound)".padded(to: 6)
        return "       \(offset)  \(before)   \(now)   \(meaning(of: row))".trimmingTrailingSpaces()
      }
  }

  /// All changes, for the machine-readable report.
  var changes: [Change] {
    var changes: [Change] = []
    var at = 0
    while at < window.before.count {
      guard isChanged(at) else {
        at += 1
        continue
      }
      let field = field(at: at)
      var end = at
      while end < window.before.count && isChanged(end) && self.field(at: end) == field { end += 1 }
      changes.append(
        Change(
          offset: window.offset + at, old: Array(window.before[at..<end]), new: Array(window.after[at..<end]),
          field: field?.name))
      at = end
    }
    return changes
  }

  private func isChanged(_ index: Int) -> Bool { window.before[index] != window.after[index] }

  private func field(at index: Int) -> CrashReport.Window.Field? {
    window.fields.first { ($0.offset..<($0.offset + $0.bytes)).contains(window.offset + index) }
  }

  /// The fields that changed in a row, with their value when it is whole in the window.
  private func meaning(of row: Range<Int>) -> String {
    var names: [String] = []
    for index in row where isChanged(index) {
      guard let field = field(at: index) else { continue }
      let described = describe(field)
      if !names.contains(described) { names.append(described) }
    }
    return names.joined(separator: ", ")
  }

  private func describe(_ field: CrashReport.Window.Field) -> String {
    let start = field.offset - window.offset
    guard (1...8).contains(field.bytes), start >= 0, start + field.bytes <= window.after.count else {
      return field.name
    }
    let value = window.after[start..<(start + field.bytes)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let status = layout == "OVERLAPPED" && field.name == "Internal" ? Self.status(value) : nil
    return "\(field.name) = 0x\(String(value, radix: 16))" + (status.map { " (\($0))" } ?? "")
  }

  /// The values of Internal that a late completion leaves, as ntstatus.h names them.
  private static func status(_ value: UInt64) -> String? {
    switch value {
    case 0: "STATUS_SUCCESS"
    case 0x102: "STATUS_TIMEOUT"
    case 0x103: "STATUS_PENDING"
    case 0xC000_0120: "STATUS_CANCELLED"
    default: nil
    }
  }

  private static func hex(_ byte: UInt8) -> String { hexadecimal([byte]) }
}

extension String {
  func trimmingTrailingSpaces() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
