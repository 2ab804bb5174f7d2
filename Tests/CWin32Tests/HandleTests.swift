// The handle table. Its order is the process's, so these tests have a process of their own.
import CWin32
import Testing

@Suite struct HandleTests {
  @Test func `Handles are multiples of four, and the value closed last is used first`() async {
    await #expect(processExitsWith: .success) {
      let handles = (0..<5).map { _ in newEvent() }
      #expect(handles.map { Int(bitPattern: $0) } == [4, 8, 12, 16, 20])
      CloseHandle(handles[1])
      CloseHandle(handles[3])
      #expect(newEvent() == handles[3])
      #expect(newEvent() == handles[1])
      #expect(newEvent() == HANDLE(bitPattern: 24))
    }
  }

  @Test func `A closed value is invalid at once, and its two low bits never count`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let event = newEvent(set: true)
      let tagged = HANDLE(bitPattern: Int(bitPattern: event) | 3)
      #expect(WaitForSingleObject(tagged, 0) == WAIT_OBJECT_0)
      #expect(CloseHandle(tagged) == 1)
      #expect(CloseHandle(event) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(SetEvent(event) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(WaitForSingleObject(event, 0) == WAIT_FAILED)
      let port = CreateIoCompletionPort(lw_invalid_handle_value(), nil, 0, 0)
      #expect(port == event, "the value is used again, for an object of another type")
      #expect(SetEvent(port) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(PostQueuedCompletionStatus(port, 0, 0, nil) == 1)
      #expect(lw_scope_count(lw_scope_default(), 9) == 4)
      let file = lw_scope_file(lw_scope_default())
      let records = (0..<file.pointee.record_count).compactMap { lw_record_at(file, $0)?.pointee }
      #expect(records.count == 4)
      for record in records {
        #expect(record.moments.2.frame_count > 0, "who closed it")
        #expect(record.moments.6.frame_count > 0, "who used it")
      }
      let tellsOwner = records.map { $0.moments.7.frame_count > 0 }
      #expect(tellsOwner == [false, false, false, true], "who has its value now")
    }
    #expect(result?.says.contains("LW009 stale-handle: CloseHandle: handle of event used after its close (") == true)
    #expect(result?.says.contains("value of a closed handle of event used, now a handle of completion port (") == true)
  }

  @Test func `What never was a handle is refused everywhere`() {
    let none: [HANDLE?] = [
      nil, HANDLE(bitPattern: 1), HANDLE(bitPattern: -7), HANDLE(bitPattern: 0x7FFF_FFFF_FFFF_FFF0),
    ]
    for handle in none {
      var code: DWORD = 0
      #expect(CloseHandle(handle) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(SetEvent(handle) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(ResetEvent(handle) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(PostQueuedCompletionStatus(handle, 0, 0, nil) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(GetExitCodeThread(handle, &code) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(GetProcessId(handle) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
    }
  }

  @Test func `The pseudo handles of the process and the thread are handles that no close ends`() {
    for handle in [GetCurrentProcess(), GetCurrentThread()] {
      #expect(CloseHandle(handle) == 1)
      #expect(WaitForSingleObject(handle, 0) == WAIT_TIMEOUT)
      #expect(SetEvent(handle) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
    }
    #expect(GetThreadId(GetCurrentThread()) == GetCurrentThreadId())
  }

  @Test func `A thread that waits keeps the object after the handle was closed`() async {
    await #expect(processExitsWith: .success) {
      let event = newEvent(manual: true)
      let second = CreateEventA(nil, 1, 0, "kept")
      let kept = Sent(handle: OpenEventA(EVENT_ALL_ACCESS, 0, "kept"))
      let started = Sent(handle: newEvent())
      let waiter = startThread {
        var handles: [HANDLE?] = [kept.handle]
        SetEvent(started.handle)
        _ = WaitForMultipleObjects(1, &handles, 0, INFINITE)
      }
      CWin32Tests.wait(for: started.handle)
      SetEvent(second)
      CloseHandle(second)
      CWin32Tests.wait(for: waiter)
      CloseHandle(event)
    }
  }

  @Test func `Looking up, closing and opening from many threads loses and leaks nothing`() async {
    await #expect(processExitsWith: .success) {
      let shared = Sent(handle: CreateEventA(nil, 1, 0, "shared"))
      let before = lw_win32_count().handles
      let threads = (0..<4).map { _ in
        startThread {
          for _ in 0..<100_000 { SetEvent(shared.handle) }  // more lookups of one handle than an entry can count
          for _ in 0..<2_000 {
            let own = newEvent(set: true)
            #expect(isSet(own))
            #expect(CloseHandle(own) == 1)
          }
        }
      }
      for thread in threads {
        CWin32Tests.wait(for: thread)
        CloseHandle(thread)
      }
      #expect(lw_win32_count().handles == before)
      #expect(CloseHandle(shared.handle) == 1)
      #expect(OpenEventA(EVENT_ALL_ACCESS, 0, "shared") == nil, "an object without handles is still there")
    }
  }

  @Test func `Closing while others look up never gives a dead object`() async {
    await #expect(processExitsWith: .exitCode(1), "a lookup between the two is one of a closed handle") {
      useTemporaryReports()
      // Both events have the same handle value in turn; a setter meets the one, the other or none.
      let value = Sent(handle: newEvent())
      let stop = Sent(handle: newEvent(manual: true))
      let missed = Flags()
      let setters = (0..<2).map { _ in
        startThread { while !isSet(stop.handle) { if SetEvent(value.handle) == 0 { missed.stop() } } }
      }
      var rounds = 0
      while rounds < 20_000 || !missed.stopped {
        rounds += 1
        #expect(CloseHandle(value.handle) == 1)
        #expect(newEvent() == value.handle)
      }
      SetEvent(stop.handle)
      for setter in setters { CWin32Tests.wait(for: setter) }
      #expect(lw_win32_count().handles == 4)
    }
  }
}
