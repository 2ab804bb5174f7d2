// Registered waits: what the answer of an unregistration means, and who holds the loan when.
import Latewrite
import LatewriteTesting
import OverlappedIO
import Testing

@Suite("Registered wait", .latewrite)
struct RegisteredWaitTests {
  @Test("a wait that never fired is ended at once, and nothing is called", arguments: [true, false])
  func neverFired(inWaitThread: Bool) throws {
    let event = try Event()
    let calls = Shared(0)
    let registration = try RegisteredWait(
      on: event.handle, callbackOn: inWaitThread ? .waitThread : .poolThread
    ) { _ in calls.withLock { $0 += 1 } }
    let outcome = try registration.unregister()
    event.set()
    #expect(outcome == .ended && calls.read() == 0)
  }

  @Test("a signal is told as false, a timeout as true", arguments: [true, false])
  func timedOut(signals: Bool) throws {
    let event = try Event(isSet: signals)
    let called = try Event()
    let told = Shared<Bool?>(nil)
    let registration = try RegisteredWait(on: event.handle, timeout: .milliseconds(1)) { timedOut in
      told.withLock { $0 = timedOut }
      called.set()
    }
    _ = try wait(for: called.handle)
    registration.unregisterAndWait()
    #expect(told.read() == !signals)
  }

  @Test("while its callback runs an unregistration is pending, and its event is set after the callback has returned")
  func pending() throws {
    let event = try Event(isSet: true)
    let entered = try Event()
    let leave = try Event()
    let registration = try RegisteredWait(on: event.handle, callbackOn: .poolThread) { _ in
      entered.set()
      do { _ = try wait(for: leave.handle) } catch { Issue.record(error) }
    }
    _ = try wait(for: entered.handle)
    let ended = try Event()
    let outcome = try registration.unregister(signalling: ended)
    let setEarly = ended.isSet
    leave.set()
    _ = try wait(for: ended.handle)
    #expect(outcome == .callbackPending && !setEarly)
  }

  @Test("letting a wait go waits for its callback")
  func letGo() throws {
    let event = try Event(isSet: true)
    let entered = try Event()
    let returned = Shared(false)
    do {
      let registration = try RegisteredWait(on: event.handle, callbackOn: .poolThread) { _ in
        entered.set()
        returned.withLock { $0 = true }
      }
      _ = try wait(for: entered.handle)
      _ = registration
    }
    #expect(returned.read())
  }

  @Test("a queued wait writes through its loan, posts, and its loan ends with the packet")
  func queued() throws {
    let port = try CompletionPort()
    let event = try Event()
    let overlapped = try Overlapped(in: LatewriteTest.arena)
    let registration = try RegisteredWait(
      on: event.handle, postingTo: port, overlapped: overlapped, ticket: 77)
    let open = LatewriteTest.arena.counts().openLoans
    event.set()
    let packet = try port.get()!
    let settled = LatewriteTest.arena.counts().openLoans
    let facts = (packet.bytes, packet.carriedLoan, packet.stamped)
    packet.complete(overlapped.incarnation)
    registration.unregisterAndWait()
    #expect(open == 1 && settled == 0)
    #expect(facts.0 == 0 && facts.1 && facts.2 == overlapped.incarnation)
    #expect(overlapped.status == 0 && overlapped.information == 77)
    overlapped.free()
  }

  @Test("a queued wait that times out says so in the packet and in the status")
  func queuedTimeout() throws {
    let port = try CompletionPort()
    let event = try Event()
    let overlapped = try Overlapped(in: LatewriteTest.arena)
    let registration = try RegisteredWait(
      on: event.handle, postingTo: port, overlapped: overlapped, timeout: .milliseconds(1), ticket: 78)
    let packet = try port.get()!
    #expect(packet.bytes == 1)
    packet.complete(overlapped.incarnation)
    registration.unregisterAndWait()
    #expect(overlapped.status == 0x102 && overlapped.information == 78)
    overlapped.free()
  }

  @Test("unregistering a queued wait that never fired settles its loan before it returns")
  func queuedUnregistered() throws {
    let port = try CompletionPort()
    let event = try Event()
    let overlapped = try Overlapped(in: LatewriteTest.arena)
    let registration = try RegisteredWait(
      on: event.handle, postingTo: port, overlapped: overlapped, ticket: 79)
    let outcome = try registration.unregister()
    let open = LatewriteTest.arena.counts().openLoans
    overlapped.free()
    #expect(outcome == .ended && open == 0)
  }
}
