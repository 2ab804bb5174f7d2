// What the proactor tells the trace and the checker: which number belongs to which incarnation, when it was cancelled,
// and what each packet did - every packet once.
import Latewrite
import OverlappedIO
import Proactor
import Testing

@Suite("Facts of the proactor")
struct ProactorFactTests {
  @Test(
    "every dequeued packet is judged once, and operations are named by number",
    arguments: ProactorRevision.beforeAndAfter)
  func judgements(revision: ProactorRevision) async {
    // The closure of an exit test cannot capture; the two revisions are two processes by their names.
    if revision == .fix24dfa3c1 {
      await #expect(processExitsWith: .success) { try Self.checkJudgements(.fix24dfa3c1) }
    } else {
      await #expect(processExitsWith: .success) { try Self.checkJudgements(.beforeD0a28dee) }
    }
  }

  static func checkJudgements(_ revision: ProactorRevision) throws {
    let situation = try Situation(revision)
    let arena = situation.arena.number
    try Trace.start(eventsPerThread: 1 << 12)
    let event = try Event()
    var futures: [WaitHandleFuture] = []
    for number in 1...20 {
      futures.append(try situation.proactor.waitForHandle(event.handle, operation: UInt64(number)))
    }
    for future in futures[..<10] { try future.cancel() }
    event.set()
    for future in futures[10...] { _ = try situation.result(future) }
    try situation.drain()
    let (events, lost) = Trace.drain()
    Trace.stop()
    let own = events.filter { $0.arena == arena }
    func serials(_ kinds: Set<TraceEvent.Kind>) -> [Int64] {
      own.filter { event in event.kind.map(kinds.contains) ?? false }.map(\.result).sorted()
    }
    #expect(lost == 0)
    #expect(serials([.dequeue]) == serials([.completed, .unexpected]))
    #expect(Set(own.filter { $0.kind == .operation }.map(\.operation)) == Set(1...20))
    #expect(Set(own.filter { $0.kind == .cancel }.map(\.operation)) == Set(1...10))
    let incarnations = Dictionary(
      own.filter { $0.kind == .operation }.map { ($0.operation, $0.object) }, uniquingKeysWith: { first, _ in first })
    let completed = own.filter { $0.kind == .completed && $0.operation != 0 }
    #expect(Set(completed.map(\.operation)).isSuperset(of: 11...20), "the waits that were not cancelled")
    #expect(Set(completed.map(\.operation)).count == completed.count)
    for event in completed {
      #expect(event.before == incarnations[event.operation] && event.object == event.before)
    }
    _ = try situation.end()
  }
}
