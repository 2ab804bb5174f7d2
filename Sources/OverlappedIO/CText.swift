// Text on its way to a call in C and back.
internal import COverlapped

/// Throws when one of `texts` has a zero in it: `call` would take what is before it for the whole.
func refuseZeros(in texts: [String], _ call: String) throws(Win32Error) {
  guard texts.allSatisfy({ !$0.utf8.contains(0) }) else { throw Win32Error(.invalidParameter, in: call) }
}

extension Win32Error.Code {
  /// The system's sentence, as the end of one; nil when it has none. The calling thread's last error stays.
  var systemSentence: String? {
    let last = GetLastError()
    defer { SetLastError(last) }
    var text = [CChar](repeating: 0, count: 512)
    let flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK
    let length = unsafe FormatMessageA(flags, nil, rawValue, 0, &text, DWORD(text.count), nil)
    let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    let sentence = String(decoding: bytes, as: UTF8.self)
    let words = sentence.reversed().drop { $0 == " " || $0 == "." }.reversed()
    guard let first = words.first else { return nil }
    // An abbreviation stays as it is.
    let isWord = words.dropFirst().first.map { $0.isLowercase || $0 == " " } ?? true
    return (isWord ? first.lowercased() : String(first)) + String(words.dropFirst())
  }
}
