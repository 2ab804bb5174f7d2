// Futures that are used again: which ones, and that the next operation finds nothing of the last one in its own.
import Latewrite
import OverlappedIO
import Proactor
import Testing

/// A future that others keep, or nobody.
private struct Seen<Value: Sendable> {
  weak var future: OverlappedFuture<Value>?

  func isThat(_ other: OverlappedFuture<Value>) -> Bool { future === other }
}

/// Gives the future of `read` back when it is done.
private func keep(
  _ read: OverlappedFuture<[UInt8]>, of object: PortObject, _ situation: borrowing Situation
) throws -> Seen<[UInt8]> {
  try situation.finish(read)
  try situation.drain()
  object.keep(read)
  return Seen(future: read)
}

/// Writes, which ends at once, and gives the future back.
private func writeAndKeep(
  _ here: SocketHandle, _ bytes: [UInt8], _ situation: borrowing Situation
) throws -> Seen<Int> {
  let write = try situation.proactor.send(here, bytes)
  #expect(write.isDone)
  #expect(try write.result() == bytes.count)
  here.keep(write)
  return Seen(future: write)
}

private func cancelledRead(
  _ here: SocketHandle, _ situation: borrowing Situation
) throws -> OverlappedFuture<[UInt8]> {
  let read = try situation.proactor.receive(here, atMost: 10)
  try read.askToEnd()
  return read
}

/// A read that its packet will end.
private func pendingRead(
  _ here: SocketHandle, from there: SocketHandle, _ situation: borrowing Situation
) throws -> OverlappedFuture<[UInt8]> {
  let read = try situation.proactor.receive(here, atMost: 10)
  try there.sendNow([1])
  return read
}

@Suite("Futures that are used again")
struct SpareFutureTests {
  @Test("the future of a read that was given back is that of the next one, which is pending, and has its own result")
  func reads() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    try there.sendNow([1, 2, 3])
    let kept = try keep(situation.proactor.receive(here, atMost: 100), of: here, situation)
    let next = try situation.proactor.receive(here, atMost: 100)
    #expect(kept.isThat(next) && !next.isDone)
    #expect(throws: ProactorError.self) { try next.result() }
    try there.sendNow([4])
    #expect(try situation.result(next) == [4])
    try situation.drain()
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("the future of a write is used again once its packet has come")
  func writes() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    let kept = try writeAndKeep(here, [1], situation)
    try situation.drain()
    let next = try situation.proactor.send(here, [1, 2])
    #expect(kept.isThat(next))
    #expect(try next.result() == 2)
    try situation.drain()
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("what the cache or somebody else still has is nobody's next future")
  func held() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    let cached = try writeAndKeep(here, [1], situation)
    let other = try situation.proactor.send(here, [1, 2])
    #expect(cached.future != nil && !cached.isThat(other) && situation.proactor.operationCount == 2)
    try situation.drain()
    here.keep(other)
    #expect(try situation.proactor.send(here, [1, 2, 3]) !== other)
    try situation.drain()
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("one that has failed goes at once, and says so when nobody has asked")
  func failed() throws {
    let situation = try Situation(.today)
    let (here, there) = try SocketHandle.pair()
    let gone = try keep(cancelledRead(here, situation), of: here, situation)
    #expect(gone.future == nil)
    #expect(situation.log.errors.map(\.message) == ["_OverlappedFuture exception was never retrieved"])
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("one that keeps its OVERLAPPED goes at once, and the memory with it")
  func keepsOverlapped() throws {
    let situation = try Situation(.beforeFea6a100)
    let (here, there) = try SocketHandle.pair()
    let gone = try keep(pendingRead(here, from: there, situation), of: here, situation)
    #expect(gone.future == nil && situation.arena.counts().liveBlocks == 0)
    here.close()
    there.close()
    #expect(try situation.end().isEmpty)
  }

  @Test("one that was done when it was made is no operation's, and none's next")
  func neverStarted() throws {
    let situation = try Situation(.today)
    let name = "\\\\.\\pipe\\spare-future-tests"
    let server = try situation.proactor.makePipe(name, isFirst: true)
    let client = try situation.proactor.openPipe(name)
    server.close()
    let gone = try keep(situation.proactor.receive(client, atMost: 10), of: client, situation)
    #expect(gone.future == nil)
    client.close()
    #expect(try situation.end().isEmpty)
  }
}
