// The OVERLAPPED as the proactor holds it. CPython frees one when its last reference goes - the cache's, the future's,
// the one on the stack of _poll(), the one in `_unregistered` - so *who still holds it* decides when memory is freed
// too early. Swift's own release points are no contract; here every holder says hold() and drop(), and the last drop
// frees.
internal import Latewrite
internal import OverlappedIO

final class OverlappedReference {
  private var overlapped: Overlapped?
  private var holders = 0
  /// What packets carry and what the cache is keyed by.
  let address: UInt
  /// Who it is; the address may have another owner one day.
  let incarnation: Incarnation
  /// The number of its arena.
  let arena: UInt32
  /// The scenario's number; 0 for operations of the proactor's own.
  let operation: UInt64

  init(in arena: ArenaCore, operation: UInt64) throws(Win32Error) {
    let created = try Overlapped(in: arena)
    address = created.address
    incarnation = created.incarnation
    self.arena = arena.number
    self.operation = operation
    overlapped = consume created
  }

  func hold() { holders += 1 }

  func drop() {
    holders -= 1
    guard holders == 0 else { return }
    overlapped.take()?.free()
  }

  /// Registers a wait that completes this operation.
  func registerWait(
    on handle: WaitableHandle, postingTo port: borrowing CompletionPort, timeout: Duration?, ticket: UInt64
  ) throws(Win32Error) -> RegisteredWait {
    try RegisteredWait(on: handle, postingTo: port, overlapped: overlapped!, timeout: timeout, ticket: ticket)
  }
}
