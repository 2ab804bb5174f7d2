// The finding in plain words: the headline and one sentence, made only of facts that the record holds.

struct Narrative {
  let report: CrashReport

  private var what: String { report.block?.layout ?? "block" }
  private var freed: CrashReport.Stack? { report.moments[.freed] }
  private var writer: CrashReport.Stack? { report.moments[.written] }

  /// "8 bytes written to freed OVERLAPPED 0x00007f31c0040240 (+0, 64-byte slot 9, gen 3 -> freed, now gen 4)"
  var headline: String {
    let count = report.access.map { Signature.bytes($0.bytes) } ?? "bytes"
    let block = report.block.map { "\(what) \(Hex.address($0.address))" } ?? what
    switch report.rule {
    case 1:
      let loans = max(1, report.block?.openLoans ?? 1)
      return "\(block) freed with \(loans) open loan\(loans == 1 ? "" : "s")" + place
    case 2: return "\(count) written to freed \(block)" + place
    case 3: return "\(count) written through an old loan into the new owner of \(block)" + place
    case 4: return "packet of no registered operation for \(block)" + place
    case 5: return "packet of \(operation) completed another operation at \(block)" + place
    case 6: return "packet completed \(operation), which is still pending, at \(block)" + place
    case 7: return (report.name == "invalid-free" ? "free of no block" : "second free of \(block)") + place
    case 9:
      return "\(report.operation?.api ?? "a call") with a handle after its close" + (isRecycled ? " and reuse" : "")
    case 10:
      return "\(count) written beyond the \(report.block?.requestedBytes ?? 0) requested bytes of \(block)" + place
    case 11:
      return (report.moments[.lent] == nil ? "nobody freed \(block)" : "open loan at the end of \(block)") + place
    case 13: return "\(block) freed in the middle of a write of \(count)" + place
    default: return report.block == nil ? RuleText.of(report.rule).breach : "\(report.name) at \(block)" + place
    }
  }

  /// Where in the arena, and in which state.
  private var place: String {
    guard let block = report.block else { return "" }
    var parts: [String] = []
    // What is freed too early is the block; the write that came of it is told below.
    if let access = report.access, report.rule != 1 { parts.append("+\(access.offset)") }
    parts.append("\(block.slotBytes)-byte slot \(block.slot)")
    parts.append("gen \(block.generation)" + (freed == nil ? "" : " -> freed"))
    if freed != nil, let victim = report.victim { parts.append("now gen \(victim.generation)") }
    return " (\(parts.joined(separator: ", ")))"
  }

  private var operation: String { report.operation?.number.map { "operation \($0)" } ?? "an operation" }
  private var api: String { report.operation?.api.map { " (\($0))" } ?? "" }

  /// One or two sentences.
  var story: String {
    switch report.rule {
    case 1: freedWhileLent
    case 2, 3: lateWrite + aftermath
    case 4, 5, 6: packet
    case 7: doubleFree
    case 9: staleHandle
    case 10: "\(actor(writer, else: "Somebody")) wrote past the end of the \(what) of \(operation)\(api)."
    case 11: leak
    case 13:
      "\(actor(freed, else: "A thread")) freed the \(what) of \(operation)\(api) while "
        + "\(actor(writer, else: "its borrower", capital: false)) was writing into it."
    default: general
    }
  }

  private var freedWhileLent: String {
    let cancelled = report.moments[.cancelled] == nil ? "" : " The operation had been cancelled, which does not end it."
    let effect = writer.map { writer in
      " \(actor(writer, else: "It")) did\(late.map { " \($0) later" } ?? "")."
    }
    return
      "\(actor(freed, else: "A thread")) freed the \(what) of \(operation)\(api) while its borrower may still write "
      + "into it.\(cancelled)\(effect ?? "")"
  }

  private var late: String? { report.access?.delayNs.map(DurationText.of) }

  private var lateWrite: String {
    let cancelled = report.moments[.cancelled] == nil ? "" : "cancelled "
    let owner = report.operation?.number == nil ? "" : " of the \(cancelled)\(operation)\(api)"
    guard writer != nil else {
      return
        "Somebody wrote into the \(what)\(owner) after it was freed; a store that nobody announced, found when the "
        + "poison of the freed block was read."
    }
    let deed = owner.isEmpty ? "into the \(what)" : "the result\(owner)"
    return "\(actor(writer, else: "A thread")) wrote \(deed) \(late.map { "\($0) " } ?? "")after "
      + "\(owner.isEmpty ? "it" : "its \(what)") was freed\(freed.map { " by \(name($0))" } ?? "")."
  }

  private var aftermath: String {
    guard let victim = report.victim else { return " The block was not used again yet." }
    let owner = victim.operation.map { "operation \($0)" } ?? "somebody else"
    return " The address already belongs to \(owner)"
      + (report.rule == 3 ? ", whose memory has now been changed by mistake." : ".")
  }

  private var packet: String {
    let poster = report.moments[.completed].map { "\(actor($0, else: "A thread")) posted" } ?? "Somebody posted"
    let late = late.map { " \($0) after its memory was freed" } ?? ""
    let start = "\(poster) the packet of \(operation)\(api)"
    switch report.rule {
    case 4: return "\(start)\(late); when it was dequeued the program knew no such operation any more."
    case 5:
      let owner = report.victim?.operation.map { "operation \($0)" } ?? "another operation"
      return "\(start)\(late); its address belongs to \(owner) now, which the packet completed by mistake."
    default: return "\(start), but the operation is still pending and its memory still lent."
    }
  }

  private var doubleFree: String {
    if report.name == "invalid-free" {
      return "\(actor(report.moments[.detected], else: "A thread")) freed an address that is not the start of a block."
    }
    return "\(actor(report.moments[.detected], else: "A thread")) freed the \(what) again, after "
      + "\(actor(freed, else: "somebody", capital: false)) had freed it. Nothing was touched."
  }

  private var isRecycled: Bool { report.moments[.ownerAllocated] != nil }

  private var staleHandle: String {
    let user = actor(report.moments[.detected], else: "A thread")
    let closed =
      "\(user) used a handle\(api) that \(actor(report.moments[.cancelled], else: "somebody", capital: false))"
    guard isRecycled else { return closed + " had closed. No object was touched." }
    let owner = actor(report.moments[.ownerAllocated], else: "somebody", capital: false)
    return closed + " had closed. Its value belongs to an object of another type by now, which \(owner) opened."
  }

  private var leak: String {
    if let lent = report.moments[.lent] {
      return
        "\(operation.prefix(1).uppercased() + operation.dropFirst())\(api), lent by \(name(lent)), had not come to its "
        + "end when the arena closed."
    }
    return "The \(what) was still allocated when its arena closed."
  }

  private var general: String {
    let breach = RuleText.of(report.rule).breach
    guard let stack = report.moments[.detected] else { return breach }
    return "\(breach) It was noticed on \(name(stack))\(api)."
  }

  private func actor(_ stack: CrashReport.Stack?, else unknown: String, capital: Bool = true) -> String {
    guard let stack else { return unknown }
    let name = name(stack)
    return capital ? name.prefix(1).uppercased() + name.dropFirst() : name
  }

  func name(_ stack: CrashReport.Stack) -> String {
    "thread \(stack.thread)" + (stack.threadName.map { " \"\($0)\"" } ?? "")
  }
}

enum DurationText {
  /// "640 ns", "12.3 us", "1.804 ms", "2.1 s"
  static func of(_ ns: UInt64) -> String {
    switch ns {
    case ..<1000: "\(ns) ns"
    case ..<1_000_000: "\(decimal(ns, over: 1000, digits: 1)) us"
    case ..<1_000_000_000: "\(milliseconds(ns)) ms"
    default: "\(decimal(ns, over: 1_000_000_000, digits: 3)) s"
    }
  }

  /// With three digits behind the point.
  static func milliseconds(_ ns: UInt64) -> String { decimal(ns, over: 1_000_000, digits: 3) }

  private static func decimal(_ value: UInt64, over unit: UInt64, digits: Int) -> String {
    let scale = (0..<digits).reduce(UInt64(1)) { scale, _ in scale * 10 }
    let fraction = String(value % unit * scale / unit)
    return "\(value / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}

enum Hex {
  /// 16 digits, as Swift's own crash reports write addresses.
  static func address(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
