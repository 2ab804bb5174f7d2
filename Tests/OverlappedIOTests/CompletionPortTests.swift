// Ports: first in, first out, and what packets say about who they were for.
import Latewrite
import LatewriteTesting
import OverlappedIO
import Testing

@Suite("Completion port", .latewrite)
struct CompletionPortTests {
  @Test("packets come out in the order in which they were posted")
  func order() throws {
    let port = try CompletionPort()
    for number in 0..<5 { try port.post(bytes: UInt32(number), key: 9) }
    var seen: [UInt32] = []
    while let packet = try port.get(timeout: .zero) {
      #expect(packet.key == 9)
      seen.append(packet.bytes)
    }
    #expect(seen == [0, 1, 2, 3, 4])
  }

  @Test("an empty port times out")
  func empty() throws {
    let port = try CompletionPort()
    let isEmpty = try port.get(timeout: .milliseconds(1)) == nil
    #expect(isEmpty)
  }

  @Test("a packet names the incarnation it was posted for, and who lives there now")
  func stamps() throws {
    let port = try CompletionPort()
    let overlapped = try Overlapped(in: LatewriteTest.arena)
    try port.post(address: overlapped.address)
    let incarnation = overlapped.incarnation
    let packet = try port.get(timeout: .zero)!
    let facts = (packet.stamped, packet.alive, packet.carriedLoan, packet.address)
    packet.complete(incarnation)
    #expect(facts.0 == incarnation && facts.1 == incarnation && !facts.2 && facts.3 == overlapped.address)
    overlapped.free()
  }

  @Test("a packet that belongs to nobody is LW004", .latewrite(expecting: [.unexpectedEvent]))
  func unexpected() throws {
    let port = try CompletionPort()
    let overlapped = try Overlapped(in: LatewriteTest.arena)
    try port.post(address: overlapped.address)
    overlapped.free()
    let packet = try port.get(timeout: .zero)!
    packet.reportUnexpected()
    #expect(LatewriteTest.scope.count(.unexpectedEvent) == 1)
  }

  @Test(
    "a packet let go is judged by the address, as a program does that trusts it",
    .latewrite(expecting: [.falseCompletion, .unexpectedEvent], arena: Arena.Configuration(reuse: .immediate)))
  func judgedByAddress() throws {
    let port = try CompletionPort()
    let old = try Overlapped(in: LatewriteTest.arena)
    try port.post(address: old.address)
    try port.post(address: old.address)
    old.free()
    let new = try Overlapped(in: LatewriteTest.arena)
    do { _ = try port.get(timeout: .zero) }
    #expect(LatewriteTest.scope.counts == [.falseCompletion: 1])
    new.free()
    do { _ = try port.get(timeout: .zero) }
    #expect(LatewriteTest.scope.counts == [.falseCompletion: 1, .unexpectedEvent: 1])
  }

  @Test("an OVERLAPPED that is let go without free() is reported as forgotten", .latewrite(expecting: [.leak]))
  func forgotten() throws {
    do { _ = try Overlapped(in: LatewriteTest.arena) }
    #expect(LatewriteTest.scope.count(.leak) == 1)
    #expect(LatewriteTest.scope.findings.first?.api == "Overlapped")
  }
}
