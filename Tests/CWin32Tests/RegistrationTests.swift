// What registered waits promise beside the truth table: repetition, time-outs, their own callbacks unregistering
// them, and the end that lw_register_wait announces.
import CWin32
import Synchronization
import Testing

let once = WT_EXECUTEONLYONCE
let inWaitThread = WT_EXECUTEINWAITTHREAD

@Suite struct RegistrationTests {
  @Test(arguments: [WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD])
  func `A repeating wait fires for every set of an auto-reset event`(flags: DWORD) {
    let calls = Calls()
    let object = newEvent()
    let wait = calls.register(object, flags: flags)
    for _ in 0..<200 {
      SetEvent(object)
      CWin32Tests.wait(for: calls.entered)
    }
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(calls.count == 200)
    #expect(calls.timedOut.load(ordering: .sequentiallyConsistent) == 0)
    CloseHandle(object)
  }

  @Test(arguments: [WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD])
  func `A repeating wait on a signalled object goes on firing until it is unregistered`(flags: DWORD) {
    let calls = Calls()
    let object = newEvent(manual: true, set: true)
    let wait = calls.register(object, flags: flags)
    while calls.count < 500 { SwitchToThread() }
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    let count = calls.count
    #expect(calls.begun.load(ordering: .sequentiallyConsistent) == count)
    CloseHandle(object)
  }

  @Test func `Callbacks of one repeating wait run side by side on pool threads`() {
    let calls = Calls(gateOpen: false)
    let object = newEvent()
    let wait = calls.register(object, flags: WT_EXECUTEDEFAULT)
    for _ in 0..<3 {
      SetEvent(object)
      CWin32Tests.wait(for: calls.entered)
    }
    #expect(calls.begun.load(ordering: .sequentiallyConsistent) == 3 && calls.count == 0)
    SetEvent(calls.gate)
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(calls.count == 3)
    CloseHandle(object)
  }

  @Test func `At most 64 callbacks of a wait are pending, and it goes on when they return`() {
    let calls = Calls(gateOpen: false)
    let object = newEvent(manual: true, set: true)
    let wait = calls.register(object, flags: WT_EXECUTEDEFAULT)
    while calls.begun.load(ordering: .sequentiallyConsistent) < 64 { SwitchToThread() }
    ResetEvent(object)
    SetEvent(calls.gate)
    while calls.count < 64 { SwitchToThread() }
    #expect(calls.begun.load(ordering: .sequentiallyConsistent) == 64)
    SetEvent(object)
    while calls.count < 65 { SwitchToThread() }
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    CloseHandle(object)
  }

  @Test(arguments: [WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD])
  func `A time-out is told to the callback, and the time begins anew after each`(flags: DWORD) {
    let calls = Calls()
    let object = newEvent()
    let wait = calls.register(object, flags: flags, ms: 1)
    while calls.count < 5 { SwitchToThread() }
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(calls.timedOut.load(ordering: .sequentiallyConsistent) == calls.count)
    CloseHandle(object)
  }

  @Test func `A wait of no milliseconds times out once`() {
    let calls = Calls()
    let object = newEvent()
    let wait = calls.register(object, flags: once | inWaitThread, ms: 0)
    CWin32Tests.wait(for: calls.entered)
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(calls.count == 1 && calls.timedOut.load(ordering: .sequentiallyConsistent) == 1)
    CloseHandle(object)
  }

  @Test func `An earlier deadline is met although the wait thread sleeps for a later one`() {
    let (late, early) = (Calls(), Calls())
    let object = newEvent()
    let lateWait = late.register(object, flags: once | inWaitThread, ms: 3_600_000)
    let earlyWait = early.register(object, flags: once | inWaitThread, ms: 1)
    CWin32Tests.wait(for: early.entered)
    #expect(UnregisterWaitEx(lateWait, lw_invalid_handle_value()) == 1)
    #expect(UnregisterWaitEx(earlyWait, lw_invalid_handle_value()) == 1)
    #expect(late.count == 0 && early.timedOut.load(ordering: .sequentiallyConsistent) == 1)
    CloseHandle(object)
  }

  @Test func `The name of the wait is stored before a callback of a signalled object can begin`() {
    final class Slot: @unchecked Sendable {  // @unchecked: written by the layer before the callback begins
      let wait = UnsafeMutablePointer<HANDLE?>.allocate(capacity: 1)
      let seen = newEvent()
      let wasThere = Atomic<Int>(0)
    }
    let slot = Slot()
    let object = newEvent(manual: true, set: true)
    for round in 1...100 {
      slot.wait.initialize(to: nil)
      let context = Unmanaged.passUnretained(slot).toOpaque()
      let callback: WAITORTIMERCALLBACK = { context, _ in
        let slot = Unmanaged<Slot>.fromOpaque(context!).takeUnretainedValue()
        if slot.wait.pointee != nil { slot.wasThere.add(1, ordering: .sequentiallyConsistent) }
        SetEvent(slot.seen)
      }
      #expect(RegisterWaitForSingleObject(slot.wait, object, callback, context, INFINITE, once | inWaitThread) == 1)
      CWin32Tests.wait(for: slot.seen)
      #expect(UnregisterWaitEx(slot.wait.pointee, lw_invalid_handle_value()) == 1)
      #expect(slot.wasThere.load(ordering: .sequentiallyConsistent) == round)
    }
    slot.wait.deallocate()
    CloseHandle(slot.seen)
    CloseHandle(object)
  }

  @Test(arguments: [WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD])
  func `A wait for a semaphore takes its counts one by one`(flags: DWORD) {
    let calls = Calls()
    let semaphore = CreateSemaphoreA(nil, 0, 500, nil)
    let wait = calls.register(semaphore, flags: flags)
    #expect(ReleaseSemaphore(semaphore, 300, nil) == 1)
    while calls.count < 300 { SwitchToThread() }
    #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    #expect(ReleaseSemaphore(semaphore, 1, nil) == 1)
    #expect(calls.count == 300 && isSet(semaphore) && !isSet(semaphore))
    CloseHandle(semaphore)
  }

  @Test func `A mutex cannot be waited for, because no thread of the pool could release it`() {
    let calls = Calls()
    let mutex = CreateMutexA(nil, 0, nil)
    #expect(calls.register(mutex, flags: once) == nil && GetLastError() == ERROR_INVALID_PARAMETER)
    #expect(isSet(mutex), "it was not taken")
    ReleaseMutex(mutex)
    CloseHandle(mutex)
  }

  // In a process of its own: the port could have the value of another test's closed event.
  @Test func `Bad arguments are refused`() async {
    await #expect(processExitsWith: .success) {
      var wait: HANDLE?
      let object = newEvent()
      #expect(RegisterWaitForSingleObject(nil, object, recordCall, nil, 0, 0) == 0)
      #expect(GetLastError() == ERROR_INVALID_PARAMETER)
      #expect(RegisterWaitForSingleObject(&wait, object, nil, nil, 0, 0) == 0)
      #expect(GetLastError() == ERROR_INVALID_PARAMETER)
      for handle in [nil, GetCurrentProcess(), GetCurrentThread()] {
        #expect(RegisterWaitForSingleObject(&wait, handle, recordCall, nil, 0, 0) == 0)
        #expect(GetLastError() == ERROR_INVALID_HANDLE)
      }
      var silent: HANDLE?
      let own = GetCurrentProcess()
      #expect(DuplicateHandle(own, object, own, &silent, DWORD(EVENT_MODIFY_STATE), 0, 0) == 1)
      #expect(RegisterWaitForSingleObject(&wait, silent, recordCall, nil, 0, 0) == 0)
      #expect(GetLastError() == ERROR_ACCESS_DENIED)
    }
  }
}

/// A callback that unregisters its own wait.
final class SelfEnding: @unchecked Sendable {  // @unchecked: handles, and results that `done` publishes
  let completion: HANDLE?
  let registered = newEvent()
  let done = newEvent(manual: true)
  var wait: HANDLE?
  var result: BOOL = -1
  var error: DWORD = 0

  init(completion: HANDLE?) { self.completion = completion }

  /// The callback goes on once `registered` is set, here or later by the test.
  func begin(on object: HANDLE, flags: DWORD, hold: Bool = false) {
    let callback: WAITORTIMERCALLBACK = { context, _ in
      let me = Unmanaged<SelfEnding>.fromOpaque(context!).takeUnretainedValue()
      CWin32Tests.wait(for: me.registered)
      me.result = UnregisterWaitEx(me.wait, me.completion)
      me.error = GetLastError()
      SetEvent(me.done)
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    #expect(RegisterWaitForSingleObject(&wait, object, callback, context, INFINITE, flags) == 1)
    if !hold { SetEvent(registered) }
  }
}

@Suite struct SelfUnregisterTests {
  @Test(arguments: [
    WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE, WT_EXECUTEINWAITTHREAD, WT_EXECUTEDEFAULT,
  ])
  func `A callback may unregister its own wait without blocking`(flags: DWORD) {
    let object = newEvent(set: true)
    let completion = newEvent(manual: true)
    let me = SelfEnding(completion: completion)
    me.begin(on: object, flags: flags)
    CWin32Tests.wait(for: completion)
    #expect(isSet(me.done), "the completion event came before the callback had returned")
    let both = WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD
    #expect(me.result == (flags == both ? 1 : 0))
    if flags != both { #expect(me.error == ERROR_IO_PENDING) }
    SetEvent(object)
    #expect(isSet(object), "a wait that is gone consumed the object")
    for handle in [object, completion, me.done, me.registered] { CloseHandle(handle) }
  }

  @Test func `A callback that would wait for itself is told so and stays registered`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let object = newEvent(set: true)
      let me = SelfEnding(completion: lw_invalid_handle_value())
      me.begin(on: object, flags: WT_EXECUTEINWAITTHREAD)
      CWin32Tests.wait(for: me.done)
      #expect(me.result == 0 && me.error == ERROR_INVALID_PARAMETER)
      #expect(UnregisterWaitEx(me.wait, lw_invalid_handle_value()) == 1)
    }
    #expect(result?.says.contains("LW018 self-unregister") == true)
  }

  @Test(arguments: [WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE])
  func `A callback may wait for another wait whose callback is queued on its own thread`(flags: DWORD) async {
    await #expect(processExitsWith: .success) { [flags] in
      let other = Calls()
      let (object, otherObject) = (newEvent(), newEvent())
      let me = SelfEnding(completion: lw_invalid_handle_value())
      me.begin(on: object, flags: once | inWaitThread, hold: true)
      let own = me.wait
      me.wait = other.register(otherObject, flags: flags)
      SetEvent(object)  // the first callback holds the wait thread ...
      SetEvent(otherObject)  // ... so this one is queued there
      SetEvent(me.registered)
      CWin32Tests.wait(for: me.done)
      #expect(me.result == 1)
      #expect(other.count == 1)
      #expect(UnregisterWaitEx(own, lw_invalid_handle_value()) == 1)
      #expect(lw_win32_count().registrations == 0)
    }
  }
}

@Suite struct MisuseTests {
  @Test func `Unregistering twice is found, also after the slot was used again`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let calls = Calls()
      let object = newEvent()
      let first = calls.register(object, flags: once)
      #expect(UnregisterWait(first) == 1)
      let second = calls.register(object, flags: once)
      #expect(first != second)
      #expect(UnregisterWait(first) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(UnregisterWait(second) == 1)
      #expect(lw_scope_count(lw_scope_default(), 8) == 1)
      #expect(UnregisterWait(second) == 0)
      let record = lw_record_at(lw_scope_file(lw_scope_default()), 1)!.pointee
      let earlier = record.moments.2, now = record.moments.6  // LW_MOMENT_CANCELLED, LW_MOMENT_DETECTED
      #expect(earlier.frame_count > 0 && earlier.frames.0 != now.frames.0 && earlier.stamp < now.stamp)
    }
    #expect(result?.says.contains("LW008 double-unregister") == true)
  }

  @Test func `Closing a handle that a wait still uses is found, and the wait survives it`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let calls = Calls()
      let object = CreateEventA(nil, 0, 0, "LW017")
      let second = OpenEventA(EVENT_MODIFY_STATE, 0, "LW017")
      let wait = calls.register(object, flags: once)
      CloseHandle(object)
      #expect(SetEvent(second) == 1)
      CWin32Tests.wait(for: calls.entered)
      #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    }
    #expect(result?.says.contains("LW017 waited-handle-closed") == true)
  }

  @Test func `Closing the handle of a wait that has fired once is no finding`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls(gateOpen: false)
      let object = newEvent(set: true)
      let wait = calls.register(object, flags: once)
      CWin32Tests.wait(for: calls.entered)
      CloseHandle(object)
      SetEvent(calls.gate)
      #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    }
  }
}
