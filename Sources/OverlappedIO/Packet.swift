// A packet as it left a port. What it did to the program is judged once, by whoever dequeued it: matching it to an
// operation is the subject's work, and comparing that match with the facts is the checker's.
internal import COverlapped
public import Latewrite

/// A dequeued packet.
///
/// Exactly one judgement is made: `complete(_:number:)`, `reportUnexpected()`, or, when the value is let go, the one
/// that a program makes which trusts the address - whoever lives there now is the operation.
@safe public struct Packet: ~Copyable {
  private var packet: lw_packet
  private var isJudged = false

  @unsafe init(_ packet: lw_packet) { unsafe self.packet = unsafe packet }

  /// For a wait: 0 signalled, 1 timed out.
  public var bytes: UInt32 { unsafe packet.bytes }
  /// Code of a failed operation; 0 for success and for posted packets.
  public var error: UInt32 { unsafe packet.error }
  /// The key it was posted with.
  public var key: UInt { unsafe UInt(packet.key) }
  /// The OVERLAPPED's address.
  public var address: UInt { unsafe UInt(bitPattern: packet.overlapped) }
  /// Its number among the packets of the process, never 0: those that one thread has posted rise.
  public var serial: UInt64 { unsafe packet.serial }
  /// Who lived at the address when it was posted.
  public var stamped: Incarnation? { unsafe Incarnation(bits: packet.stamped) }
  /// Who lived there when it was dequeued.
  public var alive: Incarnation? { unsafe Incarnation(bits: packet.alive) }
  /// Whether it carried a loan, which is settled by now.
  public var carriedLoan: Bool { unsafe !lw_loan_is_none(packet.loan) }

  deinit {
    guard !isJudged, stamped != nil else { return }
    var packet = unsafe packet
    if let alive {
      unsafe lw_packet_completed(&packet, alive.bits, 0)
    } else {
      unsafe lw_packet_unexpected(&packet)
    }
  }

  /// The program put the packet aside: the operation that it matched is still running.
  package consuming func putAside() { isJudged = true }

  /// The program completed an operation with it: the one whose OVERLAPPED is `operation`, the scenario's `number`.
  /// Another incarnation than the stamped one is LW005.
  public consuming func complete(_ operation: Incarnation, number: UInt64 = 0) {
    isJudged = true
    unsafe lw_packet_completed(&packet, operation.bits, number)
  }

  /// The program found no operation for it: LW004, unless the address is in no arena.
  public consuming func reportUnexpected() {
    isJudged = true
    unsafe lw_packet_unexpected(&packet)
  }
}
