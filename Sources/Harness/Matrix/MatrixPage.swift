// The matrix as one page that needs nothing else: a template that lays out the JSON document which is put into it.
internal import FoundationEssentials

extension Matrix {
  /// The page.
  public func page() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Inside a script element only "<" could end it.
    let json = String(decoding: try encoder.encode(MatrixDocument(self)), as: UTF8.self)
      .replacing("<", with: "\\u003c")
    let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return String(decoding: PackageResources.matrix_html, as: UTF8.self)
      .replacing("{{text}}", with: escaped).replacing("{{json}}", with: json)
  }
}
