// The situations E and T, held still: the wait thread is kept from a callback that has fired, or has ended before the
// cancel. Each runs in a process of its own, where one wait thread serves everything.
import Glibc
import Latewrite
import OverlappedIO
import Proactor
import Testing

@Suite("Situations that were wrong")
struct RaceTests {
  @Test("E before the fix: the late callback writes into the next wait and completes it with the wrong answer")
  func falseCompletion() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.beforeD0a28dee)
      let held = try HeldWaitThread()
      let eventA = try Event()
      let eventB = try Event()
      let waitA = try situation.proactor.waitForHandle(eventA.handle, operation: 1)
      eventA.set()
      try waitA.cancel()
      #expect(situation.openLoans == 1, "cancel() and its fake packet settle nothing")
      try situation.poll()
      #expect(situation.proactor.operationCount == 0, "the fake packet drops A")
      #expect(situation.openLoans == 1, "and settles nothing")
      #expect(situation.scope.counts == [.freedWhileLent: 1])

      let waitB = try situation.proactor.waitForHandle(eventB.handle, operation: 2)
      try held.release()
      #expect(situation.scope.counts == [.freedWhileLent: 1, .writeIntoReusedBlock: 1])
      let result = try situation.result(waitB)
      #expect(!result, "B's handle was never signalled")
      #expect(situation.scope.count(.falseCompletion) == 1)
      let lent = situation.scope.findings.first { $0.rule == .freedWhileLent }
      #expect(lent?.operation == 1 && lent?.api == "RegisterWaitWithQueue")
      #expect(situation.log.errors.isEmpty)
      _ = try situation.end()
    }
  }

  @Test("E before the fix, without a next wait: a stale write, and the packet is an unexpected event")
  func staleWrite() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.beforeD0a28dee)
      let held = try HeldWaitThread()
      let event = try Event()
      let wait = try situation.proactor.waitForHandle(event.handle, operation: 1)
      event.set()
      try wait.cancel()
      try situation.poll()
      try held.release()
      try situation.poll()
      #expect(situation.scope.counts == [.freedWhileLent: 1, .staleWrite: 1, .unexpectedEvent: 1])
      let stale = situation.scope.findings.first { $0.rule == .staleWrite }
      #expect(stale?.access?.isWriterKnown == true && stale?.block.layout == "OVERLAPPED")
      let line = situation.log.errors.first
      #expect(line?.message == "GetQueuedCompletionStatus() returned an unexpected event")
      let status = line?.status ?? ""
      #expect(status.hasPrefix("err=0 transferred=0 key=0x0 address=0x"))
      _ = try situation.end()
    }
  }

  @Test("E on the fixed revision: the OVERLAPPED is kept, and the next wait stays pending")
  func kept() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.fix24dfa3c1)
      let held = try HeldWaitThread()
      let eventA = try Event()
      let eventB = try Event()
      let waitA = try situation.proactor.waitForHandle(eventA.handle, operation: 1)
      eventA.set()
      try waitA.cancel()
      try situation.poll()
      #expect(waitA.isCancelled && situation.proactor.operationCount == 2, "A and the wait for its event")
      let waitB = try situation.proactor.waitForHandle(eventB.handle, operation: 2)
      try held.release()
      while situation.proactor.operationCount > 1 { try situation.proactor.select() }
      #expect(!waitB.isDone)
      eventB.set()
      let result = try situation.result(waitB)
      #expect(result)
      let errors = situation.log.errors
      let found = try situation.end()
      #expect(found.isEmpty && errors.isEmpty)
    }
  }

  @Test("E with UnregisterWaitEx, but ERROR_IO_PENDING taken for the end (d0a28dee): freed while lent")
  func pendingTakenForTheEnd() async {
    let end = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      setenv("LATEWRITE_OPTIONS", "log_path=/tmp", 1)  // before the first finding
      let situation = try Situation(.d0a28dee)
      let held = try HeldWaitThread()
      let event = try Event()
      let wait = try situation.proactor.waitForHandle(event.handle, operation: 1)
      event.set()
      try wait.cancel()
      try situation.poll()
      #expect(situation.proactor.operationCount == 0 && situation.scope.counts == [.freedWhileLent: 1])
      try held.release()
      try situation.poll()
      #expect(situation.scope.count(.staleWrite) == 1 && situation.scope.count(.unexpectedEvent) == 1)
      _ = try situation.end()
    }
    // The thread pool sets the event that was closed.
    #expect(says(end, "LW009 stale-handle: SetEvent: closed or recycled handle used"))
  }

  @Test("T before the fix: the packet is queued when cancel() adds its own, which is an unexpected event")
  func twoPackets() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.beforeD0a28dee)
      let event = try Event()
      let wait = try situation.proactor.waitForHandle(event.handle, operation: 1)
      event.set()
      // Whatever fired before has posted and returned when a wait behind it has had its turn.
      try HeldWaitThread().release()
      try wait.cancel()
      try situation.poll()
      #expect(wait.isCancelled && situation.scope.counts == [.unexpectedEvent: 1])
      #expect(situation.openLoans == 0)
      #expect(situation.log.errors.count == 1)
      let status = situation.log.errors.first?.status ?? ""
      #expect(status.hasPrefix("err=0 transferred=1 key=0x0 address=0x"), "the fake one says transferred=1")
      let found = try situation.end()
      #expect(found == [.unexpectedEvent: 1])
    }
  }

  @Test("T on the fixed revision: one packet, no event that nobody expects")
  func onePacket() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.fix24dfa3c1)
      let event = try Event()
      let wait = try situation.proactor.waitForHandle(event.handle, operation: 1)
      event.set()
      try HeldWaitThread().release()
      try wait.cancel()
      try situation.drain()
      let errors = situation.log.errors
      let found = try situation.end()
      #expect(wait.isCancelled && found.isEmpty && errors.isEmpty)
    }
  }

  @Test("G before the fix: close() forgets a wait that has its result, while its callback is still to come")
  func closeForgets() async {
    let end = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      setenv("LATEWRITE_OPTIONS", "log_path=/tmp", 1)  // before the first finding
      let situation = try Situation(.beforeD0a28dee)
      let held = try HeldWaitThread()
      let event = try Event(isSet: true)
      let wait = try situation.proactor.waitForHandle(event.handle, operation: 1)
      #expect(wait.isDone && situation.proactor.operationCount == 1)
      try situation.proactor.close()
      #expect(situation.scope.counts == [.freedWhileLent: 1])
      try held.release()
      #expect(situation.scope.counts == [.freedWhileLent: 1, .staleWrite: 1])
      _ = try situation.end()
    }
    // The late callback posts to the closed port, whose value another object may have by then.
    let closed = "handle of completion port used after its close"
    let recycled = "value of a closed handle of completion port used, now a handle of event"
    #expect([closed, recycled].contains { says(end, "LW009 stale-handle: PostQueuedCompletionStatus: \($0)") })
  }

  private func says(_ end: ExitTest.Result?, _ text: String) -> Bool {
    end.map { String(decoding: $0.standardErrorContent, as: UTF8.self).contains(text) } ?? false
  }

  @Test("J held still: close() on the fixed revision waits for the callback before it returns")
  func closeWaits() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.fix24dfa3c1)
      let scope = situation.scope
      let held = try HeldWaitThread()
      let event = try Event()
      let wait = try situation.proactor.waitForHandle(event.handle, operation: 1)
      event.set()
      try wait.cancel()
      let gate = held.gate
      let opener = try LatewriteThread(named: "opener") { gate.open() }
      try situation.proactor.close()
      #expect(situation.openLoans == 0 && situation.arena.counts().liveBlocks == 0)
      opener.join()
      try held.release()
      _ = try situation.end()
      #expect(wait.isCancelled && scope.counts.isEmpty)
    }
  }
}
