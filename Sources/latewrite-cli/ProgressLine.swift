// How far a run has come, on standard error: one line that rewrites itself on a terminal, a plain line every ten
// seconds elsewhere, nothing when that is wanted.
internal import Glibc
internal import Harness
internal import Latewrite
internal import Proactor

final class ProgressLine: Sendable {
  private enum Style { case rewritten, plain, none }

  private let style: Style
  private let plainAt = Shared(Clock.now.advanced(by: .seconds(10)))

  init(isQuiet: Bool) {
    let isAutomatic = unsafe getenv("CI") != nil
    let isTerminal = isatty(STDERR_FILENO) == 1 && !isAutomatic
    style = isQuiet ? .none : isTerminal ? .rewritten : .plain
  }

  /// Tells how far it is.
  func show(_ progress: RunProgress) {
    switch style {
    case .none: break
    case .rewritten: Self.put("\r\u{1B}[K\(Self.text(of: progress).prefix(Self.columns - 1))")
    case .plain:
      let isDue = plainAt.withLock { due in
        guard Clock.now >= due else { return false }
        due = Clock.now.advanced(by: .seconds(10))
        return true
      }
      if isDue { Self.put(Self.text(of: progress) + "\n") }
    }
  }

  /// Takes the rewritten line away, so that a table can stand there.
  func clear() {
    if style == .rewritten { Self.put("\r\u{1B}[K") }
  }

  private static func text(of progress: RunProgress) -> String {
    let rate = progress.seconds > 0 ? UInt64(Double(progress.operations) / progress.seconds) : 0
    let bad = progress.outcomes.filter { $0.key != .completedBeforeFree }.values.reduce(0, +)
    var left = ""
    if let whole = progress.plan.bound.nanoseconds {
      let seconds = max(0, Double(whole) / 1e9 - progress.seconds)
      left = ", \(Figures.decimal(seconds, digits: 1)) s left"
    } else if let whole = progress.plan.bound.executions {
      left = " of \(Figures.grouped(whole))"
    }
    return "\(progress.plan.scenario.name) on \(progress.plan.revision.name): "
      + "\(Figures.count(progress.executions, "execution"))\(left), \(Figures.grouped(progress.operations)) waits "
      + "(\(Figures.grouped(rate))/s), \(Figures.grouped(bad)) gone wrong"
  }

  /// Of the terminal: a line that wraps could not be rewritten.
  private static var columns: Int {
    var size = winsize()
    return unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
  }

  private static func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }
}
