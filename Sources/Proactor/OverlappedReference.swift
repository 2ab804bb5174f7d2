// The OVERLAPPED as the proactor holds it. CPython frees one when its last reference goes - the cache's, the future's,
// the one on the stack of _poll(), the one in `_unregistered` - so *who still holds it* decides when memory is freed
// too early. Swift's own release points are no contract; here every holder says hold() and drop(), and the last drop
// frees.
internal import Latewrite
internal import OverlappedIO

final class OverlappedReference {
  private var overlapped: Overlapped?
  private var isRequest = false
  private var holders = 0
  private let log: ProactorLog
  /// What packets carry and what the cache is keyed by.
  let address: UInt
  /// Who it is; the address may have another owner one day.
  let incarnation: Incarnation
  /// The number of its arena.
  let arena: UInt32
  /// The scenario's number; 0 for operations of the proactor's own.
  let operation: UInt64
  /// Its number in the trace, never 0.
  let ticket: UInt64

  init(in arena: ArenaCore, operation: UInt64, ticket: UInt64, log: ProactorLog) throws(Win32Error) {
    let created = try Overlapped(in: arena)
    address = created.address
    incarnation = created.incarnation
    self.arena = arena.number
    self.operation = operation
    self.ticket = ticket
    self.log = log
    overlapped = consume created
  }

  func hold() { holders += 1 }

  func drop() {
    holders -= 1
    guard holders == 0, let overlapped = overlapped.take() else { return }
    guard isRequest else { return overlapped.free() }
    if !overlapped.deallocate() { log.deallocatedPending(address) }
  }

  /// Registers a wait that completes this operation.
  func registerWait(
    on handle: WaitableHandle, postingTo port: borrowing CompletionPort, timeout: Duration?
  ) throws(Win32Error) -> RegisteredWait.Name {
    try RegisteredWait(on: handle, postingTo: port, overlapped: overlapped!, timeout: timeout, ticket: ticket)
      .leaveName()
  }

  // ------------------------------------------------------------------------------------------------------- requests

  /// Whether the kernel still works on it; never so for a wait.
  var isPending: Bool { overlapped?.isPending ?? false }

  /// Starts a read; see `Overlapped`.
  func read(_ file: WaitableHandle, bytes: Int) -> Win32Error.Code? {
    isRequest = true
    return overlapped!.read(file, bytes: bytes)
  }

  func write(_ file: WaitableHandle, _ data: [UInt8]) -> Win32Error.Code? {
    isRequest = true
    return overlapped!.write(file, data)
  }

  func connect(pipe: WaitableHandle) -> Win32Error.Code? {
    isRequest = true
    return overlapped!.connect(pipe: pipe)
  }

  func waitForPipe(_ name: String, postingTo port: borrowing CompletionPort) -> Win32Error.Code? {
    isRequest = true
    return overlapped!.waitForPipe(name, postingTo: port)
  }

  func cancel() throws(Win32Error) { try overlapped!.cancel() }
  func result() throws(Win32Error) -> Int { try overlapped!.result() }
  func buffer(_ count: Int) -> [UInt8] { overlapped!.buffer(count) }
}
