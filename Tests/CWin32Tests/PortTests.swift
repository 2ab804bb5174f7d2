// Completion ports without loans: order, results, several waiting threads, closing.
import CWin32
import Synchronization
import Testing

func newPort() -> HANDLE {
  guard let port = CreateIoCompletionPort(lw_invalid_handle_value(), nil, 0, 1) else { fatalError("no port") }
  return port
}

/// What GetQueuedCompletionStatus returned and wrote.
struct Dequeued: Equatable {
  var result: BOOL
  var bytes: DWORD = 77
  var key: ULONG_PTR = 77
  var address: UInt = 77
  var error: DWORD = 0

  init(_ port: HANDLE?, _ ms: DWORD) {
    var overlapped = UnsafeMutablePointer<OVERLAPPED>(bitPattern: 77)
    result = 0
    result = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, ms)
    error = result == 0 ? GetLastError() : 0
    address = UInt(bitPattern: overlapped)
  }

  init(result: BOOL, bytes: DWORD, key: ULONG_PTR, address: UInt, error: DWORD) {
    (self.result, self.bytes, self.key, self.address, self.error) = (result, bytes, key, address, error)
  }

  /// Nothing came: the other values are as they were.
  static func nothing(_ error: DWORD) -> Dequeued {
    Dequeued(result: 0, bytes: 77, key: 77, address: 0, error: error)
  }
}

@Suite struct PortTests {
  @Test func `Packets leave in the order in which they came, with whatever was in them`() {
    let port = newPort()
    for i in 1...5 {
      #expect(PostQueuedCompletionStatus(port, DWORD(i), ULONG_PTR(i) << 40, .init(bitPattern: i % 2 * 0xDEAD)) == 1)
    }
    for i in 1...5 {
      let expected = Dequeued(
        result: 1, bytes: DWORD(i), key: ULONG_PTR(i) << 40, address: UInt(i % 2 * 0xDEAD), error: 0)
      #expect(Dequeued(port, 0) == expected)
    }
    #expect(Dequeued(port, 0) == .nothing(WAIT_TIMEOUT))
    #expect(Dequeued(port, 2) == .nothing(WAIT_TIMEOUT))
    #expect(GetQueuedCompletionStatus(port, nil, nil, nil, 0) == 0 && GetLastError() == ERROR_INVALID_PARAMETER)
    CloseHandle(port)
  }

  // In a process of its own: another test's port could have the closed value next, and would lose its packet here.
  @Test func `A closed port is an invalid handle, and its use is found`() async {
    await #expect(processExitsWith: .exitCode(1)) {
      useTemporaryReports()
      let port = newPort()
      PostQueuedCompletionStatus(port, 0, 0, nil)
      CloseHandle(port)
      #expect(Dequeued(port, 0) == .nothing(ERROR_INVALID_HANDLE))
      #expect(PostQueuedCompletionStatus(port, 0, 0, nil) == 0 && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(lw_scope_count(lw_scope_default(), 9) == 2)
    }
  }

  // In a process of its own: a handle of another kind may have a value that another test has closed.
  @Test func `A port is made without a file, and only files are bound to one`() async {
    await #expect(processExitsWith: .success) {
      let port = newPort()
      let event = newEvent()
      #expect(CreateIoCompletionPort(lw_invalid_handle_value(), port, 0, 0) == nil)
      #expect(GetLastError() == ERROR_INVALID_PARAMETER)
      #expect(CreateIoCompletionPort(event, port, 0, 0) == nil && GetLastError() == ERROR_INVALID_HANDLE)
      #expect(CreateIoCompletionPort(nil, nil, 0, 0) == nil && GetLastError() == ERROR_INVALID_HANDLE)
      CloseHandle(port)
      CloseHandle(event)
    }
  }

  @Test func `A post wakes a waiting thread`() {
    let port = Sent(handle: newPort())
    let poster = startThread { for i in 0..<1_000 { PostQueuedCompletionStatus(port.handle, DWORD(i), 0, nil) } }
    for i in 0..<1_000 { #expect(Dequeued(port.handle, INFINITE).bytes == DWORD(i)) }
    CWin32Tests.wait(for: poster)
    CloseHandle(poster)
    CloseHandle(port.handle)
  }

  @Test func `The thread that began to wait last gets the first packet`() async {
    await #expect(processExitsWith: .success) {
      let port = Sent(handle: newPort())
      let got = (0..<3).map { _ in Counted(tell: newEvent()) }
      var threads: [HANDLE] = []
      for waiter in got {
        threads.append(startThread { waiter.add(Int(Dequeued(port.handle, INFINITE).bytes)) })
        waitUntilAsleep(threads: threads.count)
      }
      for i in 1...3 { PostQueuedCompletionStatus(port.handle, DWORD(i), 0, nil) }
      for thread in threads { CWin32Tests.wait(for: thread) }
      #expect(got.map(\.value) == [3, 2, 1])
    }
  }

  @Test func `Closing a port lets its waiting threads go with ERROR_ABANDONED_WAIT_0`() async {
    await #expect(processExitsWith: .success) {
      let port = Sent(handle: newPort())
      let abandoned = Counted(tell: newEvent())
      let threads = (0..<3).map { _ in
        startThread { if Dequeued(port.handle, INFINITE) == .nothing(ERROR_ABANDONED_WAIT_0) { abandoned.add() } }
      }
      waitUntilAsleep(threads: 3)
      #expect(CloseHandle(port.handle) == 1)
      for thread in threads { CWin32Tests.wait(for: thread) }
      #expect(abandoned.value == 3)
    }
  }

  @Test func `Many posters and many getters lose no packet and get none twice`() {
    let port = Sent(handle: newPort())
    let each = 5_000
    let sum = Counted(tell: newEvent())
    let posters = (0..<3).map { poster in
      startThread { for i in 1...each { PostQueuedCompletionStatus(port.handle, DWORD(poster * each + i), 0, nil) } }
    }
    let getters = (0..<3).map { _ in
      startThread {
        while true {
          let seen = Dequeued(port.handle, INFINITE)
          guard seen.result == 1, seen.bytes != 0 else { return }
          sum.add(Int(seen.bytes))
        }
      }
    }
    for poster in posters { CWin32Tests.wait(for: poster) }
    for _ in getters { PostQueuedCompletionStatus(port.handle, 0, 0, nil) }
    for getter in getters { CWin32Tests.wait(for: getter) }
    let count = 3 * each
    #expect(sum.value == count * (count + 1) / 2)
    for handle in posters + getters + [port.handle!] { CloseHandle(handle) }
  }
}
