// The bugs that came after the six months, on sockets, loops and servers: what is seen of each before and after its
// fix; and `today` in all orders up to two deviations, of every scenario and situation.
import Foundation
import Testing

extension MatrixCommandTests {
  @Test(
    "A later bug is seen on the revisions that have it, and on no other",
    arguments: [
      ("receive-lost", "today", ["bytes lost"]),
      ("self-read-stopped", "498b1f62", []), ("self-read-stopped", "fc459980^", ["freed while pending"]),
      ("self-read-stopped", "today", []),
      ("server-stopped", "498b1f62", ["others cancelled"]), ("server-stopped", "fc459980^", []),
      ("receive-of-closed-socket", "498b1f62", ["OSError/crash"]),
      ("receive-of-closed-socket", "today", ["ConnectionResetError"]),
      ("datagram-unreachable", "fc459980^", ["OSError/crash"]), ("datagram-unreachable", "today", []),
      ("done-in-between", "today", ["InvalidStateError"]),
      ("packet-taken", "42d3bdee", ["entry leaks"]), ("packet-taken", "today", ["HANG", "entry leaks"]),
      ("pipe-closed-by-others", "fc459980^", ["closes another's handle"]), ("pipe-closed-by-others", "today", []),
      ("client-gone", "498b1f62", ["client not served"]), ("client-gone", "today", []),
    ])
  func laterBug(situation: String, revision: String, says: [String]) async throws {
    let document = try await Self.matrix("--situation", situation, "--revision", revision).document
    #expect(document[situation, revision]?.observed == says)
  }

  @Test("gh-116773: the freed read's packet completes the next one; today it is freed behind its own packet")
  func selfRead() async throws {
    let before = try await Self.matrix("--situation", "Q", "--revision", "fc459980^").document
    let calls = try #require(before["self-read-stopped", "fc459980^"]).calls
    let freed = try #require(calls.firstIndex(of: "free(ov1)"))
    let dequeued = try #require(calls.firstIndex(of: "Get(ov1)"))
    #expect(freed < dequeued && calls[dequeued + 1] == "pop(ov2)")
    #expect(before["self-read-stopped", "fc459980^"]?.findings["LW005"] == 2)

    let now = try await Self.matrix("--situation", "Q", "--revision", "today").document
    let today = try #require(now["self-read-stopped", "today"])
    let read = try #require(today.calls.firstIndex(of: "free(ov1)"))
    #expect(today.calls[..<read].contains("pop(ov1)") && today.findings.isEmpty)
  }

  @Test("bpo-33694: the bytes arrive, the receive is cancelled without the kernel being asked, and nobody gets them")
  func receiveLost() async throws {
    let document = try await Self.matrix("--situation", "P", "--revision", "today").document
    let cell = try #require(document["receive-lost", "today"])
    let ended = try #require(cell.calls.firstIndex(of: "[ended(io1)]"))
    let cancelled = try #require(cell.calls.firstIndex(of: "f1 = cancelled"))
    #expect(ended < cancelled && !cell.calls.contains { $0.hasPrefix("CancelIoEx") })
    #expect(cell.log.contains("read got [2]"))
  }

  @Test("Today nothing is forbidden in any order with up to two deviations, of every scenario and situation")
  func todayInAllOrders() async throws {
    let end = try await Command().run("explore", "--revision", "today", "--bound", "2", "--quiet")
    #expect(end.code == 0, "\(end.output)\(end.error)")
    let proofs = end.output.split(separator: "\n").filter { $0.contains("  proof ") }
    #expect(proofs.count > 30 && proofs.allSatisfy { $0.contains("All schedules with at most 2 deviations") })
  }
}
