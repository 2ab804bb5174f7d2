// What pipes promise under load: nothing is lost, nothing is left behind.
import CWin32
import Glibc
import Synchronization
import Testing

private func counts() -> [UInt64] {
  let now = lw_win32_count()
  return [now.handles, now.files, now.operations, now.packets, UInt64(descriptorCount())]
}

@Suite struct PipeTests {
  // In a process of its own, because it counts what the whole process has open.
  @Test func `A thousand pipes with reads in flight leave nothing behind`() async {
    await #expect(processExitsWith: .success) {
      PipeEnds().close()
      let before = counts()
      let buffers = UnsafeMutablePointer<OVERLAPPED>.allocate(capacity: 1000)
      buffers.initialize(repeating: OVERLAPPED(), count: 1000)
      let bytes = UnsafeMutableRawPointer.allocate(byteCount: 1000, alignment: 8)
      let pipes = (0..<1000).map { _ in PipeEnds() }
      let open = lw_win32_count()
      #expect(open.handles == before[0] + 2000 && open.files == before[1] + 2000)
      for (i, pipe) in pipes.enumerated() {
        #expect(ReadFile(pipe.server, bytes + i, 1, nil, &buffers[i]) == 0 && GetLastError() == ERROR_IO_PENDING)
      }
      #expect(lw_win32_count().operations == before[2] + 1000)
      for (i, pipe) in pipes.enumerated() where i % 2 == 0 { pipe.send([UInt8(i % 251)]) }
      for (i, pipe) in pipes.enumerated() {
        if i % 3 == 0 { CloseHandle(pipe.server) } else { CancelIo(pipe.server) }
      }
      for (i, pipe) in pipes.enumerated() {
        while HasOverlappedIoCompleted(&buffers[i]) == 0 { SwitchToThread() }
        CloseHandle(pipe.client)
        if i % 3 != 0 { CloseHandle(pipe.server) }
      }
      while counts() != before { SwitchToThread() }  // the I/O thread has its last words
    }
  }

  @Test func `No byte is both delivered and reported cancelled`() {
    let pipe = PipeEnds(bytes: 16)
    let done = newEvent(manual: true)
    final class Shared: @unchecked Sendable { let overlapped = UnsafeMutablePointer<OVERLAPPED>.allocate(capacity: 1) }
    let shared = Shared()
    shared.overlapped.initialize(to: OVERLAPPED())
    shared.overlapped.pointee.hEvent = done
    let rounds = 20_000
    let sent = Counted(tell: newEvent())
    let flags = Flags()
    let writer = startThread {
      var overlapped = OVERLAPPED()
      overlapped.hEvent = newEvent(manual: true)
      var next: UInt8 = 0
      while !flags.stopped {
        let bytes = (0..<3).map { next &+ UInt8($0) }
        var count: DWORD = 0
        if WriteFile(pipe.client, bytes, 3, &count, &overlapped) == 0 {
          guard GetLastError() == ERROR_IO_PENDING else { break }
          _ = GetOverlappedResult(pipe.client, &overlapped, &count, 1)
        }
        next &+= UInt8(count)
        sent.add(Int(count))
      }
      CloseHandle(overlapped.hEvent)
    }
    let canceller = startThread {
      while !flags.stopped {
        CancelIoEx(pipe.server, shared.overlapped)
        SwitchToThread()
      }
    }
    var received = 0, cancelled = 0, wrong = 0
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 8)
    for _ in 0..<rounds {
      buffer.initialize(repeating: 0xEE, count: 8)
      var count: DWORD = 0
      var ok = ReadFile(pipe.server, buffer, 5, &count, shared.overlapped)
      if ok == 0, GetLastError() == ERROR_IO_PENDING {
        ok = GetOverlappedResult(pipe.server, shared.overlapped, &count, 1)
      }
      if ok == 0 {
        wrong += GetLastError() != ERROR_OPERATION_ABORTED || count != 0 || buffer[0] != 0xEE ? 1 : 0
        cancelled += 1
      } else {
        for i in 0..<Int(count) { wrong += buffer[i] == UInt8(truncatingIfNeeded: received + i) ? 0 : 1 }
        received += Int(count)
      }
    }
    flags.stop()
    wait(for: canceller)
    // What was sent and not read yet, until the writer has stopped.
    while WaitForSingleObject(writer, 0) != WAIT_OBJECT_0 || available(pipe.server) > 0 {
      guard available(pipe.server) > 0 else { continue }
      var count: DWORD = 0
      _ = ReadFile(pipe.server, buffer, 8, &count, shared.overlapped)
      received += Int(count)
    }
    #expect(wrong == 0 && received == sent.value)
    #expect(cancelled < rounds)
    for thread in [writer, canceller] { CloseHandle(thread) }
    pipe.close()
    buffer.deallocate()
    shared.overlapped.deallocate()
    CloseHandle(done)
  }

  @Test func `Closing an end while others read and write on it ends their operations`() {
    for _ in 0..<200 {
      let pipe = PipeEnds(bytes: 8)
      let reader = startThread {
        let overlapped = UnsafeMutablePointer<OVERLAPPED>.allocate(capacity: 1)
        overlapped.initialize(to: OVERLAPPED())
        overlapped.pointee.hEvent = newEvent(manual: true)
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 4)
        var count: DWORD = 0
        while true {
          if ReadFile(pipe.server, buffer, 4, &count, overlapped) == 1 { continue }
          guard GetLastError() == ERROR_IO_PENDING else { break }
          guard GetOverlappedResult(pipe.server, overlapped, &count, 1) == 1 else { break }
        }
        #expect(GetLastError() == ERROR_BROKEN_PIPE)
        CloseHandle(overlapped.pointee.hEvent)
        overlapped.deallocate()
        buffer.deallocate()
      }
      pipe.send([1, 2, 3])
      CloseHandle(pipe.client)
      wait(for: reader)
      CloseHandle(reader)
      CloseHandle(pipe.server)
    }
  }

  private func available(_ pipe: HANDLE) -> DWORD {
    var count: DWORD = 0
    return PeekNamedPipe(pipe, nil, 0, nil, &count, nil) == 1 ? count : 0
  }
}

/// A flag that threads share.
final class Flags: Sendable {
  private let flag = Atomic<Bool>(false)
  var stopped: Bool { flag.load(ordering: .sequentiallyConsistent) }
  func stop() { flag.store(true, ordering: .sequentiallyConsistent) }
}
