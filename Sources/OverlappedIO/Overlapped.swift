// The OVERLAPPED of an operation and its buffer, in an arena. They are freed by an explicit call and by nothing else:
// *when* they are freed is what this project is about, and the point at which Swift lets a value go is no contract.
internal import COverlapped
public import Latewrite

/// An OVERLAPPED, and the request that was started with it, if any.
///
/// `free()` gives its blocks back, whatever is pending. A value that is let go without it has been forgotten: that is
/// reported (LW011) and the blocks stay allocated until their arena closes.
///
/// @unchecked Sendable: the pointer is set once and read only as an address or by atomic loads; requests are started,
/// asked and freed by whoever owns the value.
@safe public struct Overlapped: ~Copyable, @unchecked Sendable {
  private let arena: ArenaCore
  @unsafe private(set) var pointer: UnsafeMutablePointer<OVERLAPPED>
  /// Which use of the address this is.
  public private(set) var incarnation: Incarnation
  var request = unsafe lw_request()
  private var isFreed = false

  /// Allocates a zeroed OVERLAPPED. Throws `notEnoughMemory` when the arena is full.
  public init(in arena: borrowing Arena) throws(Win32Error) { try self.init(in: arena.core) }

  package init(in arena: ArenaCore) throws(Win32Error) {
    self.arena = arena
    (unsafe pointer, incarnation) = try unsafe Self.allocate(in: arena)
    unsafe prepareRequest()
  }

  /// Allocates another OVERLAPPED in the place of the one that was given back, by the reference to the arena that is
  /// there.
  package mutating func renew() throws(Win32Error) {
    (unsafe pointer, incarnation) = try unsafe Self.allocate(in: arena)
    unsafe prepareRequest()
    isFreed = false
  }

  @unsafe private static func allocate(
    in arena: ArenaCore
  ) throws(Win32Error) -> (UnsafeMutablePointer<OVERLAPPED>, Incarnation) {
    guard let created = unsafe lw_overlapped_create(arena.pointer),
      let incarnation = unsafe Incarnation(bits: lw_incarnation_live_in(arena.pointer, created))
    else { throw Win32Error(.notEnoughMemory, in: "Overlapped(in:)") }
    return unsafe (created, incarnation)
  }

  @unsafe private mutating func prepareRequest() {
    unsafe request = lw_request()
    unsafe request.arena = unsafe arena.pointer
    unsafe request.overlapped = unsafe pointer
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
  public consuming func free() { giveBack() }

  /// The same of a value that stays, for `renew()`.
  package mutating func giveBack() {
    isFreed = true
    guard isThere else { return }
    _ = unsafe lw_overlapped_free(arena.pointer, pointer)
  }

  /// Gives OVERLAPPED and buffer back as asyncio's Overlapped does when it is deallocated: what is pending is cancelled
  /// and, if that was accepted, waited for. False: the kernel may still own the memory, which is given back all the
  /// same.
  package mutating func deallocate() -> Bool {
    isFreed = true
    guard isThere else { return true }
    return unsafe lw_request_deallocate(&request)
  }

  /// Whether its arena is open. A future may keep it for longer: closing has told of the block, and it is no memory any
  /// more.
  private var isThere: Bool { unsafe arena.pointerIfOpen != nil }

  /// Where it lies: what packets carry and what the proactor's cache is keyed by.
  public var address: UInt { unsafe UInt(bitPattern: pointer) }
  /// The arena's number.
  public var arenaNumber: UInt32 { arena.number }
  /// `Internal`: for a wait 0 after a signal, 0x102 after a timeout; for I/O its status.
  public var status: UInt64 { unsafe lw_load64(pointer) }
  /// `InternalHigh`: for a wait the ticket that its callback left.
  public var information: UInt64 { unsafe lw_load64(UnsafeRawPointer(pointer) + 8) }

  // ------------------------------------------------------------------------------------------------------- requests

  /// Whether a request was started and the kernel still works on it; never so for a wait.
  package var isPending: Bool {
    guard isThere else { return false }
    var request = unsafe request
    return unsafe lw_request_is_pending(&request)
  }

  /// Starts a read. Returns what the call said when the request has failed or ended without a packet, else nil.
  package mutating func read(_ file: WaitableHandle, bytes: Int) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: bytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_read(&request, file.pointer, bytes))
  }

  /// Starts a read into `block`, which stays the caller's and has to live until the request has ended. As `read`.
  package mutating func read(_ file: WaitableHandle, into block: Block) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: block.requestedBytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_read_into(&request, file.pointer, block.start, bytes))
  }

  /// Starts a write of a copy of `data`. As `read`.
  package mutating func write(_ file: WaitableHandle, _ data: [UInt8]) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: data.count) else { return .invalidParameter }
    return unsafe withBytes(of: data) { data in
      Self.code(unsafe lw_request_write(&request, file.pointer, data.baseAddress!, bytes))
    }
  }

  /// Starts to wait for a client of a pipe. As `read`; `pipeConnected`: there is one, and no packet will come.
  package mutating func connect(pipe: WaitableHandle) -> Win32Error.Code? {
    Self.code(unsafe lw_request_connect_pipe(&request, pipe.pointer))
  }

  /// Has a thread of the pool open the pipe `name` and post the outcome to `port`: bytes are an error, the key is the
  /// client's handle. As `read`.
  package mutating func waitForPipe(_ name: String, postingTo port: borrowing CompletionPort) -> Win32Error.Code? {
    Self.code(unsafe lw_request_wait_pipe(&request, name, port.handle.pointer))
  }

  /// Asks for its end, unless it has ended; never waits.
  package mutating func cancel() throws(Win32Error) {
    guard isThere else { return }
    var asked = false
    let error = unsafe lw_request_cancel(&request, &asked)
    if asked { TracedCall.cancelIoEx.record(unsafe UInt(bitPattern: request.handle), result: error) }
    if let code = Self.code(error) { throw Win32Error(code, in: "CancelIoEx") }
  }

  /// Bytes transferred. Throws the request's error, `ioIncomplete` while it is pending.
  package mutating func result() throws(Win32Error) -> Int {
    var transferred: UInt32 = 0
    let error = unsafe lw_request_result(&request, &transferred)
    TracedCall.getOverlappedResult.record(unsafe UInt(bitPattern: request.handle), result: error)
    if let code = Self.code(error) { throw Win32Error(code, in: "GetOverlappedResult") }
    return Int(transferred)
  }

  /// The first `count` bytes of its buffer.
  package func buffer(_ count: Int) -> [UInt8] {
    let bytes = min(count, Int(unsafe request.bytes))
    // An array of no room is one that all threads share, and making one this way would write its count.
    guard let start = unsafe request.buffer, bytes > 0 else { return [] }
    // Filling it first is quicker than `unsafeUninitializedCapacity`, which looks for the type of its memory each time.
    var copy = [UInt8](repeatElement(0, count: bytes))
    unsafe copy.withUnsafeMutableBytes { copy in unsafe lw_words_read(copy.baseAddress!, start, bytes) }
    return copy
  }

  static func code(_ error: UInt32) -> Win32Error.Code? {
    error == 0 ? nil : Win32Error.Code(rawValue: error)
  }
}
