// The stacks of a report, effect first: each with who, when, and the frames that belong to the program.

struct StackSections {
  let report: CrashReport
  let style: TextStyle

  /// How many frames of a stack are shown unless all are asked for.
  private static let framesMax = 6

  /// In the order of the report.
  private static let shown: [CrashReport.Moment] = [
    .written, .completed, .detected, .freed, .cancelled, .lent, .allocated,
  ]

  /// Of a moment in a finding of `rule`: a handle is closed and used, not cancelled.
  static func label(_ moment: CrashReport.Moment, rule: Int) -> String {
    switch moment {
    case .cancelled where rule == 9: "CLOSED"
    case .detected where rule == 9: "USED"
    case .allocated: "ALLOCATED"
    case .lent: "LENT"
    case .cancelled: "CANCELLED"
    case .freed: "FREED"
    case .written: "WRITE"
    case .completed: "COMPLETED"
    case .detected: "DETECTED"
    case .ownerAllocated, .ownerLent: "OWNER NOW"
    }
  }

  var lines: [String] {
    var lines: [String] = []
    if let writer = unseenWriter { lines.append(style.ink(.heading, "WRITE") + "  by \(writer)") }
    for moment in Self.shown {
      guard let stack = report.moments[moment], moment != .detected || !isToldElsewhere(stack) else { continue }
      lines += section(moment, stack)
    }
    return lines + owner
  }

  /// Writers that leave no stack.
  private var unseenWriter: String? {
    guard report.moments[.written] == nil, let access = report.access else { return nil }
    switch access.by {
    case .kernel: return "kernel, submit stack shown under LENT"
    case .unknown: return "unknown (raw store), found by verify"
    case .userThread, .waitThread: return nil
    }
  }

  /// A finding is mostly made in the very act that the report shows.
  private func isToldElsewhere(_ detected: CrashReport.Stack) -> Bool {
    [CrashReport.Moment.written, .freed].contains { moment in
      guard let stack = report.moments[moment] else { return false }
      return stack.thread == detected.thread && Signature.top(stack) == Signature.top(detected)
        && stack.timeNs == detected.timeNs
    }
  }

  private func section(_ moment: CrashReport.Moment, _ stack: CrashReport.Stack) -> [String] {
    var head =
      style.ink(.heading, Self.label(moment, rule: report.rule)) + "  by \(Narrative(report: report).name(stack))"
    if moment == .lent, let operation = report.operation {
      let number = operation.number.map { "(op \($0))" } ?? ""
      if let api = operation.api { head += " to \(api)\(number)" } else { head += " \(number)" }
    }
    head += when(stack)
    if moment == report.pointOfInterest?.moment { head += "   " + style.ink(.pointer, "<- look here first") }
    return [head] + frames(stack)
  }

  private func when(_ stack: CrashReport.Stack) -> String {
    let step = stack.step.map { "  at step \($0)" } ?? ""
    return step + (stack.timeNs.map { "  (+\(DurationText.milliseconds($0)) ms)" } ?? "")
  }

  private var owner: [String] {
    guard let victim = report.victim else { return newOwner }
    let stack = report.moments[.ownerLent] ?? report.moments[.ownerAllocated]
    var head = style.ink(.heading, "OWNER NOW") + "  " + (victim.operation.map { "op \($0), " } ?? "")
    head += "generation \(victim.generation)"
    if let stack {
      head +=
        (report.moments[.ownerLent] == nil ? ", allocated by " : ", lent by ") + Narrative(report: report).name(stack)
      head += when(stack)
    }
    return [head] + (stack.map(frames) ?? [])
  }

  /// Who has the value of a handle that was closed.
  private var newOwner: [String] {
    guard let stack = report.moments[.ownerAllocated] else { return [] }
    let head = style.ink(.heading, "OWNER NOW") + "  opened by \(Narrative(report: report).name(stack))"
    return [head + when(stack)] + frames(stack)
  }

  private func frames(_ stack: CrashReport.Stack) -> [String] {
    guard !stack.frames.isEmpty else {
      return [stack.isLost ? "    (stack not kept: the depot was full)" : "    (stack not captured)"]
    }
    let numbered = Array(stack.frames.enumerated())
    let shown = style.isFull ? numbered : Array(tellingPart(numbered).prefix(Self.framesMax))
    let names = shown.map { Self.name($0.element) }
    let width = min(48, names.map(\.count).max() ?? 0)
    var lines = zip(shown, names).map { frame, name in
      let text = "    #\(frame.offset) \(name.padded(to: width))  \(place(frame.element))"
      return frame.element.isInApp ? text : style.ink(.faint, text)
    }
    let hidden = style.isFull ? 0 : tellingPart(numbered).count - shown.count
    if hidden > 0 { lines.append(style.ink(.faint, "    ... \(hidden) more frame\(hidden == 1 ? "" : "s") (--full)")) }
    return lines
  }

  private typealias NumberedFrame = (offset: Int, element: CrashReport.Frame)

  /// Latewrite's own frames at the top and the system's at the bottom say nothing about the bug. A stack without a
  /// frame of the program, a wait thread's, begins behind the frames that took it down.
  private func tellingPart(_ frames: [NumberedFrame]) -> ArraySlice<NumberedFrame> {
    guard let first = frames.firstIndex(where: { $0.element.isInApp }),
      let last = frames.lastIndex(where: { $0.element.isInApp })
    else {
      let told = frames.drop { frame in
        frame.element.location.map { FrameOrigin.isRecorder(file: $0.file) } ?? false
      }
      return told.isEmpty ? frames[...] : told
    }
    return frames[first...last]
  }

  private static func name(_ frame: CrashReport.Frame) -> String { frame.name ?? Hex.address(frame.address) }

  private func place(_ frame: CrashReport.Frame) -> String {
    let inlined = frame.isInlined ? " [inlined]" : ""
    if let location = frame.location {
      return style.shortened(location.file) + (location.line.map { ":\($0)" } ?? "") + inlined
    }
    guard let image = frame.image, let offset = frame.imageOffset else { return "(no image)" }
    return "\(image)+0x\(String(offset, radix: 16))" + inlined
  }
}
