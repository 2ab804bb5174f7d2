// When the loans of overlapped operations end: each row of the table under DESIGN rule 10, and what is found when the
// memory is freed, or the OVERLAPPED used again, before.
import CArena
import CSchedule
import CWin32
import Testing

@Suite struct OperationLoanTests {
  let arena = TestArena()
  let pipe = PipeEnds()

  @Test func `Failed at once: never lent`() {
    let request = Request(arena)
    CloseHandle(pipe.client)
    #expect(request.read(pipe.server) == ERROR_BROKEN_PIPE)
    #expect(arena.loansOpen == 0)
    #expect(request.overlapped.pointee.Internal == ULONG_PTR(STATUS_PENDING), "as Windows leaves it")
    request.free()
    #expect(arena.findings(1) == 0)
    CloseHandle(pipe.server)
  }

  @Test func `Succeeded at once, no port: over when the call returns`() {
    let request = Request(arena)
    pipe.send([1, 2, 3])
    #expect(request.read(pipe.server) == 0)
    #expect(arena.loansOpen == 0)
    #expect(request.overlapped.pointee.Internal == 0 && request.overlapped.pointee.InternalHigh == 3)
    #expect(request.buffer.load(as: UInt8.self) == 1)
    request.free()
    pipe.close()
  }

  @Test func `Succeeded at once, on a port: over when its packet leaves, or at once where none comes`() {
    let port = newPort()
    let request = Request(arena)
    #expect(CreateIoCompletionPort(pipe.server, port, 5, 0) == port)
    pipe.send([1, 2, 3])
    #expect(request.read(pipe.server) == 0)
    #expect(arena.loansOpen == 2, "OVERLAPPED and buffer")
    #expect(
      Dequeued(port, 0)
        == Dequeued(result: 1, bytes: 3, key: 5, address: UInt(bitPattern: request.overlapped), error: 0))
    #expect(arena.loansOpen == 0)
    #expect(SetFileCompletionNotificationModes(pipe.server, UCHAR(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)) == 1)
    pipe.send([4])
    #expect(request.read(pipe.server) == 0 && arena.loansOpen == 0)
    #expect(Dequeued(port, 0) == .nothing(WAIT_TIMEOUT))
    request.free()
    pipe.close()
    CloseHandle(port)
  }

  @Test func `Pending, on a port: over when its packet leaves`() {
    let port = newPort()
    let request = Request(arena)
    #expect(CreateIoCompletionPort(pipe.server, port, 5, 0) == port)
    #expect(request.read(pipe.server) == ERROR_IO_PENDING && arena.loansOpen == 2)
    pipe.send([7])
    #expect(request.overlapped.pointee.Internal == 0, "it has ended")
    #expect(arena.loansOpen == 2, "and only the packet gives the memory back")
    #expect(Dequeued(port, 0).bytes == 1 && arena.loansOpen == 0)
    #expect(request.read(pipe.server) == ERROR_IO_PENDING && arena.loansOpen == 2)
    CloseHandle(port)
    CloseHandle(pipe.client)
    #expect(arena.loansOpen == 0, "the packet was not let in")
    request.free()
    #expect(arena.findings(1) == 0)
    CloseHandle(pipe.server)
  }

  @Test func `Pending, with an event: over before the status is stored and the event set`() {
    let event = newEvent(manual: true)
    let request = Request(arena, event: event)
    #expect(request.read(pipe.server) == ERROR_IO_PENDING && arena.loansOpen == 2 && !isSet(event))
    pipe.send([7, 8])
    #expect(isSet(event) && arena.loansOpen == 0)
    request.free()
    #expect(arena.findings(1) == 0)
    pipe.close()
    CloseHandle(event)
  }

  @Test func `Whoever sees the status may free the memory`() {
    let pipe = PipeEnds(bytes: 4096)
    let thread = startThread { for _ in 0..<2000 { pipe.send([1]) } }
    for _ in 0..<2000 {
      let request = Request(arena)
      if request.read(pipe.server, bytes: 1) == ERROR_IO_PENDING {
        while HasOverlappedIoCompleted(request.overlapped) == 0 { SwitchToThread() }
      }
      request.free()
    }
    wait(for: thread)
    #expect(arena.findings(1) == 0 && arena.findings(2) == 0 && arena.findings(13) == 0)
    CloseHandle(thread)
    pipe.close()
    self.pipe.close()
  }

  @Test func `Pending, with a completion routine: over when the routine has run`() {
    let request = Request(arena)
    let routine: LPOVERLAPPED_COMPLETION_ROUTINE = { error, bytes, overlapped in
      #expect(error == 0 && bytes == 1 && overlapped?.pointee.Internal == 0)
      #expect(lw_block_at(overlapped).open_loans == 1, "still the operation's")
    }
    #expect(ReadFileEx(pipe.server, request.buffer, 16, request.overlapped, routine) == 1)
    pipe.send([7])
    #expect(arena.loansOpen == 2)
    #expect(SleepEx(0, 1) == WAIT_IO_COMPLETION)
    #expect(arena.loansOpen == 0)
    request.free()
    #expect(arena.findings(1) == 0)
    pipe.close()
  }

  @Test func `A routine whose thread ends without an alertable wait gives the memory back`() {
    let request = Request(arena)
    let pipe = pipe
    let thread = startThread {
      #expect(ReadFileEx(pipe.server, request.buffer, 16, request.overlapped, { _, _, _ in }) == 1)
      pipe.send([7])
    }
    wait(for: thread)
    #expect(arena.loansOpen == 0)
    request.free()
    pipe.close()
    CloseHandle(thread)
  }

  @Test func `OVERLAPPED and buffer in one block are one loan`() {
    let block = lw_alloc(arena.arena, 64, 0, true)!
    let overlapped = block.assumingMemoryBound(to: OVERLAPPED.self)
    #expect(ReadFile(pipe.server, block + 32, 32, nil, overlapped) == 0 && arena.loansOpen == 1)
    pipe.send([9])
    #expect(arena.loansOpen == 0 && (block + 32).load(as: UInt8.self) == 9)
    arena.free(block)
    pipe.close()
  }

  // What is found.

  @Test func `Memory freed under a pending read is LW001, and LW002 when the data come, with all stacks`() throws {
    let request = Request(arena)
    #expect(request.read(pipe.server) == ERROR_IO_PENDING)
    arena.free(request.buffer)
    #expect(arena.findings(1) == 1)
    pipe.send([0xAB, 0xCD])
    #expect(arena.findings(2) == 1)
    let (cause, effect) = (try arena.record(1), try arena.record(2))
    #expect(
      effect.cause == cause.serial && effect.access_bytes == 2 && effect.landing == lw_landing.LW_LANDING_FREED.rawValue
    )
    withUnsafeBytes(of: cause.api) { #expect(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) == "ReadFile") }
    #expect(effect.window_bytes > 1 && effect.after.0 == 0xAB && effect.after.1 == 0xCD, "the write lands")
    let moments = effect.moments
    #expect(moments.0.frame_count > 0 && moments.1.frame_count > 0, "allocated and lent")
    #expect(moments.3.frame_count > 0 && moments.4.frame_count > 0, "freed and written")
    #expect(arena.loansOpen == 0, "and the loans end all the same")
    arena.free(request.overlapped)
    pipe.close()
  }

  @Test func `A cancelled read stays lent until its packet leaves`() throws {
    let port = newPort()
    let request = Request(arena)
    #expect(CreateIoCompletionPort(pipe.server, port, 5, 0) == port)
    #expect(request.read(pipe.server) == ERROR_IO_PENDING)
    #expect(CancelIoEx(pipe.server, request.overlapped) == 1)
    #expect(arena.loansOpen == 2, "TRUE settles nothing")
    arena.free(request.buffer)
    #expect(arena.findings(1) == 1)
    #expect(try arena.record(1).moments.2.frame_count > 0, "it says where it was cancelled")
    #expect(Dequeued(port, INFINITE).error == ERROR_OPERATION_ABORTED && arena.loansOpen == 0)
    arena.free(request.overlapped)
    pipe.close()
    CloseHandle(port)
  }

  @Test func `An OVERLAPPED submitted again while it is lent is LW015, another one in its block is not`() {
    let block = lw_alloc(arena.arena, 64, 0, true)!
    let one = block.assumingMemoryBound(to: OVERLAPPED.self)
    let other = (block + 32).assumingMemoryBound(to: OVERLAPPED.self)
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 3)
    #expect(ReadFile(pipe.server, bytes, 1, nil, one) == 0 && ReadFile(pipe.server, bytes + 1, 1, nil, other) == 0)
    #expect(arena.findings(15) == 0)
    #expect(ReadFile(pipe.server, bytes + 2, 1, nil, one) == 0)
    #expect(arena.findings(15) == 1)
    pipe.send([1, 2, 3])
    #expect(ReadFile(pipe.server, bytes, 1, nil, one) == 0 && GetLastError() == ERROR_IO_PENDING)
    #expect(arena.findings(15) == 1, "its end was seen")
    pipe.send([4])
    bytes.deallocate()
    arena.free(block)
    #expect(arena.findings(1) == 0)
    pipe.close()
  }
}
