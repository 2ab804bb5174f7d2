// Events, and waiting for one or many of them in the calling thread.
import CWin32
import Synchronization
import Testing

@Suite struct EventTests {
  @Test func `An auto-reset event releases one wait per set, and sets do not add up`() {
    let event = newEvent()
    SetEvent(event)
    SetEvent(event)
    #expect(isSet(event))
    #expect(!isSet(event))
    CloseHandle(event)
  }

  @Test func `A manual-reset event stays set until it is reset`() {
    let event = newEvent(manual: true)
    SetEvent(event)
    #expect(isSet(event) && isSet(event))
    #expect(ResetEvent(event) == 1)
    #expect(!isSet(event))
    CloseHandle(event)
  }

  @Test func `The initial state is as asked for`() {
    let (set, unset) = (newEvent(set: true), newEvent(set: false))
    #expect(isSet(set) && !isSet(unset))
    CloseHandle(set)
    CloseHandle(unset)
  }

  @Test func `One set of an auto-reset event releases exactly one of many waiting threads`() {
    let event = Sent(handle: newEvent())
    let released = newEvent()
    let count = Counted(tell: released)
    let threads = (0..<8).map { _ in
      startThread {
        CWin32Tests.wait(for: event.handle)
        count.add()
      }
    }
    for expected in 1...8 {
      SetEvent(event.handle)
      CWin32Tests.wait(for: released)
      #expect(count.value == expected)
    }
    for thread in threads { CWin32Tests.wait(for: thread) }
    for handle in threads + [event.handle!, released] { CloseHandle(handle) }
  }

  @Test func `One set of a manual-reset event releases every waiting thread`() {
    let event = Sent(handle: newEvent(manual: true))
    let threads = (0..<100).map { _ in startThread { CWin32Tests.wait(for: event.handle) } }
    SetEvent(event.handle)
    for thread in threads { CWin32Tests.wait(for: thread) }
    for handle in threads + [event.handle!] { CloseHandle(handle) }
  }

  @Test func `A wait that times out takes at least its time and leaves the last error alone`() {
    let event = newEvent()
    SetLastError(4711)
    let begin = GetTickCount64()
    #expect(WaitForSingleObject(event, 20) == WAIT_TIMEOUT)
    #expect(GetTickCount64() >= begin + 19)  // two roundings down
    #expect(GetLastError() == 4711)
    SetEvent(event)
    #expect(isSet(event), "the wait that timed out still consumed a signal")
    CloseHandle(event)
  }

  @Test func `A name opens the same event, in both forms, until the last handle is closed`() {
    let name = "Latewrite \u{E9}\u{1F600} name"
    let first = CreateEventA(nil, 1, 0, name)
    #expect(GetLastError() == ERROR_SUCCESS)
    let second = CreateEventW(nil, 0, 1, Array(name.utf16) + [0])
    #expect(GetLastError() == ERROR_ALREADY_EXISTS)
    let third = OpenEventA(EVENT_ALL_ACCESS, 0, name)
    #expect(second != nil && third != nil && first != second)
    #expect(!isSet(second), "opening does not set")
    SetEvent(third)
    #expect(isSet(first) && isSet(second), "and it stays a manual-reset event")
    for handle in [first, second, third] { #expect(CloseHandle(handle) == 1) }
    #expect(OpenEventA(EVENT_ALL_ACCESS, 0, name) == nil && GetLastError() == ERROR_FILE_NOT_FOUND)
    #expect(CreateEventA(nil, 0, 0, String(repeating: "x", count: 260)) == nil)
    #expect(GetLastError() == ERROR_FILENAME_EXCED_RANGE)
  }
}

@Suite struct MultipleWaitTests {
  @Test func `Waiting for any returns the lowest signalled index and consumes only that`() {
    let events = (0..<3).map { newEvent(set: $0 > 0) }
    var handles: [HANDLE?] = events
    #expect(WaitForMultipleObjects(3, &handles, 0, INFINITE) == WAIT_OBJECT_0 + 1)
    #expect(WaitForMultipleObjects(3, &handles, 0, INFINITE) == WAIT_OBJECT_0 + 2)
    #expect(WaitForMultipleObjects(3, &handles, 0, 0) == WAIT_TIMEOUT)
    for event in events { CloseHandle(event) }
  }

  @Test func `Waiting for all consumes nothing until all are set`() {
    let events = (0..<3).map { newEvent(set: $0 > 0) }
    var handles: [HANDLE?] = events
    #expect(WaitForMultipleObjects(3, &handles, 1, 5) == WAIT_TIMEOUT)
    #expect(isSet(events[1]), "an event was consumed by a wait that was not satisfied")
    SetEvent(events[0])
    #expect(WaitForMultipleObjects(3, &handles, 1, 0) == WAIT_TIMEOUT)
    SetEvent(events[1])
    #expect(WaitForMultipleObjects(3, &handles, 1, 0) == WAIT_OBJECT_0)
    #expect(!isSet(events[0]) && !isSet(events[1]) && !isSet(events[2]))
    for event in events { CloseHandle(event) }
  }

  @Test func `Waiting for all of 64 objects ends when the last is set, whatever the order`() {
    let events = (0..<64).map { _ in newEvent() }
    let sent = events.map { Sent(handle: $0) }
    let setter = startThread { for event in sent.reversed() { SetEvent(event.handle) } }
    var handles: [HANDLE?] = events
    #expect(WaitForMultipleObjects(64, &handles, 1, INFINITE) == WAIT_OBJECT_0)
    CWin32Tests.wait(for: setter)
    #expect(events.allSatisfy { !isSet($0) })
    for handle in events + [setter] { CloseHandle(handle) }
  }

  @Test func `Two threads that want the same two events get both or none`() {
    let pair = [Sent(handle: newEvent()), Sent(handle: newEvent())]
    let taken = newEvent()
    let count = Counted(tell: taken)
    let rounds = 500
    let takers = (0..<2).map { taker in
      startThread {
        for _ in 0..<rounds {
          var handles: [HANDLE?] = taker == 0 ? [pair[0].handle, pair[1].handle] : [pair[1].handle, pair[0].handle]
          #expect(WaitForMultipleObjects(2, &handles, 1, INFINITE) == WAIT_OBJECT_0)
          count.add()
        }
      }
    }
    for expected in 1...(2 * rounds) {
      SetEvent(pair[0].handle)
      SetEvent(pair[1].handle)
      CWin32Tests.wait(for: taken)
      #expect(count.value == expected)
    }
    for taker in takers { CWin32Tests.wait(for: taker) }
    for handle in takers + [taken] + pair.map(\.handle!) { CloseHandle(handle) }
  }

  @Test func `Bad counts, the same object twice and bad handles are refused`() {
    let event = newEvent(set: true)
    let other = newEvent()
    CloseHandle(other)
    var none: [HANDLE?] = []
    var many = [HANDLE?](repeating: event, count: 65)
    var twice: [HANDLE?] = [event, event]
    #expect(WaitForMultipleObjects(0, &none, 0, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_PARAMETER)
    #expect(WaitForMultipleObjects(1, nil, 0, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_PARAMETER)
    #expect(WaitForMultipleObjects(65, &many, 0, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_PARAMETER)
    #expect(WaitForMultipleObjects(2, &twice, 1, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_PARAMETER)
    #expect(isSet(event), "a refused wait consumed a signal")
    for bad in [nil, lw_invalid_handle_value(), HANDLE(bitPattern: -2), HANDLE(bitPattern: 0x7FFF_FFF0)] {
      var handles: [HANDLE?] = [event, bad]
      #expect(WaitForMultipleObjects(2, &handles, 0, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE)
      // The pseudo handles of the process and the thread, which never end here, can be waited for one at a time.
      let pseudo = bad == GetCurrentProcess() || bad == GetCurrentThread()
      #expect(WaitForSingleObject(bad, 0) == (pseudo ? WAIT_TIMEOUT : WAIT_FAILED))
      #expect(pseudo || GetLastError() == ERROR_INVALID_HANDLE)
    }
    CloseHandle(event)
  }

  @Test func `An object that is waited for twice in one array wakes the wait once`() {
    let event = Sent(handle: newEvent())
    let started = newEvent()
    let startedSent = Sent(handle: started)
    let waiter = startThread {
      SetEvent(startedSent.handle)
      var handles: [HANDLE?] = [event.handle, event.handle]
      #expect(WaitForMultipleObjects(2, &handles, 0, INFINITE) == WAIT_OBJECT_0)
    }
    CWin32Tests.wait(for: started)
    SetEvent(event.handle)
    CWin32Tests.wait(for: waiter)
    #expect(!isSet(event.handle))
    for handle in [waiter, started, event.handle] { CloseHandle(handle) }
  }
}
