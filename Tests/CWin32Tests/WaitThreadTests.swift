// How many wait threads serve how many waits: 63 each, a further one for the next, and none ends or is added without
// need.
import CWin32
import Synchronization
import Testing

@Suite struct WaitThreadTests {
  @Test(arguments: [(1, 1), (63, 1), (64, 2), (65, 2), (126, 2), (200, 4)])
  func `A wait thread serves 63 waits, and is used again`(waits: Int, threads: Int) async {
    await #expect(processExitsWith: .success) { [waits, threads] in
      #expect(lw_win32_count().wait_threads == 0)
      for _ in 0..<2 {
        let before = lw_win32_count()
        let calls = Calls()
        let objects = (0..<waits).map { _ in newEvent() }
        let names = objects.map { calls.register($0, flags: once | inWaitThread) }
        #expect(Set(names).count == waits)
        #expect(lw_win32_count().wait_threads == UInt64(threads))
        #expect(lw_win32_count().registrations == UInt64(waits))
        for object in objects { SetEvent(object) }
        for name in names { #expect(UnregisterWaitEx(name, lw_invalid_handle_value()) == 1) }
        #expect(calls.count == waits)
        for object in objects { CloseHandle(object) }
        #expect(lw_win32_count().registrations == 0)
        #expect(lw_win32_count().handles == before.handles + 2)  // those of `calls`
      }
      #expect(lw_win32_count().wait_threads == UInt64(threads))
    }
  }

  @Test(arguments: [once | inWaitThread, once])
  func `Ten thousand waits at once all fire, and nothing stays behind`(flags: DWORD) async {
    await #expect(processExitsWith: .success) { [flags] in
      let count = 10_000
      let before = lw_win32_count()
      let calls = Calls()
      let objects = (0..<count).map { _ in newEvent() }
      let names = objects.map { calls.register($0, flags: flags) }
      #expect(Set(names).count == count && !names.contains(nil))
      #expect(lw_win32_count().registrations == UInt64(count))
      #expect(lw_win32_count().wait_threads == 159)  // 63 waits each
      for i in 0..<count { SetEvent(objects[i * 7 % count]) }
      for name in names { #expect(UnregisterWaitEx(name, lw_invalid_handle_value()) == 1) }
      #expect(calls.count == count)
      for object in objects { CloseHandle(object) }
      #expect(lw_win32_count().registrations == 0)
      #expect(lw_win32_count().handles == before.handles + 2)  // those of `calls`
    }
  }

  @Test func `One object with 200 waits fires them all, on their threads`() async {
    await #expect(processExitsWith: .success) {
      let object = newEvent(manual: true)
      let calls = Calls()
      let names = (0..<200).map { _ in calls.register(object, flags: once | inWaitThread) }
      let completion = newEvent()
      SetEvent(object)
      for name in names {
        if UnregisterWaitEx(name, completion) == 0 { #expect(GetLastError() == ERROR_IO_PENDING) }
        CWin32Tests.wait(for: completion)
      }
      #expect(calls.count == 200)
      #expect(lw_win32_count().wait_threads == 4)
    }
  }

  @Test func `Callbacks in the wait thread come one after the other and hold up their neighbours`() async {
    await #expect(processExitsWith: .success) {
      let (first, second) = (Calls(gateOpen: false), Calls())
      let (one, two) = (newEvent(), newEvent())
      let waits = [first.register(one, flags: once | inWaitThread), second.register(two, flags: once | inWaitThread)]
      SetEvent(one)
      CWin32Tests.wait(for: first.entered)
      SetEvent(two)
      #expect(!isSet(second.entered))
      SetEvent(first.gate)
      CWin32Tests.wait(for: second.entered)
      #expect(first.thread.load(ordering: .relaxed) == second.thread.load(ordering: .relaxed))
      for wait in waits { #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1) }
    }
  }
}
