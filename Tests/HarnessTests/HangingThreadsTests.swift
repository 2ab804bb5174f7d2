// What is said about the threads of a process that hangs.
import OverlappedIO
import Testing

@testable import Harness

struct HangingThreadsTests {
  @Test("Threads are named by where they wait, and many of a kind are counted")
  func sentence() {
    #expect(HangingThreads.sentence(["loop"], "running") == "loop: running")
    #expect(
      HangingThreads.sentence(["a", "b", "c", "d", "e", "f"], "waiting in x") == "a, b, c, d and 2 more: waiting in x")
  }

  @Test("A process that waits for input is named with what it waits in")
  func findsWaitingProcess() throws {
    let child = try ToldChild()
    var sentences: [String] = []
    // It has not become cat at once, and not reached its read at once.
    while !sentences.contains(where: { $0.hasPrefix("cat: waiting in") }) && child.process.exitCode == nil {
      sentences = HangingThreads.sentences(of: Int32(child.process.processID))
    }
    #expect(sentences.count == 1 && sentences.first?.hasPrefix("cat: waiting in") == true)
    child.tellToExit()
    #expect(try wait(for: child.process.handle) == .signalled)
  }

  @Test("A process that is gone has no threads")
  func gone() {
    #expect(HangingThreads.sentences(of: 0x7FFF_FFFF).isEmpty)
  }
}
