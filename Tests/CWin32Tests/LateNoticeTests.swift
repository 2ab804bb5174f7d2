// What Windows allows and this layer does only when it is asked: wait threads that notice late, and an answer that a
// broken pool gives too early; and events that are set by handles which are somebody else's by then. Each test runs in
// a process of its own, because both settings are the process's.
import CWin32
import Synchronization
import Testing

@Suite struct LateNoticeTests {
  @Test func `An unregistration between signal and notice takes the wait back`() async {
    await #expect(processExitsWith: .success) {
      lw_wait_notice_late(true)
      let blocker = Calls(gateOpen: false)
      let held = blocker.register(newEvent(set: true), flags: once | inWaitThread)
      CWin32Tests.wait(for: blocker.entered)
      let calls = Calls()
      let object = newEvent(manual: true)
      let wait = calls.register(object, flags: once | inWaitThread)
      SetEvent(object)
      #expect(UnregisterWait(wait) == 1)
      SetEvent(blocker.gate)
      #expect(UnregisterWaitEx(held, lw_invalid_handle_value()) == 1)
      passThroughWaitThread()
      #expect(calls.begun.load(ordering: .sequentiallyConsistent) == 0)
    }
  }

  @Test func `A broken pool answers TRUE while a callback runs, and sets the event when it has returned`() async {
    await #expect(processExitsWith: .success) {
      lw_wait_fault_commit(.LW_WAIT_FAULT_ANSWERS_TRUE)
      let calls = Calls(gateOpen: false)
      let wait = calls.register(newEvent(set: true), flags: once | inWaitThread)
      CWin32Tests.wait(for: calls.entered)
      let completion = newEvent(manual: true)
      #expect(UnregisterWaitEx(wait, completion) == 1 && !isSet(completion) && calls.count == 0)
      SetEvent(calls.gate)
      CWin32Tests.wait(for: completion)
      #expect(calls.count == 1)
    }
  }

  @Test func `A completion event that was closed is not set, and whoever has its handle by then is`() async {
    let end = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let calls = Calls(gateOpen: false)
      let wait = calls.register(newEvent(set: true), flags: once | inWaitThread)
      CWin32Tests.wait(for: calls.entered)
      let completion = newEvent(manual: true)
      #expect(UnregisterWaitEx(wait, completion) == 0 && GetLastError() == DWORD(ERROR_IO_PENDING))
      CloseHandle(completion)
      let another = newEvent(manual: true)
      #expect(another == completion, "handle values are used again at once")
      SetEvent(calls.gate)
      CWin32Tests.wait(for: another)
    }
    #expect(end?.says.contains("LW009 stale-handle: SetEvent: closed or recycled handle used") == true)
  }
}
