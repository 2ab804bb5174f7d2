// What errors and callbacks keep alive beside the operation that they are of: futures that a select has completed, what
// its poll has taken out of the cache last, and a future whose callbacks are still to run.
import Latewrite
import OverlappedIO
import Testing

@testable import Proactor

extension IOCPProactor {
  /// An operation that completes with an error when `post` sends its packet.
  fileprivate func registerFailing() throws(ProactorError) -> OverlappedFuture<UInt32> {
    let overlapped = try makeOverlapped(operation: 0)
    defer { overlapped.drop() }
    let future = OverlappedFuture<UInt32>(proactor: self, overlapped: overlapped) { _, _, _, _ throws(ProactorError) in
      throw ProactorError(Win32Error(.operationAborted, in: "GetOverlappedResult"))
    }
    insert(future, overlapped)
    return future
  }
}

extension Situation {
  /// One poll with the packets of these.
  fileprivate func complete(_ futures: OverlappedFuture<UInt32>...) throws {
    for future in futures { try proactor.post(future) }
    try poll()
  }

  fileprivate var liveBlocks: UInt64 { arena.counts().liveBlocks }
}

@Suite("What errors and callbacks keep")
struct KeptByErrorsTests {
  private static let told = ["_OverlappedFuture exception was never retrieved"]

  @Test("what a poll has completed goes when it has been given back; an error that came with it keeps it")
  func results() throws {
    for (revision, blocks) in [(ProactorRevision.fix18a28dc5, 2), (.fix65dd69a3, 1), (.today, 1)] {
      let situation = try Situation(revision)
      let alone = try situation.proactor.register()
      alone.release()
      try situation.complete(alone)
      #expect(situation.liveBlocks == 0)
      let result = try situation.proactor.register()
      let error = try situation.proactor.registerFailing()
      result.release()
      try situation.complete(result, error)
      #expect(result.isFinished && error.hasFailed)
      #expect(situation.liveBlocks == blocks, "\(revision.name)")
      error.release()
      #expect(situation.liveBlocks == 0)
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("the futures that a select gives back go from the last one to the first")
  func order() throws {
    let situation = try Situation(.beforeFea6a100)
    let futures = try (0..<3).map { _ in try situation.proactor.register() }
    let addresses = futures.map(\.address)
    for future in futures { future.release() }
    try situation.complete(futures[0], futures[1], futures[2])
    // What went last is used again first.
    let again = try (0..<3).map { _ in try situation.proactor.register() }
    #expect(again.map(\.address) == addresses)
    try situation.complete(again[0], again[1], again[2])
    for future in again { future.release() }
    #expect(try situation.end().isEmpty)
  }

  @Test("a loop keeps what was given back through its turn")
  func turn() throws {
    for (revision, isFreed) in [(ProactorRevision.beforeFea6a100, false), (.fix65dd69a3, true)] {
      let situation = try Situation(revision)
      let proactor = situation.proactor
      let loop = ProactorEventLoop(withoutSelfPipe: proactor)
      let result = try proactor.register()
      result.release()
      try proactor.post(result)
      var next: OverlappedFuture<UInt32>?
      try loop.callSoon { next = try proactor.register() }
      try loop.runOnce(timeout: .zero)
      let late = try #require(next)
      #expect((late.address == result.address) == isFreed, "\(revision.name)")
      try situation.complete(late)
      late.release()
      #expect(situation.liveBlocks == 0)
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("an error whose future is gone before the poll ends keeps nothing of it")
  func goneBefore() throws {
    for revision in ProactorRevision.all {
      let situation = try Situation(revision)
      let error = try situation.proactor.registerFailing()
      let last = try situation.proactor.register()
      error.release()
      try situation.complete(error, last)
      #expect(last.isDone && situation.log.errors.map(\.message) == Self.told, "\(revision.name)")
      last.release()
      #expect(situation.liveBlocks == 0, "\(revision.name)")
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("of an error nobody is told before another one of its poll goes; since 3.12 somebody is", arguments: [0, 1])
  func unheardTogether(place: Int) throws {
    for (revision, toldAtOnce) in [
      (ProactorRevision.beforeFea6a100, 0), (.fix498b1f62, 0), (.beforeFc459980, 1), (.today, 1),
    ] {
      let situation = try Situation(revision)
      let both = try (0..<2).map { _ in try situation.proactor.registerFailing() }
      let (unheard, kept) = (both[place], both[1 - place])
      unheard.release()
      try situation.complete(both[0], both[1])
      #expect(situation.log.errors.count == toldAtOnce, "\(revision.name)")
      _ = try kept.exception()
      kept.release()
      #expect(situation.log.errors.map(\.message) == Self.told, "\(revision.name)")
      #expect(situation.liveBlocks == 0)
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("what a poll takes out last, and was done before, is kept by an error of that poll")
  func doneBefore() throws {
    for revision in [ProactorRevision.fix498b1f62, .today] {
      let situation = try Situation(revision)
      let kept = try situation.proactor.registerFailing()
      let last = try situation.proactor.register()
      try last.setError(ProactorError(.notDone))
      last.release()
      try situation.complete(kept, last)
      #expect(situation.log.errors.isEmpty, "\(revision.name)")
      _ = try kept.exception()
      kept.release()
      #expect(situation.log.errors.map(\.message) == Self.told, "\(revision.name)")
      #expect(situation.liveBlocks == 0)
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a callback that is to run keeps its future, and may ask for the error", arguments: [false, true])
  func callbackAsks(isLate: Bool) throws {
    for revision in [ProactorRevision.beforeFea6a100, .fix498b1f62, .today] {
      let situation = try Situation(revision)
      let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
      let future = try situation.proactor.registerFailing()
      var error: ProactorError?
      if !isLate { future.addDoneCallback { error = try $0.exception() } }
      try situation.complete(future)
      if isLate { future.addDoneCallback { error = try $0.exception() } }
      future.release()
      #expect(situation.liveBlocks == 1)
      try loop.runOnce(timeout: .zero)
      #expect(error?.underlying?.code == .operationAborted, "\(revision.name)")
      #expect(situation.log.errors.isEmpty && situation.liveBlocks == 0, "\(revision.name)")
      try loop.close()
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("a loop that closes without running them lets the future go", arguments: [false, true])
  func callbackLost(isLate: Bool) throws {
    let situation = try Situation(.today)
    let loop = ProactorEventLoop(withoutSelfPipe: situation.proactor)
    let future = try situation.proactor.registerFailing()
    if !isLate { future.addDoneCallback { _ in Issue.record("it ran") } }
    try situation.complete(future)
    if isLate { future.addDoneCallback { _ in Issue.record("it ran") } }
    future.release()
    #expect(situation.log.errors.isEmpty)
    try loop.close()
    #expect(situation.log.errors.map(\.message) == Self.told)
    #expect(try situation.end().isEmpty)
  }
}
