// What timers and their queues promise: who waits for what, what ends twice, and what cannot wait for itself.
import CWin32
import Synchronization
import Testing

private var blocking: HANDLE? { lw_invalid_handle_value() }

extension Calls {
  /// Makes a timer whose callback is recorded here.
  func timer(in queue: HANDLE?, due: DWORD = 1, period: DWORD = 0, flags: DWORD = 0) -> HANDLE? {
    var timer: HANDLE?
    return CreateTimerQueueTimer(&timer, queue, recordCall, context, due, period, flags) == 0 ? nil : timer
  }
}

@Suite struct TimerQueueTests {
  @Test(arguments: [WT_EXECUTEDEFAULT, WT_EXECUTEINTIMERTHREAD])
  func `A timer fires again and again until it is deleted, and never behind that`(flags: DWORD) async {
    await #expect(processExitsWith: .success) { [flags] in
      let calls = Calls()
      let queue = CreateTimerQueue()
      let timer = calls.timer(in: queue, period: 1, flags: flags)
      while calls.count < 20 { SwitchToThread() }
      #expect(DeleteTimerQueueTimer(queue, timer, blocking) == 1)
      let count = calls.count
      #expect(calls.begun.load(ordering: .sequentiallyConsistent) == count)
      #expect(calls.timedOut.load(ordering: .sequentiallyConsistent) == count)
      #expect(DeleteTimerQueueEx(queue, blocking) == 1)
      #expect(calls.count == count && lw_win32_count().registrations == 0)
    }
  }

  @Test func `Deleting a queue deletes its timers, and waits for the callbacks of all, also of those deleted before`()
    async
  {
    await #expect(processExitsWith: .success) {
      let (running, deleted, far) = (Calls(gateOpen: false), Calls(gateOpen: false), Calls())
      let queue = CreateTimerQueue()
      _ = running.timer(in: queue)
      let second = deleted.timer(in: queue)
      _ = far.timer(in: queue, due: 3_600_000)
      CWin32Tests.wait(for: running.entered)
      CWin32Tests.wait(for: deleted.entered)
      #expect(DeleteTimerQueueTimer(queue, second, nil) == 0 && GetLastError() == ERROR_IO_PENDING)
      let event = newEvent()
      #expect(DeleteTimerQueueEx(queue, event) == 0 && GetLastError() == ERROR_IO_PENDING)
      SetEvent(running.gate)
      while running.count == 0 { SwitchToThread() }
      #expect(!isSet(event))
      SetEvent(deleted.gate)
      CWin32Tests.wait(for: event)
      #expect(deleted.count == 1 && far.count == 0 && lw_win32_count().registrations == 0)
      CloseHandle(event)
    }
  }

  @Test func `A timer that has fired once is not changed, one that has not is`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls()
      let queue = CreateTimerQueue()
      let timer = calls.timer(in: queue, due: 3_600_000)
      #expect(ChangeTimerQueueTimer(queue, timer, 1, 0) == 1)
      while calls.count == 0 { SwitchToThread() }
      #expect(ChangeTimerQueueTimer(queue, timer, 0, 0) == 1)
      // Another one is served behind what the first would be.
      let other = Calls()
      _ = other.timer(in: queue, due: 1)
      while other.count == 0 { SwitchToThread() }
      #expect(calls.count == 1)
      #expect(DeleteTimerQueueEx(queue, blocking) == 1)
    }
  }

  @Test func `Names of waits, of timers and of queues are not taken for each other`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls()
      let (queue, object) = (CreateTimerQueue(), newEvent())
      let timer = calls.timer(in: queue, due: 3_600_000)
      let wait = calls.register(object, flags: once)
      #expect(UnregisterWaitEx(timer, nil) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(DeleteTimerQueueTimer(queue, wait, nil) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(DeleteTimerQueueEx(timer, nil) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(ChangeTimerQueueTimer(nil, timer, 1, 0) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(calls.timer(in: object) == nil && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(UnregisterWait(wait) == 1 && DeleteTimerQueueEx(queue, blocking) == 1)
      CloseHandle(object)
    }
  }

  @Test func `Deleting a timer or a queue twice is found`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let calls = Calls()
      let queue = CreateTimerQueue()
      let timer = calls.timer(in: queue, due: 3_600_000)
      #expect(DeleteTimerQueueTimer(queue, timer, nil) == 1)
      #expect(DeleteTimerQueueTimer(queue, timer, nil) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(lw_scope_count(lw_scope_default(), 8) == 1)
      #expect(DeleteTimerQueueEx(queue, blocking) == 1)
      #expect(DeleteTimerQueueEx(queue, blocking) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(lw_scope_count(lw_scope_default(), 8) == 2)
    }
    #expect(result?.says.contains("LW008 double-unregister") == true)
    #expect(result?.says.contains("DeleteTimerQueueEx") == true)
  }

  @Test func `A callback that waits for its own end, by its timer or its queue, is found and goes on`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      final class Own: @unchecked Sendable {  // @unchecked: written before the callback may read them
        var (queue, timer): (HANDLE?, HANDLE?)
        let (mayBegin, isDone) = (newEvent(), newEvent())
      }
      let own = Own()
      own.queue = CreateTimerQueue()
      let made = CreateTimerQueueTimer(
        &own.timer, own.queue,
        { context, _ in
          let own = Unmanaged<Own>.fromOpaque(context!).takeUnretainedValue()
          CWin32Tests.wait(for: own.mayBegin)
          let byTimer = DeleteTimerQueueTimer(own.queue, own.timer, blocking) == 0
          let byQueue = DeleteTimerQueueEx(own.queue, blocking) == 0
          #expect(byTimer && byQueue && GetLastError() == ERROR_INVALID_PARAMETER)
          SetEvent(own.isDone)
        }, Unmanaged.passUnretained(own).toOpaque(), 1, 0, 0)
      #expect(made == 1)
      SetEvent(own.mayBegin)
      CWin32Tests.wait(for: own.isDone)
      #expect(DeleteTimerQueueEx(own.queue, blocking) == 1)
      #expect(lw_scope_count(lw_scope_default(), 18) == 2)
    }
    #expect(result?.says.contains("LW018 self-unregister") == true)
  }
}
