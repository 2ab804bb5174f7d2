// The rules a finding can break, by number and name. Both come from the table in C, so that a report, a count and a
// test cannot disagree about what LW005 is.
internal import CArena

/// A rule of ownership that a program can break.
public enum Rule: UInt32, Sendable, CaseIterable, Hashable, Comparable, CustomStringConvertible {
  /// A block was freed while a loan was open: the cause.
  case freedWhileLent = 1
  /// A borrower wrote into a freed block: the effect.
  case staleWrite
  /// A borrower of an old incarnation wrote into a new one.
  case writeIntoReusedBlock
  /// A packet left its port and belonged to no registered operation.
  case unexpectedEvent
  /// A packet of an old incarnation completed a new operation.
  case falseCompletion
  /// A packet that carries a loan came for an operation that is still pending.
  case falseAlarm
  /// A block was freed twice, or the address was no block.
  case doubleFree
  /// A wait was unregistered that was unregistered before.
  case doubleUnregister
  /// A closed handle was used, or one whose value was recycled.
  case staleHandle
  /// Bytes beyond the requested size were changed.
  case outOfBoundsWrite
  /// A loan was never settled, or a block never freed, when the arena closed.
  case leak
  /// Nothing can run any more and no outside source is pending.
  case hang
  /// The free happened between the begin and the end of a borrower's write.
  case writeDuringFree
  /// The kernel's write met a guard.
  case refusedKernelWrite
  /// An operation structure was submitted again while its loan was open.
  case reusedWhileLent
  /// Announced stack memory whose frame has returned.
  case lentStackUnwound
  /// A handle was closed while a registered wait used it.
  case waitedHandleClosed
  /// A wait was unregistered, blocking, from inside its own callback.
  case selfUnregister

  /// "LW002".
  public var id: String { rawValue < 10 ? "LW00\(rawValue)" : "LW0\(rawValue)" }
  /// "stale-write".
  public var name: String { unsafe String(cString: lw_rule_name(rawValue)) }
  /// "LW002 stale-write".
  public var description: String { "\(id) \(name)" }

  /// By number.
  public static func < (left: Rule, right: Rule) -> Bool { left.rawValue < right.rawValue }
}
