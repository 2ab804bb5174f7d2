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

/// A critical section for several threads. @unchecked: it is made for any thread.
private final class Section: @unchecked Sendable {
  let pointer = UnsafeMutablePointer<CRITICAL_SECTION>.allocate(capacity: 1)

  init() { InitializeCriticalSection(pointer) }

  func pass() {
    EnterCriticalSection(pointer)
    LeaveCriticalSection(pointer)
  }
}

@Suite struct PortThreadTests {
  /// What the thread that runs for the port does.
  enum Step: String, CaseIterable, Codable {
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
      let (runs, taken) = (Sent(handle: newEvent()), Sent(handle: newEvent(manual: true)))
      let section = Section()
      let first = startThread {
        takeOne(port)
        SetEvent(runs.handle)
        // Runs, without a wait, until the packet is there.
        while lw_win32_count().packets == 0 { SwitchToThread() }
        #expect(!isSet(taken.handle))
        switch step {
        case .waits: CWin32Tests.wait(for: taken.handle)
        case .sleeps: while !isSet(taken.handle) { Sleep(1) }
        case .wantsSection: section.pass()
        case .comesBack: #expect(Dequeued(port.handle, INFINITE).bytes == 7)
        case .comesToAnotherPort: #expect(Dequeued(other.handle, 0) == .nothing(WAIT_TIMEOUT))
        case .ends: break
        }
      }
      CWin32Tests.wait(for: runs.handle)
      if step == .wantsSection { EnterCriticalSection(section.pointer) }
      let second = startThread {
        if Dequeued(port.handle, INFINITE).bytes == 7 { SetEvent(taken.handle) }
      }
      PostQueuedCompletionStatus(port.handle, 7, 0, nil)
      if step == .comesBack {
        CWin32Tests.wait(for: first)
        PostQueuedCompletionStatus(port.handle, 7, 0, nil)
      }
      CWin32Tests.wait(for: taken.handle)
      if step == .wantsSection { LeaveCriticalSection(section.pointer) }
      for thread in [first, second] { CWin32Tests.wait(for: thread) }
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
    #expect(GetQueuedCompletionStatusEx(port, nil, 1, &count, 0, 0) == 0 && GetLastError() == ERROR_INVALID_PARAMETER)
    #expect(
      GetQueuedCompletionStatusEx(port, &entries, 0, &count, 0, 0) == 0 && GetLastError() == ERROR_INVALID_PARAMETER)
    CloseHandle(port)
  }
}
