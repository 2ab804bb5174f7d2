// C's arrays inside structures arrive in Swift as tuples; here they become arrays and strings. Bytes of a file are not
// trusted: text is repaired, and what a terminal would obey is replaced.

/// The first `count` elements of a C array field, at most as many as it has.
func elements<Field: BitwiseCopyable, Element: BitwiseCopyable>(
  of field: Field, as element: Element.Type, count: some BinaryInteger
) -> [Element] {
  unsafe withUnsafeBytes(of: field) { bytes in
    let limit = min(Int(clamping: count), bytes.count / MemoryLayout<Element>.stride)
    return (0..<limit).map { index in
      unsafe bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.stride, as: Element.self)
    }
  }
}

/// A C string field up to its terminator or its end.
func string<Field: BitwiseCopyable>(of field: Field) -> String {
  let bytes = elements(of: field, as: UInt8.self, count: MemoryLayout<Field>.size)
  let repaired = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  return String(
    String.UnicodeScalarView(repaired.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
}

/// The same, nil when it is empty.
func stringIfKnown<Field: BitwiseCopyable>(of field: Field) -> String? {
  let known = string(of: field)
  return known.isEmpty ? nil : known
}
