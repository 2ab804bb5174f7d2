// The OVERLAPPED as the proactor holds it. CPython frees one when its last reference goes - the cache's, the future's,
// the one on the stack of _poll(), the one in `_unregistered` - so *who still holds it* decides when memory is freed
// too early. Swift's own release points are no contract; here every holder says hold() and drop(), and the last drop
// frees.
//
// So Swift need not count them as well, which took more than a dozen locked instructions for each operation: what is
// known of an OVERLAPPED lies in a place of the proactor's context, which all holders have, and keeps its places until
// it goes.
internal import Latewrite
internal import OverlappedIO

/// @safe: the place is there for as long as the context is. It may be another OVERLAPPED's once the last holder has
/// dropped it: who does not hold it does not use it.
@safe struct OverlappedReference {
  /// @safe: its context is asked for by whoever has the context.
  @safe private struct Place: ~Copyable {
    /// Given back where nobody holds it.
    var overlapped: Overlapped
    var isRequest = false
    var holders = 0
    var operation: UInt64 = 0
    var ticket: UInt64 = 0
    /// Whose place it is.
    @unsafe let context: Unmanaged<ProactorContext>
    /// The one that the context made before it, and the one that was free before it.
    var older: OverlappedReference?
    var spare: OverlappedReference?
  }

  @unsafe private let place: UnsafeMutablePointer<Place>

  /// The next one in each of the context's lists.
  var olderPlace: OverlappedReference? {
    get { unsafe place.pointee.older }
    nonmutating set { unsafe place.pointee.older = newValue }
  }
  var nextSpare: OverlappedReference? {
    get { unsafe place.pointee.spare }
    nonmutating set { unsafe place.pointee.spare = newValue }
  }

  /// What packets carry and what the cache is keyed by.
  var address: UInt { unsafe place.pointee.overlapped.address }
  /// Who it is; the address may have another owner one day.
  var incarnation: Incarnation { unsafe place.pointee.overlapped.incarnation }
  /// The number of its arena.
  var arena: UInt32 { unsafe place.pointee.overlapped.arenaNumber }
  /// The scenario's number; 0 for operations of the proactor's own.
  var operation: UInt64 { unsafe place.pointee.operation }
  /// Its number in the trace, never 0.
  var ticket: UInt64 { unsafe place.pointee.ticket }

  /// A new OVERLAPPED, which nobody holds yet.
  static func make(
    in arena: ArenaCore, operation: UInt64, ticket: UInt64, of context: ProactorContext
  ) throws(Win32Error) -> OverlappedReference {
    let made: OverlappedReference
    if let spare = context.spare {
      try unsafe spare.place.pointee.overlapped.renew()
      context.removeSpare()
      made = spare
    } else {
      made = context.own(OverlappedReference(try Overlapped(in: arena), of: context))
    }
    unsafe made.place.pointee.operation = operation
    unsafe made.place.pointee.ticket = ticket
    unsafe made.place.pointee.isRequest = false
    return made
  }

  /// A new place.
  private init(_ overlapped: consuming Overlapped, of context: ProactorContext) {
    unsafe place = .allocate(capacity: 1)
    unsafe place.initialize(to: Place(overlapped: overlapped, context: .passUnretained(context)))
  }

  /// Gives the place back, for its context, which goes: an OVERLAPPED that is still there has been forgotten.
  func vanish() {
    unsafe place.deinitialize(count: 1)
    unsafe place.deallocate()
  }

  func hold() { unsafe place.pointee.holders += 1 }

  @inline(__always)
  func drop() {
    assert(unsafe place.pointee.holders > 0)
    unsafe place.pointee.holders -= 1
    if unsafe place.pointee.holders == 0 { giveBack() }
  }

  private func giveBack() {
    if unsafe !place.pointee.isRequest {
      unsafe place.pointee.overlapped.giveBack()
    } else if unsafe !place.pointee.overlapped.deallocate() {
      unsafe place.pointee.context.takeUnretainedValue().log.deallocatedPending(address)
    }
    unsafe place.pointee.context._withUnsafeGuaranteedRef { context in context.keep(self) }
  }

  /// Registers a wait that completes this operation.
  func registerWait(
    on handle: WaitableHandle, postingTo port: CompletionPort.Name, timeout: Duration?
  ) throws(Win32Error) -> RegisteredWait.Name {
    try RegisteredWait.Name(on: handle, postingTo: port, overlappedAt: address, timeout: timeout, ticket: ticket)
  }

  // ------------------------------------------------------------------------------------------------------- requests

  /// Whether the kernel still works on it; never so for a wait.
  var isPending: Bool { unsafe place.pointee.overlapped.isPending }

  /// Starts a request by `body`, which says what the call said when it has failed or ended without a packet.
  func start(_ body: (inout Overlapped) -> Win32Error.Code?) -> Win32Error.Code? {
    unsafe place.pointee.isRequest = true
    return unsafe body(&place.pointee.overlapped)
  }

  /// A file cannot be taken into a closure: the request that sends one is started here.
  func transmit(
    _ socket: WaitableHandle, file: borrowing DiskFile, offset: UInt64, bytes: Int
  ) -> Win32Error.Code? {
    unsafe place.pointee.isRequest = true
    return unsafe place.pointee.overlapped.transmit(socket, file: file, offset: offset, bytes: bytes)
  }

  func cancel() throws(Win32Error) { try unsafe place.pointee.overlapped.cancel() }
  func result() throws(Win32Error) -> Int { try unsafe place.pointee.overlapped.result() }
  func buffer(_ count: Int) -> [UInt8] { unsafe place.pointee.overlapped.buffer(count) }
  var sender: SocketAddress? { unsafe place.pointee.overlapped.sender }
}
