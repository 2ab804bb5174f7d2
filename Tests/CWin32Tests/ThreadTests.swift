// Threads, work items and the small functions that programs of this kind call.
import CWin32
import Glibc
import Synchronization
import Testing

@Suite struct ThreadTests {
  @Test func `A thread is signalled at its end and keeps its exit code`() {
    let gate = newEvent()
    var id: DWORD = 0
    let thread = CreateThread(
      nil, 0,
      { gate in
        CWin32Tests.wait(for: gate)
        return GetCurrentThreadId()
      }, gate, 0, &id)
    var code: DWORD = 0
    #expect(GetExitCodeThread(thread, &code) == 1 && code == STILL_ACTIVE)
    #expect(!isSet(thread))
    SetEvent(gate)
    CWin32Tests.wait(for: thread)
    #expect(isSet(thread))
    #expect(GetExitCodeThread(thread, &code) == 1 && code == id && id != 0)
    #expect(GetThreadId(thread) == id)
    CloseHandle(thread)
    CloseHandle(gate)
    #expect(CreateThread(nil, 0, nil, nil, 0, nil) == nil && GetLastError() == ERROR_INVALID_PARAMETER)
  }

  @Test func `ExitThread ends a thread from within`() {
    let thread = CreateThread(nil, 0, { _ in ExitThread(7) }, nil, 0, nil)
    CWin32Tests.wait(for: thread)
    var code: DWORD = 0
    #expect(GetExitCodeThread(thread, &code) == 1 && code == 7)
    CloseHandle(thread)
  }

  // In a process of its own: a handle of another kind may have a value that another test has closed.
  @Test func `A suspended thread begins when it is resumed`() async {
    await #expect(processExitsWith: .success) {
      let began = newEvent(manual: true)
      let thread = CreateThread(
        nil, 0,
        { began in
          SetEvent(began)
          return 0
        }, began, CREATE_SUSPENDED, nil)
      #expect(WaitForSingleObject(thread, 5) == WAIT_TIMEOUT)
      #expect(!isSet(began))
      #expect(ResumeThread(thread) == 1)
      CWin32Tests.wait(for: thread)
      #expect(isSet(began))
      #expect(ResumeThread(thread) == 0)
      #expect(ResumeThread(began) == DWORD.max && GetLastError() == ERROR_INVALID_HANDLE)
      CloseHandle(thread)
      CloseHandle(began)
    }
  }

  @Test func `Work items run on pool threads, as many at a time as wait for each other`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls(gateOpen: false)
      for _ in 0..<20 {
        QueueUserWorkItem(
          {
            recordCall(context: $0, timeout: 0); return 0
          }, calls.context, 0)
      }
      while calls.begun.load(ordering: .sequentiallyConsistent) < 20 { SwitchToThread() }
      #expect(lw_win32_count().pool_threads >= 20)
      SetEvent(calls.gate)
      while calls.count < 20 { SwitchToThread() }
      #expect(QueueUserWorkItem(nil, nil, 0) == 0 && GetLastError() == ERROR_INVALID_PARAMETER)
    }
  }

  @Test func `No more work items run at a time than the program allows, and more when it allows more`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls(gateOpen: false)
      func queue(limit: DWORD) {
        QueueUserWorkItem(
          {
            recordCall(context: $0, timeout: 0); return 0
          }, calls.context, limit << 16)
      }
      func expectRunning(_ count: Int) {
        while calls.begun.load(ordering: .sequentiallyConsistent) < count { SwitchToThread() }
        waitUntilAsleep(threads: 0)
        #expect(calls.begun.load(ordering: .sequentiallyConsistent) == count)
      }
      queue(limit: 2)
      for _ in 1..<10 { queue(limit: 0) }
      expectRunning(2)
      queue(limit: 5)
      expectRunning(5)
      SetEvent(calls.gate)
      while calls.count < 11 { SwitchToThread() }
      #expect(lw_win32_count().pool_threads == 5)
    }
  }

  @Test func `Pool threads are used again`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls()
      for round in 1...500 {
        QueueUserWorkItem(
          {
            recordCall(context: $0, timeout: 0); return 0
          }, calls.context, 0)
        while calls.count < round { SwitchToThread() }
        // Its thread is free for the next one.
        waitUntilAsleep(threads: 0)
      }
      #expect(lw_win32_count().pool_threads == 1)
    }
  }

  @Test func `A critical section is recursive and shuts others out`() {
    final class Guarded: @unchecked Sendable {  // @unchecked: the critical section guards the number
      let section = UnsafeMutablePointer<CRITICAL_SECTION>.allocate(capacity: 1)
      var number = 0
    }
    let guarded = Guarded()
    InitializeCriticalSection(guarded.section)
    EnterCriticalSection(guarded.section)
    #expect(TryEnterCriticalSection(guarded.section) == 1)
    #expect(guarded.section.pointee.RecursionCount == 2)
    LeaveCriticalSection(guarded.section)
    let other = startThread { #expect(TryEnterCriticalSection(guarded.section) == 0) }
    CWin32Tests.wait(for: other)
    LeaveCriticalSection(guarded.section)
    let threads = (0..<4).map { _ in
      startThread {
        for _ in 0..<5_000 {
          EnterCriticalSection(guarded.section)
          guarded.number += 1
          LeaveCriticalSection(guarded.section)
        }
      }
    }
    for thread in threads { CWin32Tests.wait(for: thread) }
    #expect(guarded.number == 20_000)
    DeleteCriticalSection(guarded.section)
    guarded.section.deallocate()
    for handle in threads + [other] { CloseHandle(handle) }
  }

  @Test func `Leaving a critical section of another ends the program with a sentence`() async {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      var section = CRITICAL_SECTION()
      InitializeCriticalSection(&section)
      LeaveCriticalSection(&section)
    }
    #expect(result?.says.contains("a thread left a critical section that it does not own") == true)
  }

  @Test func `The interlocked functions return what Windows' do`() {
    var value: LONG = 5
    #expect(InterlockedIncrement(&value) == 6 && InterlockedDecrement(&value) == 5)
    #expect(InterlockedExchange(&value, 9) == 5 && InterlockedExchangeAdd(&value, 2) == 9 && value == 11)
    #expect(InterlockedCompareExchange(&value, 1, 10) == 11 && value == 11)
    #expect(InterlockedCompareExchange(&value, 1, 11) == 11 && value == 1)
  }

  @Test func `Time runs, and the program knows its own path`() {
    let begin = GetTickCount64()
    Sleep(3)
    #expect(GetTickCount64() >= begin + 2)
    Sleep(0)
    var path = [CChar](repeating: 0, count: 4096)
    let length = GetModuleFileNameA(nil, &path, DWORD(path.count))
    #expect(length > 1 && path[0] == 67 && path[1] == 58)  // "C:"
    var own = [CChar](path.dropFirst(2).map { $0 == 92 ? 47 : $0 })
    #expect(access(&own, X_OK) == 0)
    #expect(GetModuleFileNameA(nil, &path, 4) == 4 && GetLastError() == ERROR_INSUFFICIENT_BUFFER && path[3] == 0)
    #expect(GetCurrentProcessId() == DWORD(getpid()) && GetCurrentThreadId() != 0)
  }
}

@Suite struct HeapTests {
  @Test func `The heap gives blocks of the size asked for and takes them back`() {
    let heap = GetProcessHeap()
    let block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100)!
    #expect(HeapSize(heap, 0, block) == 100)
    let bytes = UnsafeRawBufferPointer(start: block, count: 100)
    #expect(bytes.allSatisfy { $0 == 0 })
    block.storeBytes(of: 0x1122_3344, as: UInt32.self)
    let larger = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 5_000)!
    #expect(larger.load(as: UInt32.self) == 0x1122_3344 && HeapSize(heap, 0, larger) == 5_000)
    #expect(UnsafeRawBufferPointer(start: larger + 4, count: 4_996).allSatisfy { $0 == 0 })
    #expect(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, larger, 6_000) == nil)
    #expect(HeapFree(heap, 0, larger) == 1)
    #expect(HeapFree(heap, 0, nil) == 1)
    #expect(HeapSize(heap, 0, larger) == SIZE_T.max)
    #expect(HeapAlloc(nil, 0, 1) == nil && GetLastError() == ERROR_INVALID_HANDLE)
    #expect(HeapAlloc(heap, 0, 1 << 50) == nil && GetLastError() == ERROR_NOT_ENOUGH_MEMORY)
  }

  @Test func `Freeing a heap block twice is a finding`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let heap = GetProcessHeap()
      let block = HeapAlloc(heap, 0, 10)
      #expect(HeapFree(heap, 0, block) == 1)
      #expect(HeapFree(heap, 0, block) == 0 && GetLastError() == ERROR_INVALID_PARAMETER)
    }
    #expect(result?.says.contains("LW007") == true)
  }
}
