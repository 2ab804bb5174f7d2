// Events and the waiting functions.
import Latewrite
import OverlappedIO
import Testing

@Suite("Event")
struct EventTests {
  @Test("a manual event stays set until it is reset")
  func manual() throws {
    let event = try Event(.manual)
    let before = event.isSet
    event.set()
    let both = [event.isSet, event.isSet]
    event.reset()
    let after = event.isSet
    #expect(!before && both == [true, true] && !after)
  }

  @Test("an automatic event releases one wait")
  func automatic() throws {
    let event = try Event(.automatic, isSet: true)
    let first = try wait(for: event.handle, timeout: .zero)
    let second = try wait(for: event.handle, timeout: .zero)
    #expect(first == .signalled && second == .timedOut)
  }

  @Test("a wait sees an event that another thread sets")
  func waiting() throws {
    let event = try Event()
    let handle = event.handle
    let outcome = Shared<WaitOutcome?>(nil)
    let thread = try LatewriteThread(named: "waiter") {
      do {
        let seen = try wait(for: handle)
        outcome.withLock { $0 = seen }
      } catch { Issue.record(error) }
    }
    event.set()
    thread.join()
    #expect(outcome.read() == .signalled)
  }

  @Test("waiting for any returns the lowest signalled index, for all only when all are")
  func several() throws {
    let first = try Event()
    let second = try Event(isSet: true)
    let third = try Event(isSet: true)
    let handles = [first.handle, second.handle, third.handle]
    #expect(try waitForAny(of: handles, timeout: .zero) == 1)
    #expect(try waitForAll(of: handles, timeout: .zero) == .timedOut)
    first.set()
    #expect(try waitForAny(of: handles, timeout: .zero) == 0)
    #expect(try waitForAll(of: handles, timeout: .zero) == .signalled)
  }

  @Test("a closed handle is refused with the call and a sentence")
  func closed() throws {
    let event = try Event()
    let handle = event.handle
    event.close()
    // The value may be in use again by another test; a handle that never was one is refused for certain.
    let error = #expect(throws: Win32Error.self) { try waitForAny(of: [], timeout: .zero) }
    #expect(error?.code == .invalidParameter)
    #expect(error?.description == "WaitForMultipleObjects failed: an argument is out of bounds (error 87)")
    #expect(handle.description.hasPrefix("0x"))
  }

  @Test(
    "a timeout is rounded up to milliseconds, and none is for ever",
    arguments: [
      (Duration.nanoseconds(1), UInt32(1)), (.milliseconds(1), 1), (.microseconds(1001), 2), (.zero, 0),
      (.seconds(-1), 0),
      (.seconds(2), 2000), (.seconds(1 << 40), .max),
    ])
  func milliseconds(timeout: Duration, expected: UInt32) {
    #expect(wholeMilliseconds(timeout) == expected)
    #expect(wholeMilliseconds(nil) == .max)
  }
}
