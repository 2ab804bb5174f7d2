// asyncio's proactor: operations are started, remembered by the address of their OVERLAPPED, and completed when a
// packet with that address leaves the port. Matching by address is the subject of this project and stays as it was;
// what the match really was is said to the checker with every packet.
public import Latewrite
public import Logging
public import OverlappedIO

/// A proactor over a completion port, with the behaviours of a historic revision.
///
/// Single-threaded, as in asyncio: it is made, used and closed on the loop's thread. `close()` it; a proactor that is
/// let go open leaves its operations to their own devices, and they are reported.
public final class IOCPProactor: CustomStringConvertible {
  /// What it does differently from other revisions.
  public var behaviours: ProactorBehaviours { context.behaviours }
  /// Whether it logs what only a developer wants to know, as the debug mode of asyncio does.
  public let isDebug: Bool
  let context: ProactorContext
  var ready: ReadyQueue { context.ready }
  var log: ProactorLog { context.log }
  /// What another thread does where CPython lets go of the interpreter's lock to ask for a result.
  private var whileAskingForResult: (() -> Void)?
  /// Whether no event can be made, as when the system has no memory for one.
  package var lacksEvents = false
  /// The registrations of waits that got none: in CPython nobody has their handles.
  package private(set) var abandonedRegistrations: [RegisteredWait.Name] = []
  /// What it is known by among the proactors of the process.
  let number = IOCPProactor.nextNumber()
  private let arena: ArenaCore

  /// The port, until it is closed.
  var port: CompletionPort?
  /// What its packets are taken by, and what other threads wake a poll by.
  package let portName: CompletionPort.Name
  /// Operations by address, in the order in which they were started.
  let cache = OperationCache()
  /// What leaves the cache at the end of the poll, although its packet may never come. Unchecked: nothing happens while
  /// one is put in or all are taken out.
  @exclusivity(unchecked) var unregisteredOperations: [OverlappedReference] = []
  /// Futures that `poll` has completed since the last `select`.
  var completedCount = 0
  /// The frames of a select that has not returned, once something in it needs them.
  var frames: SelectFrames?
  /// What the errors of its operations keep; nil before the first one.
  private(set) var tracebacks: Tracebacks?
  /// Tickets of the proactor's own waits; a scenario's waits have its numbers.
  private var ownTickets: UInt64 = 1 << 63

  /// Opens a port. OVERLAPPEDs live in `arena`, which must be open until the proactor has been closed.
  public init(
    arena: borrowing Arena, behaviours: ProactorBehaviours, log: Logger, isDebug: Bool = true
  ) throws(ProactorError) {
    context = ProactorContext(behaviours, ProactorLog(logger: log))
    self.isDebug = isDebug
    self.arena = arena.core
    let port = try win32 { () throws(Win32Error) in try CompletionPort() }
    portName = port.name
    self.port = consume port
  }

  /// Whether `close()` has ended.
  public var isClosed: Bool { hasBeenClosed }
  var hasBeenClosed = false

  /// How many operations are in the cache.
  public var operationCount: Int { cache.count }

  /// Waits for a handle whose state a wait does not consume (events with manual reset, processes). The future completes
  /// with true when the handle is signalled when its packet is dequeued, with false otherwise, after `timeout` at the
  /// latest. Throws `negativeTimeout` or `timeoutTooBig` where the revision looks at the time.
  /// - Parameter operation: the scenario's number for it, shown by traces and reports; 0 for none.
  public func waitForHandle(
    _ handle: WaitableHandle, timeout: Duration? = nil, operation: UInt64 = 0
  ) throws(ProactorError) -> WaitHandleFuture {
    try checkOpen()
    let timeout = try registrationTime(timeout)
    let overlapped = try makeOverlapped(operation: operation)
    defer { overlapped.drop() }
    let registration = try register(overlapped, on: handle, timeout: timeout)
    let future = WaitHandleFuture(
      proactor: self, overlapped: overlapped, handle: handle, registration: registration)
    // Without its event there is no future, and nobody who would end the registration, as in CPython.
    if behaviours.contains(.unregisterWithEvent) {
      do throws(Win32Error) { try future.makeEvent() } catch {
        abandonedRegistrations.append(registration)
        throw ProactorError(error)
      }
    }
    if behaviours.contains(.immediatePoll), try future.poll() {
      try future.setResult(LoopValue(try future.poll()))
    }
    insert(future, overlapped, hasObject: behaviours.contains(.waitsHaveObject))
    return future
  }

  /// Registers an operation that completes when somebody posts its address: see `post(_:bytes:)`.
  public func register(operation: UInt64 = 0) throws(ProactorError) -> OverlappedFuture<UInt32> {
    try checkOpen()
    let overlapped = try makeOverlapped(operation: operation)
    defer { overlapped.drop() }
    let future = OverlappedFuture<UInt32>(proactor: self, overlapped: overlapped) { _, _, packet, result in
      result.put(packet.bytes)
    }
    insert(future, overlapped)
    return future
  }

  /// Posts the completion of an operation made with `register(operation:)`.
  public func post(_ future: OverlappedFuture<UInt32>, bytes: UInt32 = 0) throws(ProactorError) {
    try checkOpen()
    try post(bytes: bytes, address: future.address)
  }

  /// The second wait, for the event that ends a wait's unregistration.
  func waitCancel(_ event: WaitableHandle, for waiter: WaitHandleFuture) throws(ProactorError) -> WaitCancelFuture {
    try checkOpen()
    let overlapped = try makeOverlapped(operation: 0)
    defer { overlapped.drop() }
    let registration = try register(overlapped, on: event, timeout: nil)
    let future = WaitCancelFuture(
      proactor: self, overlapped: overlapped, event: event, registration: registration, waiter: waiter)
    insert(future, overlapped, hasObject: behaviours.contains(.waitsHaveObject))
    return future
  }

  /// Has an operation leave the cache at the end of the current or next poll.
  func unregister(_ overlapped: OverlappedReference) throws(ProactorError) {
    try checkOpen()
    overlapped.hold()
    unsafe unregisteredOperations.append(overlapped)
  }

  /// The packet that makes the next poll drop a cancelled wait. It looks like the wait's own and carries no loan.
  /// Nobody asks whether the port is open.
  func postFakePacket(address: UInt) throws(ProactorError) { try post(bytes: 1, address: address) }

  /// Takes all packets out of the port, which then nobody hears of; returns how many there were.
  package func takePackets() throws(ProactorError) -> Int {
    try win32 { () throws(Win32Error) in
      var count = 0
      while let packet = try portName.get(milliseconds: 0) {
        packet.putAside()
        count += 1
      }
      return count
    }
  }

  /// The number of its arena in the trace.
  var arenaNumber: UInt32 { arena.number }

  /// Has `body` run wherever CPython lets go of the interpreter's lock to ask for a result; nil: nothing any more.
  package func whileAskingForResult(_ body: (() -> Void)?) { whileAskingForResult = body }

  /// Another thread may run here.
  func letOthersRun() {
    if let body = whileAskingForResult { body() }
  }

  func checkOpen() throws(ProactorError) {
    if isClosed { throw ProactorError(.closed) }
  }

  private func post(bytes: UInt32, address: UInt) throws(ProactorError) {
    try win32 { () throws(Win32Error) in try portName.post(bytes: bytes, address: address) }
  }

  /// A number for something of the proactor's own.
  func nextTicket() -> UInt64 {
    ownTickets += 1
    return ownTickets
  }

  /// A new OVERLAPPED, held by the caller.
  func makeOverlapped(operation: UInt64) throws(ProactorError) -> OverlappedReference {
    let ticket = operation == 0 ? nextTicket() : operation
    let overlapped = try win32 { () throws(Win32Error) in
      try OverlappedReference.make(in: arena, operation: operation, ticket: ticket, of: context)
    }
    overlapped.hold()
    if operation != 0 {
      Trace.record(.operation, arena: overlapped.arena, object: overlapped.incarnation.bits, operation: operation)
    }
    return overlapped
  }

  /// The time of a wait as RegisterWaitForSingleObject takes it: 32 bits of milliseconds, of which all are for ever.
  private func registrationTime(_ timeout: Duration?) throws(ProactorError) -> Duration? {
    guard let timeout else { return nil }
    let (whole, part) = timeout.attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
    let asked = whole + (part > 0 ? 1 : 0)
    if behaviours.contains(.refusesWrongTimes) {
      if asked < 0 { throw ProactorError(.negativeTimeout) }
      if asked > UInt32.max { throw ProactorError(.timeoutTooBig) }
    }
    let taken = UInt32(truncatingIfNeeded: asked)
    return taken == .max ? nil : .milliseconds(Int64(taken))
  }

  private func register(
    _ overlapped: OverlappedReference, on handle: WaitableHandle, timeout: Duration?
  ) throws(ProactorError) -> RegisteredWait.Name {
    try win32 { () throws(Win32Error) in
      try overlapped.registerWait(on: handle, postingTo: portName, timeout: timeout)
    }
  }

  /// What a new error of one of its operations keeps.
  func beginTraceback() -> Traceback {
    let all = tracebacks ?? Tracebacks()
    tracebacks = all
    return all.begin()
  }

  /// Remembers an operation on `object`, or on none; `hasObject`: which counts as one. Not inlined: where it is, what
  /// is put in is retained several times.
  @inline(never)
  func insert(
    _ future: some CachedFuture, _ overlapped: OverlappedReference, on object: PortObject? = nil,
    hasObject: Bool = false
  ) {
    overlapped.hold()
    future.enterCache()
    // An address that is in use already cannot be: whoever had it is forgotten, as by a dictionary.
    cache.insert(
      ProactorEntry(future: future, overlapped: overlapped, object: object, hasObject: hasObject || object != nil),
      at: overlapped.address)?.letGo()
  }

  /// "<IocpProactor overlapped#=2 result#=0>".
  public var description: String {
    "<IocpProactor overlapped#=\(cache.count) result#=\(completedCount)\(isClosed ? " closed" : "")>"
  }
}
