// Packets and registrations that hold loans (DESIGN rules 3 and 4), and what packets tell about their block (LW004,
// LW005).
import CArena
import CSchedule
import CWin32
import Synchronization
import Testing

/// An arena whose findings are its own.
final class TestArena {
  let scope: OpaquePointer
  let arena: OpaquePointer

  init(reuse: lw_reuse = .LW_REUSE_IMMEDIATE) {
    var scopeConfig = lw_scope_config()
    scopeConfig.quiet = true
    guard let scope = lw_scope_create(&scopeConfig) else { fatalError("no scope") }
    var config = lw_arena_config_default()
    config.scope = scope
    config.reuse = reuse
    config.reserve_bytes = 1 << 20
    var status = lw_status.LW_OK
    guard let arena = lw_arena_open(&config, &status) else { fatalError("no arena: \(status)") }
    (self.scope, self.arena) = (scope, arena)
  }

  deinit {
    lw_arena_close(arena)
    lw_scope_destroy(scope)
  }

  var loansOpen: UInt64 { lw_arena_count(arena).loans_open }
  func findings(_ rule: lw_rule) -> UInt64 { lw_scope_count(scope, rule) }
  /// The first finding of a rule.
  func record(_ rule: lw_rule) throws -> lw_record {
    let file = lw_scope_file(scope)
    let records = (0..<file.pointee.record_count).compactMap { lw_record_at(file, $0)?.pointee }
    return try #require(records.first { $0.rule == rule })
  }

  func allocate() -> UnsafeMutablePointer<OVERLAPPED> {
    guard let block = lw_alloc(arena, MemoryLayout<OVERLAPPED>.size, 0, true) else { fatalError("no block") }
    return block.assumingMemoryBound(to: OVERLAPPED.self)
  }

  func free(_ block: UnsafeMutableRawPointer) { #expect(lw_free(arena, block) == .LW_OK) }

  func lend(_ block: UnsafeMutableRawPointer, to holder: lw_holder = .LW_HOLDER_PACKET) -> lw_loan {
    lw_lend(block, ("test" as StaticString).utf8Start.cString, 1, holder, nil)
  }

  func incarnation(_ block: UnsafeMutableRawPointer) -> lw_incarnation { lw_incarnation_live_at(block, nil) }
}

extension UnsafePointer<UInt8> {
  var cString: UnsafePointer<CChar> { UnsafeRawPointer(self).assumingMemoryBound(to: CChar.self) }
}

@Suite struct PacketLoanTests {
  let arena = TestArena()
  let port = newPort()

  @Test func `A packet's loan is settled when the packet is dequeued, before the call returns`() {
    let block = arena.allocate()
    let loan = arena.lend(block)
    #expect(lw_post_packet(port, 1, 2, block, loan) == 1)
    #expect(arena.loansOpen == 1)
    var packet = lw_packet()
    #expect(lw_get_packet(port, &packet, 0) == 1)
    #expect(arena.loansOpen == 0)
    #expect(packet.bytes == 1 && packet.key == 2 && packet.error == 0 && packet.overlapped == block)
    #expect(packet.stamped == arena.incarnation(block) && packet.alive == packet.stamped)
    #expect(packet.arena == lw_arena_number_of(arena.arena) && packet.loan.bits == loan.bits)
    #expect(packet.posted != 0 && packet.posted_by == lw_thread_self() && packet.posted_stamp != 0)
    arena.free(block)
    #expect(arena.findings(1) == 0)
    CloseHandle(port)
  }

  @Test func `A packet with the same address and no loan settles nothing`() {
    let block = arena.allocate()
    let loan = arena.lend(block)
    #expect(PostQueuedCompletionStatus(port, 0, 0, block) == 1)
    var packet = lw_packet()
    #expect(lw_get_packet(port, &packet, 0) == 1)
    #expect(packet.stamped == arena.incarnation(block) && lw_loan_is_none(packet.loan))
    #expect(arena.loansOpen == 1)
    arena.free(block)
    #expect(arena.findings(1) == 1, "freeing what the real packet will still complete")
    #expect(lw_settle(loan) == .LW_OK)
    CloseHandle(port)
  }

  @Test func `Packets that go with their port settle their loans`() {
    let blocks = (0..<10).map { _ in arena.allocate() }
    for block in blocks { #expect(lw_post_packet(port, 0, 0, block, arena.lend(block)) == 1) }
    #expect(arena.loansOpen == 10)
    CloseHandle(port)
    #expect(arena.loansOpen == 0)
    for block in blocks { arena.free(block) }
    #expect(arena.findings(1) == 0)
  }

  // In a process of its own: another test's port could have the closed value next, and would get this packet.
  @Test func `A post to a closed port settles its loan, and is a use of a closed handle`() async {
    await #expect(processExitsWith: .exitCode(1)) {
      useTemporaryReports()
      let (arena, port) = (TestArena(), newPort())
      CloseHandle(port)
      let block = arena.allocate()
      #expect(lw_post_packet(port, 0, 0, block, arena.lend(block)) == 0)
      #expect(GetLastError() == ERROR_INVALID_HANDLE)
      #expect(arena.loansOpen == 0)
      arena.free(block)
      #expect(arena.findings(1) == 0 && lw_scope_count(lw_scope_default(), 9) == 1)
    }
  }

  @Test func `Every packet has a serial number of its own, whichever thread posts it`() {
    let post: @convention(c) (UnsafeMutableRawPointer?) -> DWORD = { port in
      for _ in 0..<100 { PostQueuedCompletionStatus(port, 0, 0, nil) }
      return 0
    }
    let other = CreateThread(nil, 0, post, port, 0, nil)
    _ = post(port)
    WaitForSingleObject(other, INFINITE)
    var serials: [UInt32: [UInt64]] = [:]
    var packet = lw_packet()
    while lw_get_packet(port, &packet, 0) == 1 { serials[UInt32(packet.posted_by), default: []].append(packet.serial) }
    let all = serials.values.flatMap { $0 }
    #expect(all.count == 200 && Set(all).count == 200 && !all.contains(0))
    for posted in serials.values { #expect(posted == posted.sorted()) }
    CloseHandle(other)
    CloseHandle(port)
  }

  // What became of a packet, as a program on lw_get_packet says it.

  @Test func `An unexpected packet with an arena address is LW004, with any other nothing`() {
    let block = arena.allocate()
    PostQueuedCompletionStatus(port, 0, 0, block)
    PostQueuedCompletionStatus(port, 0, 0, nil)
    PostQueuedCompletionStatus(port, 0, 0, .init(bitPattern: 0xDEAD_BEE0))
    for expected in [true, false, false] {
      var packet = lw_packet()
      #expect(lw_get_packet(port, &packet, 0) == 1)
      lw_packet_unexpected(&packet)
      #expect(packet.reported == expected)
    }
    #expect(arena.findings(4) == 1)
    arena.free(block)
    CloseHandle(port)
  }

  @Test func `Completing another incarnation than the stamped one is LW005`() {
    let block = arena.allocate()
    let stale = arena.incarnation(block)
    PostQueuedCompletionStatus(port, 0, 0, block)
    PostQueuedCompletionStatus(port, 0, 0, block)
    var packet = lw_packet()
    #expect(lw_get_packet(port, &packet, 0) == 1)
    lw_packet_completed(&packet, stale, 1)
    #expect(arena.findings(5) == 0 && !packet.reported)
    arena.free(block)
    #expect(arena.allocate() == block, "immediate reuse")
    #expect(lw_get_packet(port, &packet, 0) == 1)
    #expect(packet.stamped == stale && packet.alive != stale && packet.alive == arena.incarnation(block))
    lw_packet_completed(&packet, packet.alive, 2)
    #expect(arena.findings(5) == 1 && packet.reported)
    arena.free(block)
    CloseHandle(port)
  }

  // What plain GetQueuedCompletionStatus judges by itself.

  @Test func `A packet of a freed block is LW004`() {
    let block = arena.allocate()
    PostQueuedCompletionStatus(port, 0, 0, block)
    arena.free(block)
    #expect(Dequeued(port, 0).result == 1)
    #expect(arena.findings(4) == 1 && arena.findings(5) == 0)
    CloseHandle(port)
  }

  @Test func `A packet of an old incarnation is LW004 where nothing is lent and LW005 where an operation runs`() {
    for (isLent, rule) in [(false, 4), (true, 5)] as [(Bool, lw_rule)] {
      let block = arena.allocate()
      PostQueuedCompletionStatus(port, 0, 0, block)
      arena.free(block)
      let next = arena.allocate()
      #expect(next == block)
      let loan = isLent ? arena.lend(next, to: .LW_HOLDER_USER) : lw_loan()
      #expect(Dequeued(port, 0).result == 1)
      #expect(arena.findings(rule) == 1)
      if isLent { #expect(lw_settle(loan) == .LW_OK) }
      arena.free(next)
    }
    #expect(arena.findings(4) == 1 && arena.findings(5) == 1)
    CloseHandle(port)
  }

  @Test func `A packet with a loan whose operation is pending is LW006, a plain one is not`() {
    let block = arena.allocate()
    block.pointee.Internal = ULONG_PTR(STATUS_PENDING)
    #expect(PostQueuedCompletionStatus(port, 0, 0, block) == 1)
    #expect(Dequeued(port, 0).result == 1)
    #expect(arena.findings(6) == 0)
    for (status, found) in [(STATUS_PENDING, 1), (STATUS_CANCELLED, 1)] as [(DWORD, UInt64)] {
      block.pointee.Internal = ULONG_PTR(status)
      #expect(lw_post_packet(port, 0, 0, block, arena.lend(block)) == 1)
      #expect(Dequeued(port, 0).result == 1)
      #expect(arena.findings(6) == found)
    }
    arena.free(block)
    #expect(arena.findings(4) == 0 && arena.findings(5) == 0)
    CloseHandle(port)
  }

  @Test func `A packet of a live block is no finding`() {
    let block = arena.allocate()
    for _ in 0..<2 { PostQueuedCompletionStatus(port, 0, 0, block) }
    for _ in 0..<2 { #expect(Dequeued(port, 0).result == 1) }
    arena.free(block)
    #expect(arena.findings(4) == 0 && arena.findings(5) == 0)
    CloseHandle(port)
  }
}

/// A registration that holds a loan and notes how it ended.
final class Lending: @unchecked Sendable {  // @unchecked: what `ended` wrote is read after the end was announced
  let loan: lw_loan
  let calls: Calls
  let completion: HANDLE
  var callbacksAtEnd: UInt32?
  var completionWasSet = false
  var endThread: lw_thread_number = 0

  init(_ loan: lw_loan, calls: Calls, completion: HANDLE) {
    (self.loan, self.calls, self.completion) = (loan, calls, completion)
  }

  func register(_ object: HANDLE, flags: DWORD) -> HANDLE? {
    var wait: HANDLE?
    let callback: WAITORTIMERCALLBACK = { context, timeout in
      recordCall(context: Unmanaged<Lending>.fromOpaque(context!).takeUnretainedValue().calls.context, timeout: timeout)
    }
    let ended: lw_wait_ended = { context, callbacks in
      let me = Unmanaged<Lending>.fromOpaque(context!).takeUnretainedValue()
      #expect(me.callbacksAtEnd == nil, "the end was told twice")
      me.callbacksAtEnd = callbacks
      me.completionWasSet = isSet(me.completion)
      me.endThread = lw_thread_self()
      if !lw_loan_is_none(me.loan) { #expect(lw_settle(me.loan) == .LW_OK) }
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    return lw_register_wait(&wait, object, callback, context, INFINITE, flags, loan, ended) == 1 ? wait : nil
  }
}

@Suite struct RegistrationLoanTests {
  @Test(arguments: [WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE])
  func `A wait that never fired ends before its unregistration returns`(flags: DWORD) {
    let arena = TestArena()
    let block = arena.allocate()
    let (object, completion) = (newEvent(), newEvent(manual: true))
    let me = Lending(arena.lend(block, to: .LW_HOLDER_REGISTRATION), calls: Calls(), completion: completion)
    let wait = me.register(object, flags: flags)
    #expect(UnregisterWaitEx(wait, completion) == 1)
    #expect(me.callbacksAtEnd == 0 && !me.completionWasSet && isSet(completion))
    #expect(arena.loansOpen == 0)
    arena.free(block)
    #expect(arena.findings(1) == 0)
    for handle in [object, completion] { CloseHandle(handle) }
  }

  @Test(arguments: [WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE])
  func `A wait unregistered during its callback ends behind it, on its thread, before the event`(flags: DWORD) {
    let arena = TestArena()
    let block = arena.allocate()
    let (object, completion) = (newEvent(set: true), newEvent(manual: true))
    let me = Lending(
      arena.lend(block, to: .LW_HOLDER_REGISTRATION), calls: Calls(gateOpen: false), completion: completion)
    let wait = me.register(object, flags: flags)
    CWin32Tests.wait(for: me.calls.entered)
    #expect(UnregisterWaitEx(wait, completion) == 0 && GetLastError() == ERROR_IO_PENDING)
    #expect(arena.loansOpen == 1, "ERROR_IO_PENDING settles nothing")
    SetEvent(me.calls.gate)
    CWin32Tests.wait(for: completion)
    #expect(me.callbacksAtEnd == 1 && !me.completionWasSet)
    #expect(me.endThread == me.calls.thread.load(ordering: .relaxed))
    #expect(arena.loansOpen == 0)
    arena.free(block)
    for handle in [object, completion] { CloseHandle(handle) }
  }

  @Test func `A blocking unregistration returns after the end`() {
    let arena = TestArena()
    let object = newEvent(set: true)
    let me = Lending(lw_loan(), calls: Calls(), completion: object)
    let wait = me.register(object, flags: WT_EXECUTEONLYONCE)
    CWin32Tests.wait(for: me.calls.entered)
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(me.callbacksAtEnd == 1)
    #expect(arena.loansOpen == 0)
    CloseHandle(object)
  }

  // In a process of its own: the port could have the value of another test's closed event.
  @Test func `A registration that fails never ends`() async {
    await #expect(processExitsWith: .success) {
      let me = Lending(lw_loan(), calls: Calls(), completion: newEvent())
      #expect(me.register(CreateMutexA(nil, 0, nil)!, flags: 0) == nil)
      #expect(me.callbacksAtEnd == nil)
    }
  }
}
