// The stage on which a situation is acted: a proactor, a log that remembers, and acts that note what came of them. All
// of it happens on the loop's thread; the wait thread goes on where the situation says so.
internal import Latewrite
internal import Logging
internal import OverlappedIO
internal import Proactor

/// What an execution of a situation has told so far.
struct SituationNotes: Sendable {
  /// What was seen on the proactor's surface.
  var words: Set<CellWord> = []
  /// Who was to go on where, in the order in which the acts came to it.
  var directions: [Direction] = []
  /// What calls answered, and what the proactor's log was told.
  var log: [String] = []
  /// Polls until the cache was empty again for the first time; 0 when it never was.
  var turns = 0
  var polls = 0
  /// Handles that belong to the situation, not to the proactor.
  var ownHandles = 0
}

/// "The wait thread goes on from here until it has done this", or "a descriptor is noticed to be ready here".
struct Direction: Sendable, Equatable {
  /// Who goes on.
  enum Who: Sendable { case waitThread, world }
  let who: Who
  /// The act after which the loop goes on; nil: when the other one has nothing left to do.
  let until: TraceEvent.Kind?
}

/// A situation goes no further in this execution: nobody has found the schedule of its next direction yet.
struct SituationCut: Error {}

final class SituationStage {
  let arena: SharedArena
  let notes: Shared<SituationNotes>
  let revision: ProactorRevision
  /// How many directions the schedule follows; at the next one the situation is cut, because it would go on wrongly.
  private let directed: Int
  private(set) var proactor: IOCPProactor
  private var numbers: UInt64 = 0
  private var waits: [(future: WaitHandleFuture, number: UInt64, event: OwnedEvent)] = []
  private var pendingReads: [OverlappedFuture<[UInt8]>] = []
  private var signalled: Set<ObjectIdentifier> = []
  /// Events live as long as the stage unless a situation closes one.
  private var events: [OwnedEvent] = []

  init(
    _ revision: ProactorRevision, arena: SharedArena, notes: Shared<SituationNotes>, directed: Int
  ) throws {
    self.revision = revision
    self.directed = directed
    self.arena = arena
    self.notes = notes
    proactor = try Self.makeProactor(revision, arena, notes)
  }

  private static func makeProactor(
    _ revision: ProactorRevision, _ arena: SharedArena, _ notes: Shared<SituationNotes>
  ) throws -> IOCPProactor {
    try IOCPProactor(
      arena: arena.arena, behaviours: revision.behaviours, log: Logger(label: "proactor") { _ in NotingLog(notes) })
  }

  func note(_ word: CellWord) { notes.withLock { _ = $0.words.insert(word) } }
  func log(_ line: String) { notes.withLock { $0.log.append(line) } }

  // ------------------------------------------------------------------------------------------------------ the acts

  /// A new event.
  func event(isSet: Bool = false) throws -> OwnedEvent {
    let event = try OwnedEvent()
    notes.withLock { $0.ownHandles += 1 }
    events.append(event)
    if isSet { signal(event) }
    return event
  }

  func signal(_ event: OwnedEvent) {
    signalled.insert(ObjectIdentifier(event))
    event.event.set()
  }

  /// A new wait for an event.
  func wait(for event: OwnedEvent) throws -> WaitHandleFuture {
    numbers += 1
    let future = try proactor.waitForHandle(event.event.handle, operation: numbers)
    waits.append((future, numbers, event))
    return future
  }

  func cancel(_ future: WaitHandleFuture) {
    attempt("cancel()") { () throws(ProactorError) in "\(try future.cancel())" }
  }

  /// One turn of the loop that waits for nothing.
  func poll() { poll(timeout: .zero) }

  /// Turns of the loop until `future` is done; each waits for as long as it takes.
  func run(_ future: WaitHandleFuture) { while !future.isDone && poll(timeout: nil) {} }

  /// Turns of the loop, each after the wait thread has done what there is, until nothing more comes of them.
  func settle() throws {
    for _ in 0..<4 where proactor.operationCount > 0 {
      try letWaitThread()
      poll()
    }
  }

  /// Turns of the loop until nothing is in the cache; each waits for as long as it takes.
  func pollUntilEmpty() { while proactor.operationCount > 0 && poll(timeout: nil) {} }

  /// Closes the proactor, after everything has come that was to come: what is in its cache then and is no pending
  /// operation has leaked.
  func close() {
    let pending = waits.count { !$0.future.isDone } + pendingReads.count { !$0.isDone }
    if proactor.operationCount > pending { note(.leaks) }
    closeAtOnce()
  }

  /// Closes the proactor while things are on their way.
  func closeAtOnce() {
    attempt("close()") { () throws(ProactorError) in
      try proactor.close()
      return "ended"
    }
  }

  /// Closes a loop, and with it the proactor.
  func close(_ loop: ProactorEventLoop) {
    attempt("close()") { () throws(ProactorError) in
      try loop.close()
      return "ended"
    }
  }

  /// Lets the wait thread go on, here and now, until it has done `act`; without one as long as it has something to do.
  func letWaitThread(until act: TraceEvent.Kind? = nil) throws { try direct(Direction(who: .waitThread, until: act)) }

  /// Lets what has arrived at a socket be noticed, here and now, and operations end by it.
  func letWorldIn() throws { try direct(Direction(who: .world, until: nil)) }

  private func direct(_ direction: Direction) throws {
    let count = notes.withLock { notes in
      notes.directions.append(direction)
      return notes.directions.count
    }
    TracedCall.direction.record(0)
    schedulingPoint(.write, on: self)
    if count > directed { throw SituationCut() }
  }

  /// After a cut: what is on its way arrives, and no registration stays.
  func windDown() {
    for read in pendingReads where !read.isDone { cancel(read) }
    for _ in 0..<8 where proactor.operationCount > 0 { poll(timeout: .milliseconds(1)) }
    for wait in waits { wait.future.registration.unregisterAndWait() }
  }

  /// Ends the registration of a wait, and its future does not know.
  func unregisterBehindItsBack(_ future: WaitHandleFuture) throws { _ = try future.registration.unregister() }

  /// Another proactor of the same revision takes the place of the closed one.
  func openAnotherProactor() throws { proactor = try Self.makeProactor(revision, arena, notes) }

  /// Closes the proactor and leaves its port open.
  func closeKeepingPort() {
    attempt("close()") { () throws(ProactorError) in
      try proactor.close(keepingPort: true)
      return "ended"
    }
  }

  // --------------------------------------------------------------------------------------------------------- pipes

  /// A pipe: the server's end is the proactor's, the client's end is written to and closed by the situation.
  func pipe() throws -> (server: PipeHandle, client: WaitableHandle) {
    let name = pipeName()
    let server = try proactor.makePipe(name)
    return (server, try NamedPipe.open(name, isOverlapped: false))
  }

  private static let pipes = Shared<UInt64>(0)

  /// A name that no pipe of this process has had.
  func pipeName() -> String {
    let number = Self.pipes.withLock { count in
      count += 1
      return count
    }
    return "\\\\.\\pipe\\situation-\(number)"
  }

  func receive(_ pipe: PipeHandle) throws -> OverlappedFuture<[UInt8]> {
    numbers += 1
    return pending(try proactor.receive(pipe, atMost: 4096, operation: numbers))
  }

  func receive(_ socket: SocketHandle) throws -> OverlappedFuture<[UInt8]> {
    numbers += 1
    return pending(try proactor.receive(socket, atMost: 4096, operation: numbers))
  }

  private func pending(_ read: OverlappedFuture<[UInt8]>) -> OverlappedFuture<[UInt8]> {
    pendingReads.append(read)
    return read
  }

  func cancel<Value>(_ future: OverlappedFuture<Value>) {
    attempt("cancel()") { () throws(ProactorError) in "\(try future.cancel())" }
  }

  /// The place where the last reference to a future goes.
  func letGo<Value>(_ future: OverlappedFuture<Value>) {
    pendingReads.removeAll { $0 === future }
    future.release()
  }

  /// Says what a read was told, when it is done: the bytes that it should have got are known.
  func tell(_ read: OverlappedFuture<[UInt8]>, expecting bytes: [UInt8]) {
    guard read.isFinished else { return log("read is \(read.isDone ? "cancelled" : "pending")") }
    do throws(ProactorError) {
      let got = try read.result()
      log("read got \(got)")
      if got != bytes { note(.bytesLost) }
    } catch { noteError(error) }
  }

  /// Says what an operation came to.
  func tell<Value>(of what: String, _ future: LoopFuture<Value>) {
    do throws(ProactorError) { log("\(what) got \(try future.result())") } catch { noteError(error) }
  }

  /// Says whether an event's handle was closed by others.
  func checkOpen(_ event: OwnedEvent) {
    do throws(Win32Error) { _ = try OverlappedIO.wait(for: event.event.handle, timeout: .zero) } catch {
      note(.closesOthers)
    }
  }

  /// Takes what is in the proactor's port, as another thread may.
  func takePackets() throws { log("\(try proactor.takePackets()) packets are taken") }

  /// Says what close() left a future in.
  func tellAfterClose<Value>(_ future: OverlappedFuture<Value>) {
    if future.isCancelled { note(.cancelled) }
    if !future.isDone { note(.staysPending) }
    guard future.isFinished else { return }
    do throws(ProactorError) { _ = try future.result() } catch { noteError(error) }
  }

  // --------------------------------------------------------------------------------------------------- what it saw

  /// Says what a wait was told; that it is still pending, or was cancelled, is as it should be.
  func tell(_ future: WaitHandleFuture) {
    guard let wait = waits.first(where: { $0.future === future }), future.isFinished else { return }
    let isTrue = signalled.contains(ObjectIdentifier(wait.event))
    do throws(ProactorError) {
      let answer = try future.result()
      // Nobody gave a time limit: that the handle was not signalled is never the right answer.
      let isRight = answer && isTrue
      arena.told(isRight ? .right : .wrong, operation: wait.number)
      if !isRight { note(answer ? .trueAnswer : .falseAnswer) }
    } catch {
      arena.told(.wrong, operation: wait.number)
      noteError(error)
    }
  }

  /// Says what close() left a wait in.
  func tellAfterClose(_ future: WaitHandleFuture) {
    if future.isCancelled { note(.cancelled) }
    if !future.isDone { note(.staysPending) }
    tell(future)
  }

  @discardableResult
  private func poll(timeout: Duration?) -> Bool {
    notes.withLock { $0.polls += 1 }
    let isFine = attempt("poll") { () throws(ProactorError) in
      try proactor.select(timeout: timeout)
      return nil
    }
    if proactor.operationCount == 0 { notes.withLock { if $0.turns == 0 { $0.turns = $0.polls } } }
    return isFine
  }

  /// Does something that may fail, and notes what it answers.
  @discardableResult
  func attempt(_ what: String, _ body: () throws(ProactorError) -> String?) -> Bool {
    do throws(ProactorError) {
      if let answer = try body() { log("\(what) -> \(answer)") }
      return true
    } catch {
      log("\(what) threw: \(error)")
      noteError(error)
      return false
    }
  }

  private func noteError(_ error: ProactorError) {
    if error.code == .invalidState { return note(.invalidState) }
    if error.code == .connectionReset { return note(.reset) }
    note(error.underlying?.code == .ioIncomplete ? .incomplete : .raises)
  }
}

/// Keeps what the proactor logs; addresses and handles differ from run to run, so they are left out.
private struct NotingLog: LogHandler {
  let notes: Shared<SituationNotes>
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .debug

  init(_ notes: Shared<SituationNotes>) { self.notes = notes }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let keys = (event.metadata ?? [:]).keys.sorted()
    let line = "\(event.level): \(event.message)" + (keys.isEmpty ? "" : " (\(keys.joined(separator: ", ")))")
    // A close() that never ends says the same for ever.
    notes.withLock { if $0.log.last != line { $0.log.append(line) } }
  }
}
