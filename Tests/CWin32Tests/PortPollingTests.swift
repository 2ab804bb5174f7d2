// A thread that waits at a port does the poller's work meanwhile: it ends what it has begun without being woken for it.
// What nobody waits for at a port is the poller's own work still. Each test in a process of its own: the poller looks
// at all threads that wait at ports.
import CArena
import CSchedule
import CWin32
import Testing

/// A connection whose receives come to a port.
private struct PortEnds {
  let ends = SocketEnds()
  let port = newPort()
  let arena = TestArena()

  init() { #expect(CreateIoCompletionPort(handle(ends.here), port, 5, 0) == port) }

  /// The thread that ended a receive which was pending; before its packet is waited for, `body` is called.
  func receive(_ body: () -> Void = {}) -> lw_thread_number {
    let request = Request(arena)
    defer { request.free() }
    #expect(request.receive(ends.here) == ERROR_IO_PENDING)
    ends.send([1])
    body()
    var packet = lw_packet()
    #expect(lw_get_packet(port, &packet, INFINITE) == 1 && packet.bytes == 1)
    return packet.posted_by
  }

  /// Receives until this thread has ended something itself: the poller has left it its seat.
  func pollHere() {
    while receive() != lw_thread_self() { continue }
  }
}

@Suite struct PortPollingTests {
  @Test func `A thread that waits at a port ends its own receives`() async {
    await #expect(processExitsWith: .success) { PortEnds().pollHere() }
  }

  @Test func `What nobody waits for at a port is ended by another thread`() async {
    await #expect(processExitsWith: .success) {
      let ends = PortEnds()
      ends.pollHere()
      // The socket is signalled by the end of what was begun on it.
      let ender = ends.receive {
        #expect(WaitForSingleObject(handle(ends.ends.here), INFINITE) == WAIT_OBJECT_0)
      }
      #expect(ender != lw_thread_self())
    }
  }

  @Test func `Who polls at a port hears of a packet that is posted, and of the end of his time`() async {
    await #expect(processExitsWith: .success) {
      let ends = PortEnds()
      ends.pollHere()
      let (asked, answered) = (Sent(handle: newPort()), Sent(handle: ends.port))
      let poster = startThread {
        while Dequeued(asked.handle, INFINITE).key == 1 { PostQueuedCompletionStatus(answered.handle, 7, 1, nil) }
      }
      for _ in 0..<1_000 {
        PostQueuedCompletionStatus(asked.handle, 0, 1, nil)
        #expect(Dequeued(answered.handle, INFINITE).bytes == 7)
      }
      PostQueuedCompletionStatus(asked.handle, 0, 0, nil)
      CWin32Tests.wait(for: poster)
      #expect(Dequeued(answered.handle, 3).error == DWORD(WAIT_TIMEOUT))
    }
  }
}
