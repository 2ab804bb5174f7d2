// The truth table of unregistration: four states of the wait, four forms of the call, callbacks on the wait thread
// and on pool threads. Each run is a process of its own, with one wait thread that the test can hold.
import CWin32
import Synchronization
import Testing

/// The wait when it is unregistered.
enum WaitState: CaseIterable {
  case neverSignalled
  case queued
  case running
  case returned
}

enum Form: CaseIterable {
  case plain
  case exNull
  case exEvent
  case exBlocking
}

/// One cell of the table.
struct Cell {
  let state: WaitState
  let form: Form
  let flags: DWORD
  let object = newEvent()
  let completion = newEvent(manual: true)
  let calls: Calls
  let holder = Calls(gateOpen: false)
  let holderObject = newEvent(set: true)

  init(_ state: WaitState, _ form: Form, _ flags: DWORD) {
    self.state = state
    self.form = form
    self.flags = flags
    calls = Calls(gateOpen: state != .running)
  }

  var name: Comment { "\(state), \(form), flags \(flags)" }
  var pending: Bool { state == .queued || state == .running }

  func check() {
    let held = state == .queued ? holdWaitThread() : nil
    guard let wait = calls.register(object, flags: flags) else {
      Issue.record("registration failed: \(GetLastError())")
      return
    }
    if state != .neverSignalled { SetEvent(object) }
    if state == .running || state == .returned { CWin32Tests.wait(for: calls.entered) }
    if state == .returned { waitUntilReturned() }

    SetLastError(12345)
    if form == .exBlocking {
      checkBlocking(wait)
    } else {
      checkImmediate(wait)
    }
    if held != nil {
      SetEvent(holder.gate)
      #expect(UnregisterWaitEx(held, lw_invalid_handle_value()) == 1, name)
    }
    checkAftermath()
    for handle in [object, completion, holderObject] { CloseHandle(handle) }
  }

  func holdWaitThread() -> HANDLE? {
    let wait = holder.register(holderObject, flags: WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE)
    CWin32Tests.wait(for: holder.entered)
    return wait
  }

  /// The layer has noted the callback's return once its thread, whichever it was, sleeps again.
  func waitUntilReturned() { waitUntilAsleep(threads: 0) }

  func checkImmediate(_ wait: HANDLE) {
    let result =
      switch form {
      case .plain: UnregisterWait(wait)
      case .exNull: UnregisterWaitEx(wait, nil)
      default: UnregisterWaitEx(wait, completion)
      }
    #expect(result == (pending ? 0 : 1), name)
    #expect(GetLastError() == (pending ? ERROR_IO_PENDING : 12345), name)
    #expect(
      calls.begun.load(ordering: .sequentiallyConsistent) == (state == .running || state == .returned ? 1 : 0), name)
    if pending && form == .exEvent { #expect(!isSet(completion), name) }
    SetEvent(calls.gate)
  }

  /// It returns after the callback has: the thread that calls it sees the count.
  func checkBlocking(_ wait: HANDLE) {
    let sent = Sent(handle: wait)
    let seen = Calls()
    let (calls, name) = (calls, name)
    let thread = startThread {
      SetEvent(seen.entered)
      #expect(UnregisterWaitEx(sent.handle, lw_invalid_handle_value()) == 1, name)
      seen.returned.store(calls.count, ordering: .sequentiallyConsistent)
    }
    CWin32Tests.wait(for: seen.entered)
    if pending { #expect(!isSet(thread), name) }
    if state == .queued { SetEvent(holder.gate) }
    SetEvent(calls.gate)
    CWin32Tests.wait(for: thread)
    CloseHandle(thread)
    #expect(seen.count == (state == .neverSignalled ? 0 : 1), "\(state), blocking: callbacks at its return")
  }

  func checkAftermath() {
    if form == .exEvent {
      CWin32Tests.wait(for: completion)
      #expect(calls.count == (state == .neverSignalled ? 0 : 1), name)
    }
    if state == .neverSignalled {
      SetEvent(object)
      passThroughWaitThread()
      #expect(isSet(object), "\(state), \(form): the object was consumed by an unregistered wait")
      #expect(calls.begun.load(ordering: .sequentiallyConsistent) == 0, name)
    } else {
      while calls.count == 0 { SwitchToThread() }
      waitUntilReturned()
      #expect(calls.count == 1, name)
    }
    #expect(lw_win32_count().registrations == 0, name)
  }
}

@Suite struct TruthTableTests {
  @Test(arguments: [
    WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE, WT_EXECUTEINWAITTHREAD, WT_EXECUTEDEFAULT,
  ])
  func `Unregistering answers as the truth table says`(flags: DWORD) async {
    await #expect(processExitsWith: .success) { [flags] in
      for state in WaitState.allCases {
        for form in Form.allCases { Cell(state, form, flags).check() }
      }
      #expect(lw_win32_count().wait_threads == 1)
    }
  }

  @Test func `A second unregistration is LW008 in every state, whatever the first one answered`() async {
    await #expect(processExitsWith: .exitCode(1)) {
      useTemporaryReports()
      var expected: UInt64 = 0
      for state in [WaitState.neverSignalled, .running, .returned] {
        for form in [Form.plain, .exEvent] {
          for again in [Form.plain, .exEvent, .exBlocking] {
            let cell = Cell(state, form, once)
            let wait = cell.calls.register(cell.object, flags: once)
            if state != .neverSignalled {
              SetEvent(cell.object)
              CWin32Tests.wait(for: cell.calls.entered)
            }
            if state == .returned { cell.waitUntilReturned() }
            #expect(UnregisterWaitEx(wait, form == .plain ? nil : cell.completion) == (state == .running ? 0 : 1))
            let late = newEvent(manual: true)
            SetLastError(0)
            #expect(
              UnregisterWaitEx(
                wait, again == .plain ? nil : again == .exEvent ? late : lw_invalid_handle_value()) == 0)
            #expect(GetLastError() == ERROR_INVALID_HANDLE && !isSet(late), "R6: it will not be set")
            expected += 1
            #expect(lw_scope_count(lw_scope_default(), 8) == expected)
            SetEvent(cell.calls.gate)
            if form == .exEvent { CWin32Tests.wait(for: cell.completion) }
            while cell.calls.begun.load(ordering: .sequentiallyConsistent) != cell.calls.count { SwitchToThread() }
          }
        }
      }
    }
  }

  @Test func `Unregistering nothing is an invalid handle`() {
    for completion in [nil, lw_invalid_handle_value()] {
      SetLastError(0)
      #expect(UnregisterWaitEx(nil, completion) == 0)
      #expect(GetLastError() == ERROR_INVALID_HANDLE)
    }
    let event = newEvent()
    #expect(UnregisterWait(event) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
    #expect(UnregisterWait(lw_invalid_handle_value()) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
    CloseHandle(event)
  }

  // In a process of its own: the port could have the value of another test's closed event.
  @Test func `A completion event that is none leaves the wait registered`() async {
    await #expect(processExitsWith: .success) {
      let calls = Calls()
      let object = newEvent()
      let wait = calls.register(object, flags: WT_EXECUTEONLYONCE)
      #expect(UnregisterWaitEx(wait, newPort()) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      SetEvent(object)
      CWin32Tests.wait(for: calls.entered)
      #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
    }
  }
}
