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
  var pendingReads: [OverlappedFuture<[UInt8]>] = []
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

  /// A number that no operation of the situation has had.
  func nextNumber() -> UInt64 {
    numbers += 1
    return numbers
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
    let number = nextNumber()
    let future = try proactor.waitForHandle(event.event.handle, operation: number)
    waits.append((future, number, event))
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

  func noteError(_ error: ProactorError) {
    if error.code == .invalidState { return note(.invalidState) }
    if error.code == .connectionReset { return note(.reset) }
    note(error.underlying?.code == .ioIncomplete ? .incomplete : .raises)
  }
}
