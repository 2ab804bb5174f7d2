// The status block of an operation, in an arena. It is freed by an explicit call and by nothing else: *when* it is
// freed is what this project is about, and the point at which Swift lets a value go is no contract.
internal import COverlapped
public import Latewrite

/// An OVERLAPPED.
///
/// `free()` gives the block back, whatever is pending on it. A value that is let go without it has been forgotten: that
/// is reported (LW011) and the block stays allocated until its arena closes.
///
/// @unchecked Sendable: the pointer is set once and read only as an address or by atomic loads.
@safe public struct Overlapped: ~Copyable, @unchecked Sendable {
  private let arena: ArenaCore
  @unsafe let pointer: UnsafeMutablePointer<OVERLAPPED>
  /// Which use of the address this is.
  public let incarnation: Incarnation
  private var isFreed = false

  /// Allocates a zeroed OVERLAPPED. Throws `notEnoughMemory` when the arena is full.
  public init(in arena: borrowing Arena) throws(Win32Error) { try self.init(in: arena.core) }

  package init(in arena: ArenaCore) throws(Win32Error) {
    guard let created = unsafe lw_overlapped_create(arena.pointer),
      let incarnation = unsafe Incarnation(bits: lw_incarnation_live_at(created, nil))
    else { throw Win32Error(.notEnoughMemory, in: "Overlapped(in:)") }
    self.arena = arena
    unsafe pointer = created
    self.incarnation = incarnation
  }

  deinit {
    // A closed arena has reported the block already.
    guard !isFreed, let open = unsafe arena.pointerIfOpen else { return }
    let api: StaticString = "Overlapped"
    var finding = unsafe lw_finding()
    unsafe finding.rule = Rule.leak.rawValue
    unsafe finding.api = UnsafeRawPointer(api.utf8Start).assumingMemoryBound(to: CChar.self)
    unsafe finding.address = UnsafeRawPointer(pointer)
    unsafe finding.incarnation = incarnation.bits
    unsafe lw_report(open, &finding)
  }

  /// Gives the block back: the place where CPython drops the last reference. Whatever is pending stays pending; that is
  /// the bug on show.
  public consuming func free() {
    isFreed = true
    _ = unsafe lw_overlapped_free(arena.pointer, pointer)
  }

  /// Where it lies: what packets carry and what the proactor's cache is keyed by.
  public var address: UInt { unsafe UInt(bitPattern: pointer) }
  /// The arena's number.
  public var arenaNumber: UInt32 { arena.number }
  /// `Internal`: 0 after a signal, 0x102 after a timeout.
  public var status: UInt64 { unsafe lw_load64(pointer) }
  /// `InternalHigh`: for a wait the ticket that its callback left.
  public var information: UInt64 { unsafe lw_load64(UnsafeRawPointer(pointer) + 8) }
}
