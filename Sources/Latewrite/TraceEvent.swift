// One recorded act. The fields lie exactly as C's record does, so that a ring's events are read in place.
internal import CArena

/// What a thread did, when, and to which object.
///
/// Which of `object`, `before`, `after`, `operation` and `result` a kind uses is said in its case.
public struct TraceEvent: Sendable, Hashable, BitwiseCopyable {
  /// What happened.
  public enum Kind: UInt16, Sendable, CaseIterable {
    /// Object: incarnation; before and after: word; result: requested size.
    case alloc
    /// Object: incarnation; before and after: word; operation: loan.
    case lend
    /// As `lend`; the words are 0 when the incarnation had left its slot.
    case settle
    /// Object: incarnation; before and after: word, live to freeing.
    case free
    /// Word, freeing to quarantined.
    case poisoned
    /// Word before; the incarnation left its slot with loans or writers.
    case retire
    /// Word, quarantined to verifying.
    case verify
    /// Word, verifying to quarantined or free; result: damaged bytes.
    case verified
    /// Object: lent incarnation; word; operation: loan; result: landing.
    case writeBegin
    /// As `writeBegin`.
    case writeEnd
    /// Object: arena.
    case reset
    /// Object: wait number; operation: loan; result: the handle waited for.
    case registerWait
    /// Object: wait number; operation: loan; result: timed out.
    case callbackEnter
    /// Object: wait number.
    case callbackLeave
    /// Object: wait number, 0 when it was unregistered before; before: handle of the event to be set; operation: loan;
    /// result: last error or 0.
    case unregisterWait
    /// Object: handle; result: 6 when it was closed.
    case signal
    /// Object: stamped incarnation; operation: loan, 0 for none; result: serial of the packet.
    case post
    /// Object: stamped incarnation; before: alive incarnation; operation: loan; result: serial.
    case dequeue
    /// As `post`; the packet left with its port, or its post failed.
    case discard
    /// Object: incarnation; operation: the scenario's number.
    case cancel
    /// Object: incarnation; operation: the scenario's number that belongs to it.
    case operation
    /// Object: stamped incarnation; result: serial; the subject found no operation.
    case unexpected
    /// Object: stamped incarnation; before: the incarnation of the operation it completed; operation: the scenario's
    /// number; result: serial.
    case completed
    /// Operation: the scenario's number; result: 0 none, 1 right, 2 wrong.
    case result
    /// Object: number of an I/O operation that begins; operation: loan of its OVERLAPPED.
    case submit
    /// The same, ended; result: its status.
    case done
    /// Object: number of the thread that an APC is queued to.
    case queueAPC
    /// Object: number of the calling thread.
    case apc
    /// Object: handle; operation: `TracedCall`; result: what the call said.
    case call
    /// Operation: the future's ticket; result: 0 result, 1 cancelled, 2 error.
    case future

    /// The name that traces print.
    public var name: String { unsafe String(cString: lw_event_name(lw_event_kind(rawValue: UInt32(rawValue))!)) }
  }

  /// `Clock.stamp` after the act.
  public let stamp: UInt64
  /// The number of the kind.
  public let kindNumber: UInt16
  /// The thread's small number.
  public let thread: UInt16
  /// The arena's number; 0 where none is concerned.
  public let arena: UInt32
  /// See the kind.
  public let object: UInt64
  /// See the kind.
  public let before: UInt64
  /// See the kind.
  public let after: UInt64
  /// See the kind.
  public let operation: UInt64
  /// See the kind.
  public let result: Int64
  /// Of a controlled execution; 0 when free running.
  public let step: UInt64

  /// What happened; nil for a kind that this version does not know.
  public var kind: Kind? { Kind(rawValue: kindNumber) }
}
