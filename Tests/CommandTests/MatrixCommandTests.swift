// `latewrite matrix` from outside: that every cell is as declared, what the order of calls is in the cells that the
// history tells call by call, that each behaviour of each revision is for something, and how differences are told.
import Foundation
import Testing

@Suite(.serialized)
struct MatrixCommandTests {
  struct Document: Decodable {
    struct Cell: Decodable, Equatable {
      struct Cost: Decodable, Equatable {
        let registrations: Int
        let handles: Int
        let overlappeds: Int
        let packets: Int
        let turns: Int
      }
      let scenario: String
      let revision: String
      let observed: [String]
      let declared: [String]
      let findings: [String: Int]
      let calls: [String]
      let log: [String]
      let cost: Cost
      let schedule: String?
      let verdict: String
    }
    let schemaVersion: Int
    let runs: [Cell]
    let verdict: String

    init(_ text: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) }

    subscript(_ scenario: String, _ revision: String) -> Cell? {
      runs.first { $0.scenario == scenario && $0.revision == revision }
    }
  }

  static func matrix(_ arguments: String...) async throws -> (document: Document, end: Command.End) {
    let end = try await Command().run(["matrix", "--format", "json"] + arguments)
    return (try Document(end.output), end)
  }

  // ------------------------------------------------------------------------------------------------------ the table

  /// reference table, by situation: the first revision of each stretch, and what its cells say.
  static let history: [String: [(since: String, says: [String])]] = [
    "wait-completes": [("fea6a100^", ["OSError/crash"]), ("fea6a100", [])],
    "callback-still-inside": [("fea6a100^", []), ("d0a28dee", ["SetEvent on closed handle"]), ("24dfa3c1", [])],
    "wait-cancelled": [("fea6a100^", ["entry leaks"]), ("313a9809", [])],
    "cancelled-twice": [
      ("fea6a100^", ["OSError/crash"]), ("fea6a100", []),
    ],
    "address-reused": [
      ("fea6a100^", []), ("313a9809", ["False (wrong)"]),
      ("d0a28dee", ["True (wrong)", "SetEvent on recycled handle"]), ("24dfa3c1", []),
    ],
    "callback-after-true": [("fea6a100^", []), ("313a9809", ["unexpected event"]), ("d0a28dee", [])],
    "signalled-before": [("fea6a100^", []), ("313a9809", ["entry leaks"]), ("d0a28dee", [])],
    "closed-pending": [("fea6a100^", ["stays PENDING"]), ("313a9809", ["CANCELLED"])],
    "closed-cancelled": [("fea6a100^", []), ("d0a28dee", ["HANG"]), ("1ca9392c", [])],
    "cancelled-late": [("fea6a100^", []), ("313a9809", ["unexpected event"]), ("d0a28dee", [])],
    "read-at-once": [
      ("fea6a100^", ["WinError 996"]), ("18a28dc5", ["WinError 996", "then CancelIoEx"]), ("51e44ea6", []),
    ],
  ]

  @Test("The matrix is as declared, and as the history says")
  func asDeclared() async throws {
    let (document, end) = try await Self.matrix()
    #expect(end.code == 0 && end.error.isEmpty, "\(end.error)")
    let revisions = document.runs.filter { $0.scenario == "wait-completes" }.map(\.revision)
    #expect(revisions.count == 22 && document.runs.count % 22 == 0)
    for (situation, stretches) in Self.history {
      var says: [String] = []
      for revision in revisions {
        says = stretches.first { $0.since == revision }?.says ?? says
        #expect(document[situation, revision]?.observed == says, "\(situation) on \(revision)")
      }
    }
  }

  // ------------------------------------------------------------------------------------------------- orders of calls

  /// Acts that the history does not tell: the second half of what a call does, and what only this layer has.
  private static func told(_ calls: [String]) -> [String] {
    calls.filter { call in !["[callback(", "[returned("].contains { call.hasPrefix($0) } }
  }

  @Test(
    "Calls are made in the order of the history",
    arguments: [
      (
        "wait-completes", "fea6a100",
        [
          "Register(h1) -> w1", "[Post(ov1)]", "Get(ov1)", "pop(ov1)", "Unregister(w1)", "WaitForSingleObject(h1)",
          "f1 = result", "free(ov1)",
        ]
      ),
      (
        "wait-completes", "18a28dc5",
        [
          "Register(h1) -> w1", "[Post(ov1)]", "Get(ov1)", "pop(ov1)", "WaitForSingleObject(h1)", "Unregister(w1)",
          "f1 = result", "free(ov1)",
        ]
      ),
      (
        "wait-completes", "313a9809",
        [
          "Register(h1) -> w1", "WaitForSingleObject(h1)", "[Post(ov1)]", "Get(ov1)", "pop(ov1)",
          "WaitForSingleObject(h1)", "f1 = result", "Unregister(w1)", "free(ov1)",
        ]
      ),
      (
        "wait-completes", "d0a28dee",
        [
          "Register(h1) -> w1", "CreateEvent -> h2", "[Post(ov1)]", "Get(ov1)", "pop(ov1)", "WaitForSingleObject(h1)",
          "SetEvent(h2)", "Register(h2) -> w2", "f1 = result", "[Post(ov2)]", "Get(ov2)", "pop(ov2)",
          "WaitForSingleObject(h2)", "Unregister(w2)", "f2 = result", "CloseHandle(h2)", "free(ov2)", "free(ov1)",
        ]
      ),
      (
        "wait-cancelled", "fea6a100",
        ["Register(h1) -> w1", "Unregister(w1)", "f1 = cancelled"]
      ),
      (
        "wait-cancelled", "313a9809",
        [
          "Register(h1) -> w1", "WaitForSingleObject(h1)", "f1 = cancelled", "Post(ov1)", "Unregister(w1)", "Get(ov1)",
          "pop(ov1)", "free(ov1)",
        ]
      ),
      (
        "signalled-before", "313a9809",
        ["Register(h1) -> w1", "WaitForSingleObject(h1)", "WaitForSingleObject(h1)", "f1 = result", "Unregister(w1)"]
      ),
      (
        "address-reused", "24dfa3c1",
        [
          "Register(h1) -> w1", "CreateEvent -> h2", "UnregisterEx(w1, h2) -> 997", "Register(h2) -> w2",
          "f1 = cancelled", "[Post(ov1)]", "[SetEvent(h2)]", "Get(ov1)", "pop(ov1)", "[Post(ov2)]", "Get(ov2)",
          "pop(ov2)", "WaitForSingleObject(h2)", "Unregister(w2)", "f2 = result", "CloseHandle(h2)",
        ]
      ),
      (
        "closed-cancelled", "d0a28dee",
        ["UnregisterEx(w1, h2)", "Register(h2) -> w2", "f1 = cancelled", "Unregister(w2)", "CloseHandle(h2)"]
      ),
      (
        "read-at-once", "42d3bdee",
        ["GetOverlappedResult(", "f1 = result", "Get(ov1)", "pop(ov1)", "free("]
      ),
    ])
  func order(situation: String, revision: String, steps: [String]) async throws {
    let (document, _) = try await Self.matrix("--situation", situation, "--revision", revision)
    let calls = Self.told(try #require(document[situation, revision]).calls)
    var rest = calls[...]
    for step in steps {
      let found = rest.firstIndex { $0.hasPrefix(step) }
      #expect(found != nil, "\(step) is missing, or comes too early, in \(calls)")
      if let found { rest = rest[(found + 1)...] }
    }
  }

  @Test("An address is freed by the poll that takes the fake packet, before the callback posts")
  func freedBeforePost() async throws {
    let (document, _) = try await Self.matrix("--situation", "E", "--revision", "d0a28dee^")
    let calls = try #require(document["address-reused", "d0a28dee^"]).calls
    let free = try #require(calls.firstIndex(of: "free(ov1)"))
    let post = try #require(calls.firstIndex(of: "[Post(ov1)]"))
    #expect(free < post)
  }

  @Test("Each fix has its price")
  func costs() async throws {
    let (document, _) = try await Self.matrix("--situation", "A")
    let before = try #require(document["wait-completes", "d0a28dee^"]).cost
    let today = try #require(document["wait-completes", "today"]).cost
    #expect(before == .init(registrations: 1, handles: 0, overlappeds: 1, packets: 1, turns: 1))
    #expect(today == .init(registrations: 2, handles: 1, overlappeds: 2, packets: 2, turns: 2))
  }

  // ------------------------------------------------------------------------------------------------------ behaviours

  /// For each behaviour a situation that shows it.
  static let shownBy: [String: String] = [
    "unregisters-once": "wait-completes", "unregisters-before-end": "wait-cancelled", "cancel-tells": "wait-cancelled",
    "looks-before-unregistering": "wait-completes", "future-unregisters": "wait-completes",
    "fake-packet-on-cancel": "wait-cancelled", "immediate-poll": "signalled-before",
    "reports-failed-unregister": "unregistered-by-others", "unregister-with-event": "wait-completes",
    "io-pending-means-not-yet": "address-reused", "wait-cancel-is-final": "closed-cancelled",
    "cancels-pending-only": "read-cancelled-twice", "reports-failed-cancel": "read-of-closed-pipe",
    "end-drops-overlapped": "read-cancelled-twice", "poll-drops-overlapped": "read-completes",
    "result-drops-overlapped": "read-completes", "puts-false-alarms-back": "read-at-once",
    "keeps-until-packet": "read-at-once", "poll-skips-done": "read-at-once",
    "logs-unexpected-events": "posted-twice", "close-cancels-futures": "closed-reading",
    "close-forgets-objectless": "closed-objectless", "waits-have-object": "closed-pending",
    "close-forgets-finished": "read-broken", "close-skips-cancelled": "closed-cancelled",
    "accept-pipe-not-kept": "accepted-at-once", "accept-pipe-tells-connected": "accepted-at-once",
    "broken-pipe-ends-read": "read-broken", "keeps-pending-self-read": "self-read-stopped",
    "stops-own-server-only": "server-stopped", "connect-polls": "connect-cancelled",
    "connect-is-cancellable": "connect-cancelled", "server-cancels-accept": "server-closed",
    "late-clients-dropped": "server-closed-late", "aborted-means-reset": "receive-of-closed-socket",
    "unreachable-is-nothing": "datagram-unreachable", "stop-cancels-self-read": "self-read-stopped",
    "close-tells-time": "closed-pending", "closes-pipe-once": "pipe-closed-by-others", "accept-goes-on": "client-gone",
    "refuses-wrong-times": "time-below-zero", "refuses-closed-pipes": "read-after-close",
    "warns-of-unclosed": "pipe-let-go", "tells-failed-accepts": "listener-closed",
    "cancel-forgets-error": "error-unheard", "stop-ends-turn": "loop-stopped", "closed-loop-refuses": "loop-stopped",
    "full-self-pipe-is-fine": "loop-stopped", "run-starts-self-read": "loop-stopped",
    "nested-run-leaves-nothing": "run-inside", "waits-in-parts": "timer-far", "drops-ready-last": "serving-closed",
    "let-go-closes": "let-go-open", "closed-keeps-nothing": "used-closed",
    "nested-run-ends-self-read": "run-inside-forever", "select-forgets-results": "errors-together",
  ]

  @Test("No behaviour of any revision is decoration: without it a cell, its order of calls or its log differs")
  func behavioursMatter() async throws {
    let whole = try await Self.matrix().document
    let list = try await Command().run("list", "behaviours").output
    let behaviours = list.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
    #expect(Set(behaviours) == Set(Self.shownBy.keys))
    let holders = try await Self.holders()
    for behaviour in behaviours {
      let situation = try #require(Self.shownBy[behaviour])
      let without = try await Self.matrix("--situation", situation, "--without", behaviour).document
      for revision in holders[behaviour] ?? [] {
        let (with, changed) = (whole[situation, revision], without[situation, revision])
        #expect(
          with?.observed != changed?.observed || with?.calls != changed?.calls || with?.log != changed?.log,
          "\(behaviour) changes nothing of \(situation) on \(revision)")
      }
      #expect(holders[behaviour]?.isEmpty == false, "\(behaviour) belongs to no revision")
    }
  }

  /// The revisions that have a behaviour, from what each adds and removes.
  private static func holders() async throws -> [String: [String]] {
    var now: Set<String> = []
    var holders: [String: [String]] = [:]
    for line in try await Command().run("list", "revisions").output.split(separator: "\n") {
      let name = String(line.prefix { $0 != " " })
      if let open = line.lastIndex(of: "["), line.hasSuffix("]") {
        for change in line[line.index(after: open)...].dropLast().split(separator: " ") {
          if change.hasPrefix("+") {
            now.insert(String(change.dropFirst()))
          } else {
            now.remove(String(change.dropFirst()))
          }
        }
      }
      for behaviour in now { holders[behaviour, default: []].append(name) }
    }
    return holders
  }

  @Test("A difference names what was declared and what was observed, and ends with 1")
  func difference() async throws {
    let end = try await Command().run(
      "matrix", "--situation", "E", "--revision", "today", "--without", "io-pending-means-not-yet")
    #expect(end.code == 1)
    #expect(
      end.error.contains(
        "address-reused on today: declared 'ok', observed 'True (wrong), SetEvent on recycled handle'"))
  }

  @Test("A cell can be replayed, and wrong names are answered")
  func replays() async throws {
    let (document, _) = try await Self.matrix("--situation", "E", "--revision", "d0a28dee^")
    let token = try #require(document.runs.first?.schedule)
    let replayed = try await Command().run("replay", token)
    #expect(replayed.code == 0 && replayed.output.contains("wrong-result"), "\(replayed.output)\(replayed.error)")
    #expect(try await Command().run("matrix", "--situation", "Z9").code == 64)
    #expect(try await Command().run("matrix", "--without", "nothing").code == 64)
    #expect(try await Command().run("cells", "{}").code == 64)
  }
}
