// Memory of no arena that operations lend because it was announced. Findings go to the process's own scope, so each
// test has a process to itself.
import CArena
import CWin32
import Glibc
import Testing

/// Counts of the process's own scope.
private func findings(_ rule: lw_rule) -> UInt64 { lw_scope_count(lw_scope_default(), rule) }

/// Memory that only this test knows of.
private struct Foreign: @unchecked Sendable {  // @unchecked: whoever may touch it is what the tests are about
  let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
  var overlapped: UnsafeMutablePointer<OVERLAPPED> { memory.assumingMemoryBound(to: OVERLAPPED.self) }
  var buffer: UnsafeMutableRawPointer { memory + 1000 }
  func read(_ pipe: PipeEnds) -> Bool {
    ReadFile(pipe.server, buffer, 8, nil, overlapped) == 0 && GetLastError() == ERROR_IO_PENDING
  }
}

@Suite struct AnnouncedTests {
  @Test func `Announced memory that is withdrawn while it is lent is LW001, and the late write is LW002 and lands`()
    async
  {
    let end = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let (pipe, foreign) = (PipeEnds(), Foreign())
      #expect(lw_announce(foreign.memory, 2000, .LW_ANNOUNCED_MEMORY))
      #expect(foreign.read(pipe))
      #expect(lw_withdraw(foreign.memory) && findings(1) == 1)
      pipe.send([7])
      #expect(findings(2) >= 1 && foreign.buffer.load(as: UInt8.self) == 7)
    }
    #expect(end?.says.contains("LW001 freed-while-lent: block 0x") == true)
  }

  @Test func `What nobody lends can be withdrawn, once`() async {
    await #expect(processExitsWith: .success) {
      let (pipe, foreign) = (PipeEnds(), Foreign())
      #expect(lw_announce(foreign.memory, 2000, .LW_ANNOUNCED_MEMORY))
      #expect(foreign.read(pipe))
      pipe.send([7])
      #expect(HasOverlappedIoCompleted(foreign.overlapped) == 1 && foreign.overlapped.pointee.InternalHigh == 1)
      #expect(lw_withdraw(foreign.memory) && !lw_withdraw(foreign.memory))
      #expect(foreign.read(pipe), "and is lent no more")
      #expect(lw_shadow_at_(foreign.memory, &ShadowOffset.value) == nil)
      #expect(findings(1) == 0)
    }
  }

  @Test func `A thread that ends leaves its announced stack memory: LW016`() async {
    let end = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      useTemporaryReports()
      let pipe = PipeEnds()
      // On a port, so that the end of the thread does not cancel it.
      #expect(CreateIoCompletionPort(pipe.server, newPort(), 0, 0) != nil)
      let thread = startThread {
        var overlapped = OVERLAPPED()
        withUnsafeMutablePointer(to: &overlapped) { overlapped in
          #expect(lw_announce(overlapped, MemoryLayout<OVERLAPPED>.size, .LW_ANNOUNCED_STACK))
          #expect(ReadFile(pipe.server, Foreign().buffer, 8, nil, overlapped) == 0)
        }
      }
      wait(for: thread)
      #expect(findings(16) == 1 && findings(1) == 0)
    }
    #expect(end?.says.contains("LW016 lent-stack-unwound: stack memory 0x") == true)
  }
}

private enum ShadowOffset { nonisolated(unsafe) static var value = 0 }
