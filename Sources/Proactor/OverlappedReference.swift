// The OVERLAPPED as the proactor holds it. CPython frees one when its last reference goes - the cache's, the future's,
// the one on the stack of _poll(), the one in `_unregistered` - so *who still holds it* decides when memory is freed
// too early. Swift's own release points are no contract; here every holder says hold() and drop(), and the last drop
// frees.
internal import Latewrite
internal import OverlappedIO

final class OverlappedReference {
  /// Unchecked: every access is a call of C, or takes it out.
  @exclusivity(unchecked) private var overlapped: Overlapped?
  private var isRequest = false
  private var holders = 0
  private let context: ProactorContext
  /// What packets carry and what the cache is keyed by.
  private(set) var address: UInt
  /// Who it is; the address may have another owner one day.
  private(set) var incarnation: Incarnation
  /// The number of its arena.
  private(set) var arena: UInt32
  /// The scenario's number; 0 for operations of the proactor's own.
  private(set) var operation: UInt64
  /// Its number in the trace, never 0.
  private(set) var ticket: UInt64

  private init(
    _ created: consuming Overlapped, in arena: ArenaCore, operation: UInt64, ticket: UInt64, of context: ProactorContext
  ) {
    address = created.address
    incarnation = created.incarnation
    self.arena = arena.number
    self.operation = operation
    self.ticket = ticket
    self.context = context
    unsafe overlapped = consume created
  }

  /// A new OVERLAPPED; the object may be one that had another.
  static func make(
    in arena: ArenaCore, operation: UInt64, ticket: UInt64, of context: ProactorContext
  ) throws(Win32Error) -> OverlappedReference {
    let created = try Overlapped(in: arena)
    guard let spare = context.takeSpare() else {
      return OverlappedReference(created, in: arena, operation: operation, ticket: ticket, of: context)
    }
    spare.address = created.address
    spare.incarnation = created.incarnation
    spare.arena = arena.number
    spare.operation = operation
    spare.ticket = ticket
    spare.isRequest = false
    spare.holders = 0
    unsafe spare.overlapped = consume created
    return spare
  }

  func hold() { holders += 1 }

  @inline(__always)
  func drop() {
    holders -= 1
    if holders == 0 { giveBack() }
  }

  private func giveBack() {
    guard let overlapped = unsafe overlapped.take() else { return }
    if !isRequest {
      overlapped.free()
    } else if !overlapped.deallocate() {
      context.log.deallocatedPending(address)
    }
    context.keep(self)
  }

  /// Registers a wait that completes this operation.
  func registerWait(
    on handle: WaitableHandle, postingTo port: CompletionPort.Name, timeout: Duration?
  ) throws(Win32Error) -> RegisteredWait.Name {
    try RegisteredWait.Name(on: handle, postingTo: port, overlappedAt: address, timeout: timeout, ticket: ticket)
  }

  // ------------------------------------------------------------------------------------------------------- requests

  /// Whether the kernel still works on it; never so for a wait.
  var isPending: Bool { unsafe overlapped?.isPending ?? false }

  /// Starts a request by `body`, which says what the call said when it has failed or ended without a packet.
  func start(_ body: (inout Overlapped) -> Win32Error.Code?) -> Win32Error.Code? {
    isRequest = true
    // Taken out for the call: a class does not let go of what cannot be copied.
    var started = unsafe overlapped.take()!
    let answer = body(&started)
    unsafe overlapped = consume started
    return answer
  }

  /// A file cannot be taken into a closure: the request that sends one is started here.
  func transmit(
    _ socket: WaitableHandle, file: borrowing DiskFile, offset: UInt64, bytes: Int
  ) -> Win32Error.Code? {
    isRequest = true
    return unsafe overlapped!.transmit(socket, file: file, offset: offset, bytes: bytes)
  }

  func cancel() throws(Win32Error) { try unsafe overlapped!.cancel() }
  func result() throws(Win32Error) -> Int { try unsafe overlapped!.result() }
  func buffer(_ count: Int) -> [UInt8] { unsafe overlapped!.buffer(count) }
  var sender: SocketAddress? { unsafe overlapped?.sender }
}
