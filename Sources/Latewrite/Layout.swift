// A block's type as reports need it: which field the changed bytes belong to.
internal import CArena

/// A registered type of blocks. Registering the same name again gives the same layout.
public struct Layout: Sendable, Hashable {
  /// A part of a block.
  public struct Field: Sendable, Hashable {
    /// At most 23 bytes are kept.
    public let name: String
    /// From the start of the block, in bytes.
    public let offset: UInt32
    /// Size in bytes.
    public let bytes: UInt32

    /// Describes one field.
    public init(_ name: String, offset: UInt32, bytes: UInt32) {
      self.name = name
      self.offset = offset
      self.bytes = bytes
    }
  }

  let number: UInt32

  /// Registers a type for the life of the process; nil when 64 are registered already or it has more than 12 fields.
  public init?(_ name: String, fields: [Field]) {
    let fields = fields.map { field in
      var entry = lw_field()
      entry.offset = field.offset
      entry.bytes = field.bytes
      let room = MemoryLayout.size(ofValue: entry.name) - 1
      unsafe withUnsafeMutableBytes(of: &entry.name) { unsafe $0.copyBytes(from: field.name.utf8.prefix(room)) }
      return entry
    }
    number = unsafe fields.withUnsafeBufferPointer { fields in
      guard let first = fields.baseAddress else { return 0 }
      return unsafe lw_layout_register(name, first, fields.count)
    }
    if number == 0 { return nil }
  }
}
