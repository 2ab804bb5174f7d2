// How many threads run for a port at a time, and what lets a further one run; and several packets at a time.
import CWin32
import Synchronization
import Testing

private func newPort(threads: DWORD) -> Sent {
  guard let port = CreateIoCompletionPort(lw_invalid_handle_value(), nil, 0, threads) else { fatalError("no port") }
  return Sent(handle: port)
}

/// Makes the calling thread run for the port.
private func takeOne(_ port: Sent) {
  PostQueuedCompletionStatus(port.handle, 0, 0, nil)
  #expect(Dequeued(port.handle, 0).result == 1)
}

@Suite struct PortThreadTests {
  /// What the thread that runs for the port does.
  enum Step: CaseIterable {
    case waits
    case sleeps
    case wantsSection
    case comesBack
    case comesToAnotherPort
    case ends
  }

  @Test(arguments: Step.allCases)
  func `A packet waits while enough threads run for the port, until one of them does not`(step: Step) async {
    await #expect(processExitsWith: .success) { [step] in
      let (port, other) = (newPort(threads: 1), newPort(threads: 0))
      let got = newEvent()
      let section = UnsafeMutablePointer<CRITICAL_SECTION>.allocate(capacity: 1)
      InitializeCriticalSection(section)
      let sectionAddress = UInt(bitPattern: section)
      let (holds, isQueued) = (newEvent(), newEvent(manual: true))
      let handles = (got: Sent(handle: got), holds: Sent(handle: holds), isQueued: Sent(handle: isQueued))
      let running = startThread {
        takeOne(port)
        SetEvent(handles.holds.handle)
        // Runs, without a wait, until the packet is there.
        while lw_win32_count().packets == 0 { SwitchToThread() }
        #expect(!isSet(handles.got.handle))
        switch step {
        case .waits: CWin32Tests.wait(for: handles.got.handle)
        case .sleeps: while !isSet(handles.got.handle) { Sleep(1) }
        case .wantsSection:
          EnterCriticalSection(UnsafeMutablePointer(bitPattern: sectionAddress))
          LeaveCriticalSection(UnsafeMutablePointer(bitPattern: sectionAddress))
        case .comesBack: #expect(Dequeued(port.handle, INFINITE).bytes == 7)
        case .comesToAnotherPort: #expect(Dequeued(other.handle, 0) == .nothing(WAIT_TIMEOUT))
        case .ends: break
        }
      }
      CWin32Tests.wait(for: holds)
      if step == .wantsSection { EnterCriticalSection(section) }
      let second = startThread {
        guard Dequeued(port.handle, INFINITE).bytes == 7 else { return }
        SetEvent(handles.got.handle)
        SetEvent(handles.isQueued.handle)
      }
      PostQueuedCompletionStatus(port.handle, 7, 0, nil)
      if step == .comesBack {
        CWin32Tests.wait(for: running)
        PostQueuedCompletionStatus(port.handle, 7, 0, nil)
      } else {
        CWin32Tests.wait(for: isQueued)
      }
      if step == .wantsSection { LeaveCriticalSection(section) }
      for thread in [running, second] { CWin32Tests.wait(for: thread) }
    }
  }

  @Test func `Never more threads run for a port than it allows`() {
    let port = newPort(threads: 2)
    let crowd = Crowd()
    let count = 3_000
    let threads = (0..<5).map { _ in
      startThread {
        while Dequeued(port.handle, INFINITE).bytes != 0 { crowd.passThrough() }
      }
    }
    for _ in 0..<count { PostQueuedCompletionStatus(port.handle, 1, 0, nil) }
    for _ in threads { PostQueuedCompletionStatus(port.handle, 0, 0, nil) }
    for thread in threads {
      CWin32Tests.wait(for: thread)
      CloseHandle(thread)
    }
    #expect(crowd.passed.load(ordering: .sequentiallyConsistent) == count)
    #expect((1...2).contains(crowd.most.load(ordering: .sequentiallyConsistent)))
    CloseHandle(port.handle)
  }
}

/// How many threads were inside at the same time.
private final class Crowd: Sendable {
  let inside = Atomic<Int>(0)
  let most = Atomic<Int>(0)
  let passed = Atomic<Int>(0)

  func passThrough() {
    let now = inside.add(1, ordering: .sequentiallyConsistent).newValue
    most.max(now, ordering: .sequentiallyConsistent)
    for _ in 0..<200 { passed.add(0, ordering: .sequentiallyConsistent) }
    passed.add(1, ordering: .sequentiallyConsistent)
    inside.subtract(1, ordering: .sequentiallyConsistent)
  }
}

@Suite struct PortEntriesTests {
  @Test func `Several packets are dequeued at a time, in their order`() {
    let port = newPort()
    for i in 1...200 { PostQueuedCompletionStatus(port, DWORD(i), ULONG_PTR(i) << 8, .init(bitPattern: i)) }
    var entries = [OVERLAPPED_ENTRY](repeating: OVERLAPPED_ENTRY(), count: 150)
    var count: ULONG = 0
    var next = 1
    for expected in [1, 63, 64, 65, 7] as [ULONG] {
      #expect(GetQueuedCompletionStatusEx(port, &entries, expected, &count, 0, 0) == 1)
      #expect(count == expected)
      for entry in entries.prefix(Int(count)) {
        #expect(entry.dwNumberOfBytesTransferred == DWORD(next) && entry.lpCompletionKey == ULONG_PTR(next) << 8)
        #expect(UInt(bitPattern: entry.lpOverlapped) == UInt(next) && entry.Internal == 0)
        next += 1
      }
    }
    #expect(next == 201)
    #expect(GetQueuedCompletionStatusEx(port, &entries, 150, &count, 0, 0) == 0 && GetLastError() == WAIT_TIMEOUT)
    #expect(GetQueuedCompletionStatusEx(port, &entries, 150, &count, 1, 1) == 0 && GetLastError() == WAIT_TIMEOUT)
    for (entries, room) in [(nil, 1), (UnsafeMutablePointer<OVERLAPPED_ENTRY>(bitPattern: 64), 0)] as [(_, ULONG)] {
      #expect(GetQueuedCompletionStatusEx(port, entries, room, &count, 0, 0) == 0)
      #expect(GetLastError() == ERROR_INVALID_PARAMETER)
    }
    CloseHandle(port)
  }
}
