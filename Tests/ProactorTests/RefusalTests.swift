// What a proactor is asked wrongly: times that there are not, ends that were closed, a proactor that was closed - and
// who of them says so, in which revision.
import Latewrite
import OverlappedIO
import Proactor
import Testing

@Suite("What is asked wrongly")
struct RefusalTests {
  @Test("today a wait has a time from nothing to 2^32 - 1 milliseconds, of which the longest is for ever")
  func timesToday() throws {
    let situation = try Situation(.today)
    let event = try Event()
    for (time, code) in [
      (Duration.milliseconds(-1), ProactorError.Code.negativeTimeout), (.milliseconds(1 << 32), .timeoutTooBig),
      (.seconds(Int64.max), .timeoutTooBig),
    ] {
      let error = #expect(throws: ProactorError.self) {
        try situation.proactor.waitForHandle(event.handle, timeout: time)
      }
      #expect(error?.code == code && situation.proactor.operationCount == 0)
    }
    let longest = try situation.proactor.waitForHandle(event.handle, timeout: .milliseconds((1 << 32) - 1))
    // Less than a millisecond below zero is rounded up to nothing.
    let none = try situation.proactor.waitForHandle(event.handle, timeout: .nanoseconds(-1))
    let result = try situation.result(none)
    #expect(!result && !longest.isDone)
    #expect(try situation.end().isEmpty)
  }

  @Test("before, the lowest 32 bits of the milliseconds were the time: 2^32 are none, and -1 is for ever")
  func timesBefore() throws {
    let situation = try Situation(.beforeFc459980)
    let event = try Event()
    let wrapped = try situation.proactor.waitForHandle(event.handle, timeout: .milliseconds(1 << 32))
    let never = try situation.proactor.waitForHandle(event.handle, timeout: .milliseconds(-1))
    let result = try situation.result(wrapped)
    #expect(!result && !never.isDone)
    #expect(try situation.end().isEmpty)
  }

  @Test("a poll looks at its time before it looks whether there is a port")
  func pollTimes() throws {
    let situation = try Situation(.today)
    try situation.proactor.close()
    for (time, code) in [
      (Duration.milliseconds(-1), ProactorError.Code.negativeTimeout), (.milliseconds(1 << 32), .timeoutTooBig),
      (.zero, .closed),
    ] {
      let error = #expect(throws: ProactorError.self) { try situation.proactor.select(timeout: time) }
      #expect(error?.code == code)
    }
  }

  @Test("a pipe that was closed starts nothing since January 2015; before, the system was asked with no handle")
  func closedPipe() throws {
    for (revision, code) in [(ProactorRevision.today, nil), (.a19b7b3f, 6 as UInt32)] {
      let situation = try Situation(revision)
      let (server, client) = try pipe(situation)
      let read = try situation.proactor.receive(server, atMost: 1)
      _ = try situation.result(situation.proactor.send(client, [1]))
      #expect(try situation.result(read) == [1])
      read.release()
      server.close()
      let error = #expect(throws: ProactorError.self) { try situation.proactor.send(server, [1]) }
      #expect(error?.underlying?.code.rawValue == code && (code != nil || error?.code == .closedObject))
      client.close()
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a wait that could not be unregistered is cancelled after close(): the fake packet has no port to go to")
  func fakePacketAfterClose() async {
    await #expect(processExitsWith: .exitCode(1)) {
      let situation = try Situation(.fix313a9809)
      try Self.cancelAfterClose(situation)
      _ = try situation.end()
    }
  }

  /// The wait keeps its OVERLAPPED until it is let go, which is when this returns.
  private static func cancelAfterClose(_ situation: borrowing Situation) throws {
    let event = try Event()
    let wait = try situation.proactor.waitForHandle(event.handle)
    // Somebody else ends the registration, so that the wait's own attempts fail and it keeps what it has.
    _ = try wait.registration.unregister()
    #expect(throws: ProactorError.self) { try wait.cancel() }
    try situation.drain()
    try situation.proactor.close()
    let error = #expect(throws: ProactorError.self) { try wait.cancel() }
    #expect(error?.underlying?.call == "PostQueuedCompletionStatus")
  }
}
