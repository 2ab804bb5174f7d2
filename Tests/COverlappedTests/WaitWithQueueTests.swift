// RegisterWaitWithQueue: what the callback writes and posts, and who holds the loan when. Every test has an arena and
// a scope of its own.
import CArena
import COverlapped
import CSchedule
import CWin32
import Glibc
import Testing

/// An arena whose findings are its own, a port and an event.
final class Fixture {
  let scope: OpaquePointer
  let arena: OpaquePointer
  var port: HANDLE?
  let object: HANDLE?

  init(lateWrite: lw_late_write = .LW_LATE_WRITE_LANDS) {
    var scopeConfig = lw_scope_config()
    scopeConfig.quiet = true
    guard let scope = lw_scope_create(&scopeConfig) else { fatalError("no scope") }
    var config = lw_arena_config_default()
    config.scope = scope
    config.reuse = .LW_REUSE_IMMEDIATE
    config.late_write = lateWrite
    config.reserve_bytes = 1 << 20
    var status = lw_status.LW_OK
    guard let arena = lw_arena_open(&config, &status) else { fatalError("no arena: \(status)") }
    (self.scope, self.arena) = (scope, arena)
    port = CreateIoCompletionPort(lw_invalid_handle_value(), nil, 0, 1)
    object = CreateEventA(nil, 0, 0, nil)
  }

  deinit {
    CloseHandle(port)
    CloseHandle(object)
    lw_arena_close(arena)
    lw_scope_destroy(scope)
  }

  var loansOpen: UInt64 { lw_arena_count(arena).loans_open }
  func findings(_ rule: lw_rule) -> UInt64 { lw_scope_count(scope, rule) }

  func create() -> UnsafeMutablePointer<OVERLAPPED> {
    guard let overlapped = lw_overlapped_create(arena) else { fatalError("no block") }
    return overlapped
  }

  func register(_ overlapped: UnsafeMutablePointer<OVERLAPPED>, ms: DWORD = INFINITE, ticket: UInt64 = 7) -> HANDLE? {
    var wait: HANDLE?
    return lw_register_wait_with_queue(object, port, overlapped, ms, ticket, &wait) == 1 ? wait : nil
  }

  func next(_ ms: DWORD = INFINITE) -> lw_packet? {
    var packet = lw_packet()
    return lw_get_packet(port, &packet, ms) == 1 ? packet : nil
  }

  /// Ends a wait and returns after its last callback.
  func end(_ wait: HANDLE?) { #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1) }
}

func loaded(_ overlapped: UnsafeMutablePointer<OVERLAPPED>) -> (status: UInt64, information: UInt64) {
  let words = UnsafeRawPointer(overlapped)
  return (lw_load64(words), lw_load64(words + 8))
}

@Suite struct WaitWithQueueTests {
  let f = Fixture()

  @Test func `A signalled object completes the OVERLAPPED and posts it`() throws {
    let overlapped = f.create()
    overlapped.pointee.Internal = 0x1234
    let wait = f.register(overlapped, ticket: 99)
    #expect(loaded(overlapped).status == 0x1234, "registration leaves Internal alone")
    #expect(f.loansOpen == 1)
    SetEvent(f.object)
    let packet = try #require(f.next())
    #expect(packet.bytes == 0 && packet.key == 0 && packet.overlapped == overlapped)
    #expect(loaded(overlapped) == (UInt64(STATUS_SUCCESS), 99))
    #expect(packet.stamped == lw_incarnation_live_at(overlapped, nil) && packet.alive == packet.stamped)
    #expect(f.loansOpen == 0, "the packet held the loan and has left the port")
    f.end(wait)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    #expect(f.findings(1) == 0)
  }

  @Test func `A time-out completes it with STATUS_TIMEOUT and one byte`() throws {
    let overlapped = f.create()
    let wait = f.register(overlapped, ms: 1, ticket: 5)
    let packet = try #require(f.next())
    #expect(packet.bytes == 1)
    #expect(loaded(overlapped) == (UInt64(STATUS_TIMEOUT), 5))
    f.end(wait)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
  }

  @Test func `A wait that never fired settles its loan before its unregistration returns`() {
    let overlapped = f.create()
    let wait = f.register(overlapped)
    #expect(UnregisterWait(wait) == 1)
    #expect(f.loansOpen == 0)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    #expect(f.findings(1) == 0)
    SetEvent(f.object)
    #expect(f.next(0) == nil)
  }

  @Test func `After a finished callback TRUE settles nothing: the packet holds the loan`() throws {
    let overlapped = f.create()
    let wait = f.register(overlapped)
    SetEvent(f.object)
    f.end(wait)
    #expect(f.loansOpen == 1)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    #expect(f.findings(1) == 1)
    let packet = try #require(f.next())
    #expect(f.loansOpen == 0 && packet.alive == 0)
  }

  @Test func `The fake packet of the unfixed revision settles nothing, and the real one is unexpected`() throws {
    let overlapped = f.create()
    let wait = f.register(overlapped)
    #expect(PostQueuedCompletionStatus(f.port, 1, 0, overlapped) == 1)
    SetEvent(f.object)
    f.end(wait)
    let fake = try #require(f.next())
    #expect(fake.overlapped == overlapped && lw_loan_is_none(fake.loan))
    #expect(f.loansOpen == 1)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    #expect(f.findings(1) == 1)
    var real = try #require(f.next())
    lw_packet_unexpected(&real)
    #expect(f.findings(4) == 1 && f.loansOpen == 0)
  }

  // In a process of its own: another test's port could have the closed value next, and would get this packet. The
  // exit code is that of LW009.
  @Test func `A wait posted to a closed port settles its loan, and is a stale use of the port's handle`() async throws {
    let exit = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      setenv("LATEWRITE_OPTIONS", "log_path=/tmp", 1)  // before the first finding
      let f = Fixture()
      let overlapped = f.create()
      let wait = f.register(overlapped)
      CloseHandle(f.port)
      f.port = nil
      SetEvent(f.object)
      f.end(wait)
      #expect(f.loansOpen == 0)
      #expect(loaded(overlapped) == (UInt64(STATUS_SUCCESS), 7))
      #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    }
    let says = String(decoding: try #require(exit).standardErrorContent, as: UTF8.self)
    #expect(says.contains("LW009 stale-handle: PostQueuedCompletionStatus: handle of completion port used after"))
  }

  @Test func `A late write lands in the freed block, is found, and is posted`() throws {
    let overlapped = f.create()
    let wait = f.register(overlapped, ticket: 3)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    SetEvent(f.object)
    f.end(wait)
    #expect(loaded(overlapped) == (0, 3))
    let packet = try #require(f.next())
    #expect(packet.alive == 0 && packet.stamped != 0)
    #expect(f.findings(1) == 1 && f.findings(2) == 1)
  }

  @Test func `A late write into the next operation's block is found, and completes it falsely`() throws {
    let first = f.create()
    let wait = f.register(first, ticket: 3)
    #expect(lw_overlapped_free(f.arena, first) == .LW_OK)
    let second = f.create()
    #expect(second == first)
    let operation = lw_incarnation_live_at(second, nil)
    SetEvent(f.object)
    var packet = try #require(f.next())
    #expect(f.findings(3) == 1 && loaded(second) == (0, 3))
    lw_packet_completed(&packet, operation, 2)
    #expect(f.findings(5) == 1)
    f.end(wait)
    #expect(lw_overlapped_free(f.arena, second) == .LW_OK)
  }

  @Test func `A refused late write leaves the block alone, and the packet goes out all the same`() throws {
    let f = Fixture(lateWrite: .LW_LATE_WRITE_REFUSED)
    let overlapped = f.create()
    let wait = f.register(overlapped, ticket: 3)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    let poison = loaded(overlapped)
    SetEvent(f.object)
    #expect(try #require(f.next()).overlapped == overlapped)
    #expect(loaded(overlapped) == poison)
    #expect(f.findings(2) == 1 && f.loansOpen == 0)
    f.end(wait)
  }

  @Test func `An OVERLAPPED inside a larger block is lent with the block and written at its place`() throws {
    let block = try #require(lw_alloc(f.arena, 200, 0, true))
    let overlapped = (block + 64).assumingMemoryBound(to: OVERLAPPED.self)
    let wait = f.register(overlapped, ticket: 11)
    SetEvent(f.object)
    let packet = try #require(f.next())
    #expect(packet.overlapped == overlapped && packet.stamped == lw_incarnation_live_at(block, nil))
    #expect(packet.alive == packet.stamped)
    #expect(loaded(overlapped).information == 11 && lw_load64(block) == 0)
    f.end(wait)
    #expect(lw_free(f.arena, block) == .LW_OK)
  }

  @Test func `An OVERLAPPED outside every arena is written plainly and has no loan`() throws {
    let overlapped = UnsafeMutablePointer<OVERLAPPED>.allocate(capacity: 1)
    overlapped.initialize(to: OVERLAPPED())
    let wait = f.register(overlapped, ticket: 4)
    SetEvent(f.object)
    var packet = try #require(f.next())
    #expect(packet.arena == 0 && packet.stamped == 0 && lw_loan_is_none(packet.loan))
    #expect(loaded(overlapped).information == 4)
    lw_packet_unexpected(&packet)
    #expect(!packet.reported)
    f.end(wait)
    overlapped.deallocate()
  }

  // In a process of its own: a handle of another kind may have a value that another test has closed.
  @Test func `What cannot be registered lends nothing`() async {
    await #expect(processExitsWith: .success) {
      let f = Fixture()
      let overlapped = f.create()
      var wait: HANDLE?
      let mutex = CreateMutexA(nil, 0, nil)!
      #expect(lw_register_wait_with_queue(mutex, f.port, overlapped, 0, 1, &wait) == 0)
      #expect(GetLastError() == ERROR_INVALID_PARAMETER && f.loansOpen == 0)
      #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
      #expect(lw_register_wait_with_queue(f.object, f.port, overlapped, 0, 1, &wait) == 0)
      #expect(GetLastError() == ERROR_NO_SYSTEM_RESOURCES && f.findings(1) == 0)
    }
  }

  @Test func `Unregistering during the callback settles nothing until the packet leaves the port`() throws {
    // The callback is held in the post: the observer of the scope runs inside its late write.
    let overlapped = f.create()
    let wait = f.register(overlapped)
    let (inside, goOn) = (CreateEventA(nil, 0, 0, nil)!, CreateEventA(nil, 0, 0, nil)!)
    let pair = UnsafeMutablePointer<HANDLE>.allocate(capacity: 2)
    pair.initialize(to: inside)
    (pair + 1).initialize(to: goOn)
    #expect(lw_overlapped_free(f.arena, overlapped) == .LW_OK)
    lw_scope_observe(
      f.scope,
      { context, rule, _, _ in
        guard rule == 2, let pair = context?.assumingMemoryBound(to: HANDLE.self) else { return }
        SetEvent(pair[0])
        _ = WaitForSingleObject(pair[1], INFINITE)
      }, pair)
    let completion = CreateEventA(nil, 1, 0, nil)
    SetEvent(f.object)
    #expect(WaitForSingleObject(inside, INFINITE) == WAIT_OBJECT_0)
    #expect(UnregisterWaitEx(wait, completion) == 0 && GetLastError() == ERROR_IO_PENDING)
    #expect(f.loansOpen == 1 && WaitForSingleObject(completion, 0) == WAIT_TIMEOUT)
    SetEvent(goOn)
    #expect(WaitForSingleObject(completion, INFINITE) == WAIT_OBJECT_0)
    #expect(f.loansOpen == 1, "the completion event says that the callback is over, not that its packet was seen")
    _ = try #require(f.next(0))
    #expect(f.loansOpen == 0)
    lw_scope_observe(f.scope, nil, nil)
    for handle in [inside, goOn, completion] { CloseHandle(handle) }
    pair.deallocate()
  }

  @Test func `The layout names the five fields`() {
    #expect(lw_overlapped_layout() != 0 && lw_overlapped_layout() == lw_overlapped_layout())
    #expect(MemoryLayout<OVERLAPPED>.size == 32)
  }
}
