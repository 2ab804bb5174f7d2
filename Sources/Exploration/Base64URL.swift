// Base 64 in the alphabet that needs no quoting in shells and addresses (RFC 4648 section 5), without padding.
internal import FoundationEssentials

enum Base64URL {
  /// The bytes; nil for what is none of that.
  static func bytes(of text: Substring) -> [UInt8]? {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    let plain = text.replacing("-", with: "+").replacing("_", with: "/") + padding
    return Data(base64Encoded: String(plain)).map { [UInt8]($0) }
  }
}
