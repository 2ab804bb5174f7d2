// Where findings go. Arenas of one run or one test share a scope, so that tests that run side by side do not see each
// other's findings.
internal import CArena

/// A place for findings: a run, a test, or the whole process.
///
/// @unchecked Sendable: the pointer is set once, every C entry that takes it may be called from any thread, and the
/// list of observers is touched under the lock only.
@safe public final class Scope: @unchecked Sendable {
  /// What a finding does to the program.
  public enum OnFinding: UInt32, Sendable {
    /// It is counted and recorded.
    case goesOn
    /// The program ends with the exit code after the record is whole.
    case exits
    /// The program aborts.
    case aborts
  }

  /// How a scope behaves.
  public struct Configuration: Sendable, Hashable {
    /// How many findings of different keys are recorded; all are counted.
    public var recordCapacity: UInt32 = 64
    /// No line on standard error for a finding.
    public var isQuiet = false
    /// What a finding does to the program.
    public var onFinding = OnFinding.goesOn
    /// What a program that had a finding exits with: at once with `exits`, at its own end with `goesOn`. 0 leaves the
    /// program's own code alone.
    public var exitCode: Int32 = 0

    /// 64 records, a line for each new finding, and the program goes on to its own end.
    public init() {}
  }

  @unsafe let pointer: OpaquePointer
  private let isOwned: Bool
  private let lock = OwnedLock()
  /// Closures given to C; a finding on another thread may be calling one, so they live as long as the scope.
  private var observers: [FindingObserver] = []

  /// The process's own: one line on standard error per new finding, raw records in a file, behaviour by
  /// LATEWRITE_OPTIONS.
  public static let process = unsafe Scope(pointer: lw_scope_default(), isOwned: false)

  private init(pointer: OpaquePointer, isOwned: Bool) {
    unsafe self.pointer = unsafe pointer
    self.isOwned = isOwned
  }

  /// A scope with memory of its own.
  public convenience init(_ configuration: Configuration = Configuration()) throws(LatewriteError) {
    try unsafe self.init(configuration, mapping: nil, bytes: 0)
  }

  /// A scope that records into memory of the caller's, for example one that another process reads. The memory must
  /// outlive the scope, and an abandoned arena for the life of the process.
  @unsafe package convenience init(
    _ configuration: Configuration, mapping: UnsafeMutableRawPointer?, bytes: Int
  ) throws(LatewriteError) {
    var config = unsafe lw_scope_config()
    unsafe config.mapping = mapping
    unsafe config.mapping_bytes = bytes
    unsafe config.record_capacity = configuration.recordCapacity
    unsafe config.quiet = configuration.isQuiet
    unsafe config.on_finding = lw_on_finding(rawValue: configuration.onFinding.rawValue)!
    unsafe config.exit_code = configuration.exitCode
    guard let created = unsafe lw_scope_create(&config) else { throw LatewriteError(.LW_NO_MEMORY, in: "Scope(_:)") }
    unsafe self.init(pointer: created, isOwned: true)
  }

  /// How many bytes a mapping for `capacity` records needs.
  package static func mappingBytes(capacity: UInt32) -> Int { lw_record_file_bytes(capacity) }

  deinit {
    if isOwned { unsafe lw_scope_destroy(pointer) }
  }

  /// Stamps the findings that follow with an execution's seed and number.
  public func setExecution(seed: UInt64, number: UInt64) { unsafe lw_scope_set_execution(pointer, seed, number) }

  /// How often a rule was broken so far, repetitions included.
  public func count(_ rule: Rule) -> UInt64 { unsafe lw_scope_count(pointer, rule.rawValue) }

  /// Every rule that was broken, with how often.
  public var counts: [Rule: UInt64] {
    var counts: [Rule: UInt64] = [:]
    for rule in Rule.allCases where count(rule) > 0 { counts[rule] = count(rule) }
    return counts
  }

  /// The findings recorded so far, one for each cause, in the order in which they were made.
  public var findings: [Finding] {
    let file = unsafe lw_scope_file(pointer)
    let claimed = unsafe min(file.pointee.record_count, file.pointee.record_capacity)
    return (0..<claimed).compactMap { index in
      guard let record = unsafe lw_record_at(file, index) else { return nil }
      return unsafe Finding(record.pointee)
    }.sorted { $0.serial < $1.serial }
  }

  /// The header and the records as they are in memory, for reports: program counters and bytes, nothing rendered.
  package var rawRecords: [UInt8] {
    let file = unsafe lw_scope_file(pointer)
    let bytes = unsafe lw_record_file_bytes(min(file.pointee.record_count, file.pointee.record_capacity))
    return unsafe [UInt8](UnsafeRawBufferPointer(start: file, count: bytes))
  }

  /// Has this scope take what belongs to no arena - handles, waits -, for a process that runs nothing else; it lives as
  /// long as the process then. False when such a finding was made already.
  package func takeRest() -> Bool {
    guard unsafe lw_scope_take_rest(pointer) else { return false }
    _ = unsafe Unmanaged.passRetained(self)
    return true
  }

  /// Has `other`, which must live as long as the process, take it from this scope while `body` runs, where this one has
  /// it.
  package func lendRest<Result>(to other: Scope, during body: () throws -> Result) rethrows -> Result {
    let isLent = unsafe lw_scope_pass_rest(pointer, other.pointer)
    defer { if isLent { _ = unsafe lw_scope_pass_rest(other.pointer, pointer) } }
    return try body()
  }

  /// Calls `consume` for every finding from now on, repetitions included, on the thread that made it: rule, arena
  /// number, incarnation. For checkers that compare findings with events. The newest observer replaces the one before.
  public func observe(_ consume: @escaping @Sendable (Rule, UInt32, Incarnation?) -> Void) {
    let observer = FindingObserver(consume)
    lock.acquire()
    observers.append(observer)
    lock.release()
    unsafe lw_scope_observe(
      pointer,
      { context, rule, arena, incarnation in
        let observer = unsafe Unmanaged<FindingObserver>.fromOpaque(context!).takeUnretainedValue()
        guard let rule = Rule(rawValue: rule) else { return }
        observer.consume(rule, arena, Incarnation(bits: incarnation))
      }, Unmanaged.passUnretained(observer).toOpaque())
  }
}

/// A closure where C keeps a context pointer.
private final class FindingObserver: Sendable {
  let consume: @Sendable (Rule, UInt32, Incarnation?) -> Void

  init(_ consume: @escaping @Sendable (Rule, UInt32, Incarnation?) -> Void) { self.consume = consume }
}
