// What a worker and the command that started it share: memory that outlives the worker, whatever ends it. The worker
// writes, the command reads; only the wish to stop goes the other way. Numbers are single 64-bit words, each written by
// one side; a reader may see some of an execution's numbers before the others while the worker lives, never afterwards.
internal import CArena
internal import Exploration
internal import Glibc
internal import Synchronization

/// Where a worker stands.
enum WorkerPhase: UInt64 {
  case starting
  case running
  /// It did what it was asked for.
  case finished
  /// An execution under control did not end: the process can do no other, another one shall go on.
  case spent
  /// It gave up and left a sentence.
  case failed
}

/// The words that a worker keeps, each in its place.
enum WorkerWord: Int, CaseIterable {
  case phase
  case processIdentifier
  /// Set by the command: end after this execution.
  case stopWanted
  /// The running execution's number plus 1; 0 between executions.
  case runningExecution
  case executionsDone
  /// The number of the last one of these.
  case lastExecution
  /// The number of the next execution plus 1, should another worker take over.
  case nextExecution
  /// Rises whenever something was brought to an end; a worker in which it stands still hangs.
  case progress
  case executionsChecked
  case edgesChecked
  case delayCount
  case delayMax
  /// Of executions under control: schedules that were new, the sums of their decisions and deviations, the largest
  /// numbers of both, the kinds of points that were passed.
  case schedulesDone
  case stepSum
  case stepMax
  case deviationSum
  case deviationMax
  case pointsReached
  /// Named situations that were met, as bits.
  case marksMet
  /// Distinct equivalence classes; and whether there were more than are kept.
  case classCount
  case classesCut
  /// How often it was noted where a search through all schedules stands; 1 when it has reached its end.
  case searchNotes
  case searchDone
}

/// One worker's shared memory: words, delays, and the raw record file of its scope.
///
/// @unchecked Sendable: the address is set once, all words are read and written by single atomic accesses, and the
/// descriptor is its maker's.
@safe final class WorkerMapping: @unchecked Sendable {
  /// Late-write delays that are kept one by one; of further ones only the maximum.
  static let delayCapacity = 65_536
  /// Findings of different keys that are recorded.
  static let recordCapacity: UInt32 = 256
  private static let failureBytes = 512
  private static let made = Atomic<Int>(0)

  private static let outcomeBase = WorkerWord.allCases.count
  private static let firstBase = outcomeBase + Outcome.allCases.count
  private static let tallyBase = firstBase + Outcome.allCases.count
  private static let failureBase = tallyBase + FactTally.fields.count
  private static let delayBase = failureBase + failureBytes / 8
  private static let explorationBase = delayBase + delayCapacity
  private static let recordOffset = ((explorationBase + explorationWords) * 8 + 4095) & ~4095
  static let bytes = recordOffset + lw_record_file_bytes(recordCapacity)

  @unsafe private let base: UnsafeMutableRawPointer
  /// Below zero: nobody can come to it any more.
  private var descriptor: Int32

  /// Fresh memory for a worker that is about to be started.
  init() throws(HarnessError) {
    // The name lives for two calls; workers find the memory through the command's descriptor.
    let name = "/latewrite-\(getpid())-\(Self.made.add(1, ordering: .relaxed).oldValue)"
    descriptor = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0, unsafe shm_unlink(name) == 0, ftruncate(descriptor, Self.bytes) == 0 else {
      throw .environment("there is no memory to share with a worker (/dev/shm): \(systemReason())")
    }
    unsafe base = try Self.map(descriptor)
  }

  /// The memory that the command offers under `path`.
  init(path: String) throws(HarnessError) {
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .environment("the memory to share at \(path) cannot be opened: \(systemReason())")
    }
    unsafe base = try Self.map(descriptor)
  }

  deinit {
    unsafe munmap(base, Self.bytes)
    stopOffering()
  }

  /// Its worker has ended. What is kept of thousands of workers must not take a descriptor each.
  func stopOffering() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private static func map(_ descriptor: Int32) throws(HarnessError) -> UnsafeMutableRawPointer {
    let pages = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
      throw .environment("the memory to share with a worker cannot be mapped: \(systemReason())")
    }
    return unsafe pages
  }

  /// Where a worker of this process finds the memory.
  var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

  /// Where the raw record file lies, and how long it is.
  var recordFile: UnsafeMutableRawPointer { unsafe base + Self.recordOffset }
  var recordFileBytes: Int { Self.bytes - Self.recordOffset }

  // --------------------------------------------------------------------------------------------------------- words

  /// A word of the part that only executions under control use: see WorkerMapping+Exploration.swift.
  subscript(exploration index: Int) -> UInt64 {
    get { self[at: Self.explorationBase + index] }
    set { self[at: Self.explorationBase + index] = newValue }
  }

  /// Where a controller writes the deviations of the running execution.
  var scheduleMemory: UnsafeMutableRawPointer {
    unsafe base + (Self.explorationBase + Self.scheduleMemoryIndex) * 8
  }

  private subscript(at index: Int) -> UInt64 {
    get { unsafe lw_load64(base + index * 8) }
    set { unsafe lw_store64(base + index * 8, newValue) }
  }

  subscript(word: WorkerWord) -> UInt64 {
    get { self[at: word.rawValue] }
    set { self[at: word.rawValue] = newValue }
  }

  var phase: WorkerPhase {
    get { WorkerPhase(rawValue: self[.phase]) ?? .failed }
    set { self[.phase] = newValue.rawValue }
  }

  func count(of outcome: Outcome) -> UInt64 { self[at: Self.outcomeBase + outcome.rawValue] }

  /// The first execution that had `outcome`; nil when none had.
  func firstExecution(of outcome: Outcome) -> UInt64? {
    let stored = self[at: Self.firstBase + outcome.rawValue]
    return stored == 0 ? nil : stored - 1
  }

  /// Adds operations that ended in `outcome` in execution `execution`.
  func add(_ count: UInt64, of outcome: Outcome, execution: UInt64) {
    guard count > 0 else { return }
    if firstExecution(of: outcome) == nil { self[at: Self.firstBase + outcome.rawValue] = execution + 1 }
    self[at: Self.outcomeBase + outcome.rawValue] += count
  }

  var tally: FactTally {
    var tally = FactTally()
    for (index, field) in FactTally.fields.enumerated() { tally[keyPath: field] = self[at: Self.tallyBase + index] }
    return tally
  }

  /// Adds what an execution saw. Most of it is nothing, and reaching a field costs much more than adding to it.
  func add(_ tally: FactTally) {
    for (index, field) in FactTally.fields.enumerated() {
      let count = tally[keyPath: field]
      if count > 0 { self[at: Self.tallyBase + index] += count }
    }
  }

  // -------------------------------------------------------------------------------------------------------- results

  /// Puts down what one execution came to.
  func book(_ result: ExecutionResult, execution: UInt64) {
    var counts: [Outcome: UInt64] = [:]
    for facts in result.facts.operations { counts[Outcome(facts), default: 0] += 1 }
    for (outcome, count) in counts { add(count, of: outcome, execution: execution) }
    add(result.facts.tally)
    for delay in result.facts.lateWriteDelays { add(delay: delay) }
    if let checked = result.checked {
      self[.executionsChecked] += 1
      self[.edgesChecked] += UInt64(checked.edges)
    }
    self[.lastExecution] = execution
    self[.executionsDone] += 1
  }

  // -------------------------------------------------------------------------------------------------------- delays

  func add(delay: UInt64) {
    let count = Int(self[.delayCount])
    if count < Self.delayCapacity { self[at: Self.delayBase + count] = delay }
    self[.delayCount] += 1
    if delay > self[.delayMax] { self[.delayMax] = delay }
  }

  /// The delays that are kept, in nanoseconds.
  var delays: [UInt64] {
    (0..<min(Int(self[.delayCount]), Self.delayCapacity)).map { self[at: Self.delayBase + $0] }
  }

  // ------------------------------------------------------------------------------------------------------- failure

  /// Why the worker gave up, one sentence; nil when it did not say.
  var failure: String? {
    get {
      let text = unsafe UnsafeRawBufferPointer(start: base + Self.failureBase * 8, count: Self.failureBytes)
      let sentence = unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      return sentence.isEmpty ? nil : sentence
    }
    set {
      let text = Array((newValue ?? "").utf8.prefix(Self.failureBytes - 1)) + [0]
      unsafe (base + Self.failureBase * 8).copyMemory(from: text, byteCount: text.count)
    }
  }
}
