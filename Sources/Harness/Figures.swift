// Numbers as people read them, the same in the table, the progress line and the sentences.

/// Numbers as text.
public enum Figures {
  /// "12,345,678"
  public static func grouped(_ number: UInt64) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }

  /// `part` of `whole` with two digits: "9.51"; "0.00" also stands for a share that rounds to nothing.
  public static func percent(_ part: UInt64, of whole: UInt64) -> String {
    whole == 0 ? "0.00" : decimal(Double(part) * 100 / Double(whole), digits: 2)
  }

  /// "830 ns", "41 us", "2.2 ms", "1.5 s"
  public static func time(nanoseconds: UInt64) -> String {
    switch nanoseconds {
    case ..<1_000: "\(nanoseconds) ns"
    case ..<10_000: "\(decimal(Double(nanoseconds) / 1e3, digits: 1)) us"
    case ..<1_000_000: "\(nanoseconds / 1_000) us"
    case ..<1_000_000_000: "\(decimal(Double(nanoseconds) / 1e6, digits: 1)) ms"
    default: "\(decimal(Double(nanoseconds) / 1e9, digits: 1)) s"
    }
  }

  /// `value`, which must be 0 or more, rounded to `digits` (1 or 2) places.
  public static func decimal(_ value: Double, digits: Int) -> String {
    let scale: UInt64 = digits == 1 ? 10 : 100
    let scaled = UInt64((value * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }

  /// The shortest way to write `count` of something: "1 execution", "2,431 executions".
  public static func count(_ count: UInt64, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// "2 executions that stand for them": for all schedules of a search.
  public static func representatives(_ executions: UInt64) -> String {
    "\(count(executions, "execution")) that \(executions == 1 ? "stands" : "stand") for them"
  }
}
