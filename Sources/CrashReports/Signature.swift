// What makes two findings the same bug: the rule, the call that lent, and the program's own functions that freed and
// lent. Never the victim, never a line, never an address: the bug keeps its name while the code around it moves.

enum Signature {
  /// Rules whose cause is neither a free nor a loan: there the place where it was noticed is the cause.
  private static func cause(_ moments: [CrashReport.Moment: CrashReport.Stack]) -> CrashReport.Stack? {
    moments[.freed] ?? moments[.detected]
  }

  static func of(
    rule: Int, name: String, api: String?, moments: [CrashReport.Moment: CrashReport.Stack]
  ) -> String {
    let freed = top(cause(moments))
    let lent = top(moments[.lent] ?? moments[.allocated])
    return fingerprint([RuleText.of(rule).id, name, api ?? "", freed ?? "", lent ?? ""].joined(separator: "|"))
  }

  /// "stale-write: 8 bytes at +0 of OVERLAPPED freed in WaitHandleFuture.cancel"
  static func title(
    rule: Int, name: String, layout: String?, api: String?, access: CrashReport.Access?,
    moments: [CrashReport.Moment: CrashReport.Stack]
  ) -> String {
    var words = ["\(name):"]
    // The write that came of a wrong free may be known or not yet: it is no part of that bug's name.
    if let access, rule != 1 { words.append("\(bytes(access.bytes)) at +\(access.offset) of") }
    words.append(layout ?? (moments[.allocated] != nil || moments[.freed] != nil ? "block" : api ?? "call"))
    if rule == 11 {
      words.append(moments[.lent] == nil ? "never freed" : "never settled")
      if let place = top(moments[.lent] ?? moments[.allocated]) {
        words.append("\(moments[.lent] == nil ? "allocated" : "lent") in \(place)")
      }
    } else if let place = top(moments[.freed]) {
      words.append("freed in \(place)")
    } else if let place = top(moments[.detected]) {
      words.append("in \(place)")
    }
    return words.joined(separator: " ")
  }

  static func bytes(_ count: UInt64) -> String { count == 1 ? "1 byte" : "\(count) bytes" }

  /// The program's own top function, after inlining is expanded; without source files, the top function that has a name
  /// and is not of the system, else the image.
  static func top(_ stack: CrashReport.Stack?) -> String? {
    guard let stack else { return nil }
    if let name = stack.frames.first(where: \.isInApp)?.name { return BaseName.of(name) }
    let own = stack.frames.filter { $0.origin != .latewrite && !FrameOrigin.isSystem(image: $0.image) }
    if let name = own.first(where: { $0.name != nil })?.name { return BaseName.of(name) }
    return own.first?.image.map { String($0.split(separator: "/").last ?? "") }
  }

  /// FNV-1a of 64 bits, cut to 48: short enough to type, and bugs are counted in tens.
  static func fingerprint(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash >> 16, radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}
