// Futures, the loop, and operations that are completed by posting.
import Latewrite
import OverlappedIO
import Proactor
import Testing

@Suite("Futures and the loop")
struct FutureTests {
  @Test("callbacks run in the loop's next turn, in order, also when added late")
  func callbacks() throws {
    let situation = try Situation(.fix24dfa3c1)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    let event = try Event(isSet: true)
    let future = try situation.proactor.waitForHandle(event.handle)
    var order: [Int] = []
    future.addDoneCallback { _ in order.append(1) }
    future.addDoneCallback { _ in order.append(2) }
    let result = try loop.run(untilComplete: future)
    future.addDoneCallback { _ in order.append(3) }
    #expect(order == [1, 2])
    try loop.runOnce(timeout: .zero)
    #expect(result && order == [1, 2, 3])
    try loop.close()
    #expect(throws: ProactorError.self) { try loop.runOnce() }
  }

  @Test("what is ready runs before anything is waited for, and what it makes ready runs a turn later")
  func turns() throws {
    let situation = try Situation(.fix24dfa3c1)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    var order: [String] = []
    try loop.callSoon {
      order.append("first")
      do { try loop.callSoon { order.append("second") } } catch { Issue.record(error) }
    }
    try loop.runOnce()
    #expect(order == ["first"])
    try loop.runOnce()
    #expect(order == ["first", "second"])
    try loop.close()
  }

  @Test("a loop cannot be closed or run from inside")
  func inside() throws {
    let situation = try Situation(.fix24dfa3c1)
    let loop = ProactorEventLoop(proactor: situation.proactor)
    var codes: [ProactorError.Code] = []
    try loop.callSoon {
      do throws(ProactorError) { try loop.close() } catch { codes.append(error.code) }
      do throws(ProactorError) { try loop.runOnce() } catch { codes.append(error.code) }
    }
    try loop.runOnce()
    #expect(codes == [.loopIsRunning, .loopIsRunning])
    try loop.close()
  }

  @Test("an operation completes with the bytes that are posted to it")
  func posted() throws {
    let situation = try Situation(.fix24dfa3c1)
    let future = try situation.proactor.register(operation: 4)
    try situation.proactor.post(future, bytes: 12)
    try situation.poll()
    let result = try future.result()
    #expect(result == 12 && situation.proactor.operationCount == 0)
    #expect(try situation.end().isEmpty)
  }

  @Test("a cancelled operation keeps its OVERLAPPED until its packet comes")
  func cancelledOperation() throws {
    let situation = try Situation(.fix24dfa3c1)
    let future = try situation.proactor.register(operation: 4)
    try future.cancel()
    let live = situation.arena.counts().liveBlocks
    try situation.proactor.post(future)
    try situation.poll()
    let after = situation.arena.counts().liveBlocks
    #expect(live == 1 && after == 0 && future.isCancelled)
    #expect(try situation.end().isEmpty)
  }

  @Test("a pending future has no result, and says what it is")
  func pending() throws {
    let situation = try Situation(.fix24dfa3c1)
    let event = try Event()
    let future = try situation.proactor.waitForHandle(event.handle)
    var code: ProactorError.Code?
    do throws(ProactorError) { _ = try future.result() } catch { code = error.code }
    #expect(code == .notDone)
    #expect(future.description.hasPrefix("<_WaitHandleFuture pending handle=\(event.handle) waiting wait_handle=0x"))
    let operation = try situation.proactor.register()
    #expect(operation.description.hasPrefix("<_OverlappedFuture pending overlapped=<completed, 0x"), "never started")
    try situation.proactor.post(operation)
    try situation.poll()
    #expect(operation.description == "<_OverlappedFuture finished>")
    #expect(situation.proactor.description == "<IocpProactor overlapped#=1 result#=0>")
    #expect(throws: ProactorError.self) { try situation.proactor.select(timeout: .seconds(-1)) }
    _ = try situation.end()
  }

  @Test("an arena that is full is an error of the call, and nothing stays registered")
  func full() throws {
    var configuration = Arena.Configuration()
    configuration.reserveBytes = 1 << 16
    configuration.reportsLeaks = false
    let arena = try Arena(configuration)
    let proactor = try IOCPProactor(
      arena: arena, behaviours: ProactorRevision.fix24dfa3c1.behaviours, log: KeptLog().logger)
    let filled = #expect(throws: LatewriteError.self) { while true { _ = try arena.allocate(40) } }
    let event = try Event()
    var refused: ProactorError?
    do throws(ProactorError) { _ = try proactor.waitForHandle(event.handle) } catch { refused = error }
    #expect(filled?.code == .arenaFull && refused?.underlying?.code == .notEnoughMemory)
    #expect(proactor.operationCount == 0)
    try proactor.close()
  }

  @Test("revisions are found by name and differ in what they do")
  func revisions() {
    #expect(
      ProactorRevision(named: "d0a28dee^") == .beforeD0a28dee && ProactorRevision(named: "24dfa3c1") == .fix24dfa3c1)
    #expect(ProactorRevision(named: "nonsense") == nil)
    #expect(ProactorRevision.all.map(\.date) == ProactorRevision.all.map(\.date).sorted())
    #expect(ProactorRevision.all.count == 22 && Set(ProactorRevision.all.map(\.name)).count == 22)
    #expect(ProactorRevision.d0a28dee.changes.removed == [.fakePacketOnCancel, .immediatePoll])
    #expect(ProactorRevision.fix24dfa3c1.changes.added == .ioPendingMeansNotYet)
    for named in ProactorBehaviours.named { #expect(ProactorBehaviours(named: named.name) == named.behaviour) }
  }
}
