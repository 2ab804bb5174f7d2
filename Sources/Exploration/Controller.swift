// The session of this process, and executions in it: the same threads as in a free run, one of them running at a time.
internal import CSchedule
internal import Latewrite

/// Runs executions under control. One a process; the session that it begins ends with the process: every thread that is
/// created by this project's means from then on is a member of it.
///
/// Its memory - the deviations that an execution takes, the log of decisions - is reused by the next execution.
@safe public final class Controller {
  private static let logBytes = 4 << 20

  @unsafe private let taken: UnsafeMutablePointer<lw_schedule>
  @unsafe private let log: UnsafeMutableRawPointer
  private let ownsTaken: Bool
  private var cast = PreparedParts()
  let placeNames = PlaceNames()

  /// Begins the session.
  public convenience init() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.scheduleBytes, alignment: 64)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.scheduleBytes)
    unsafe self.init(writingTo: memory, owned: true)
  }

  /// Begins the session, with deviations written where they survive the process: zeroed memory of `scheduleBytes`,
  /// aligned to 8, that outlives this value.
  @unsafe package convenience init(writingTo memory: UnsafeMutableRawPointer) {
    unsafe self.init(writingTo: memory, owned: false)
  }

  @unsafe private init(writingTo memory: UnsafeMutableRawPointer, owned: Bool) {
    unsafe taken = memory.assumingMemoryBound(to: lw_schedule.self)
    ownsTaken = owned
    unsafe log = .allocate(byteCount: Self.logBytes, alignment: 8)
    lw_control_begin()
  }

  deinit {
    unsafe log.deallocate()
    if ownsTaken { unsafe UnsafeMutableRawPointer(taken).deallocate() }
  }

  /// What deviations are written to.
  package static var scheduleBytes: Int { lw_schedule_bytes() }

  /// The deviations in memory that was written by a controller, of this process or of one that died.
  @unsafe package static func schedule(in memory: UnsafeRawPointer) -> Schedule {
    unsafe schedule(of: memory.assumingMemoryBound(to: lw_schedule.self))
  }

  private static func schedule(of list: UnsafePointer<lw_schedule>) -> Schedule {
    var deviations: [Deviation] = []
    let count = unsafe lw_schedule_count(list)
    deviations.reserveCapacity(Int(count))
    for place in 0..<count {
      if let deviation = unsafe Deviation(lw_schedule_deviation(list, place)) { deviations.append(deviation) }
    }
    return Schedule(deviations)
  }

  /// Runs one execution: `parts`, the deviations of `schedule` where they come, and otherwise what `strategy` picks
  /// from `seed`. A readiness from outside that `schedule` prescribes is waited for, with a `patience` that is not zero
  /// only so long. `steps` is the strategy's guess at its length. No decision in `stall` - ten seconds when it is not
  /// given, for ever when it is zero - counts as its end. Returns when all parts have ended and nothing else can go
  /// on - or, see `ControlledRun.end`, earlier, and then no further execution is possible in this process but after
  /// `leaveBehind`.
  public func run(
    _ parts: [Part], following schedule: Schedule = Schedule(), strategy: Strategy = .none, seed: UInt64 = 0,
    steps: UInt32 = 64, stepsMax: UInt32 = 20_000, stall: Duration? = nil, logging: Bool = false,
    stopBefore: UInt32 = .max, patience: Duration = .zero
  ) -> ControlledRun {
    let prescribed = schedule.deviations.map(\.c)
    cast.take(parts)
    let result = unsafe prescribed.withUnsafeBufferPointer { prescribed in
      var execution = unsafe lw_execution(
        parts: cast.first, part_count: UInt32(parts.count), steps_max: stepsMax,
        prescribed: prescribed.baseAddress, prescribed_count: UInt32(prescribed.count),
        strategy: strategy.c(seed: seed, steps: steps), stop_before: stopBefore,
        patience_ns: patience.wholeNanoseconds, stall_ns: Self.nanoseconds(stall), taken: taken,
        log: logging ? log : nil, log_bytes: logging ? Self.logBytes : 0, log_used: nil)
      return unsafe lw_control_execute(&execution)
    }
    // Threads that did not come to their end stand in their parts for good.
    // A part that is outside of control may be about to throw.
    let errors = result.end == .LW_EXECUTION_STALLED ? [] : cast.errors
    if result.end == .LW_EXECUTION_ENDED { cast.giveBack() }
    let decisions = unsafe Decision.all(in: UnsafeRawBufferPointer(start: log, count: logging ? result.log_bytes : 0))
    return ControlledRun(result, schedule: unsafe Self.schedule(of: taken), decisions: decisions, errors: errors)
  }

  /// Has the thread of the first part do `work`, so that the executions that it runs need no hand-over to begin and to
  /// end. Returns nil when `work` has returned. When an execution did not end, it is returned, and `work` stands in its
  /// midst for good, with all that it holds; the calling thread goes on.
  package func drive(stall: Duration? = nil, _ work: @escaping () -> Void) -> ControlledRun? {
    let body = unsafe Unmanaged.passRetained(Work(run: work))
    var result = lw_execution_result()
    let hasReturned = unsafe lw_control_drive(
      { unsafe Unmanaged<Work>.fromOpaque($0!).takeUnretainedValue().run() }, unsafe body.toOpaque(),
      Self.nanoseconds(stall), &result)
    guard !hasReturned else {
      unsafe body.release()
      return nil
    }
    return ControlledRun(result, schedule: unsafe Self.schedule(of: taken), decisions: [])
  }

  /// To build a duration and take it apart again is arithmetic of 128 bits, in each execution.
  private static func nanoseconds(_ stall: Duration?) -> UInt64 { stall?.wholeNanoseconds ?? 10_000_000_000 }

  /// After a run that did not end: leaves its threads where they stand, with all that they hold, and makes room for
  /// others. False where that cannot be, and then no further execution is possible in this process.
  func leaveBehind() -> Bool {
    guard lw_control_leave_behind() else { return false }
    cast.forget()
    return true
  }

  /// One sentence a member about where it stands, of those that take part, and one about threads that are older than
  /// the session, if there are any: for executions that did not end.
  public var standing: [String] {
    let numbers = (0..<lw_control_member_count()).filter(lw_control_member_takes_part)
    let places = placeNames.of(numbers.map(lw_control_member_place))
    let members = numbers.map { member in
      var sentence = [CChar](repeating: 0, count: 256)
      unsafe lw_control_member_sentence(member, &sentence, sentence.count)
      let place = places[lw_control_member_place(member)].map { ", at \($0)" } ?? ""
      return "\(Self.name(of: UInt16(member))) \(text(sentence))\(place)"
    }
    let older = Self.olderThreads
    guard !older.isEmpty else { return members }
    return members + [
      "older than the session and so not under control: \(older.joined(separator: ", "))"
    ]
  }

  /// The names of threads that no controller of this process can order.
  private static var olderThreads: [String] {
    var numbers = [lw_thread_number](repeating: 0, count: 16)
    let count = unsafe lw_control_older_threads(&numbers, UInt32(numbers.count))
    return numbers.prefix(Int(count)).map { number in
      var name = [CChar](repeating: 0, count: Int(LW_THREAD_NAME_BYTES))
      unsafe lw_thread_name(number, &name)
      return text(name)
    }
  }

  /// Has a crash in `body` tell of the execution that it runs, an execution of `scenario`.
  static func tellingOfCrash<Result>(
    in scenario: String, digest: UInt32, _ body: () throws -> Result
  ) rethrows -> Result {
    try unsafe scenario.withCString { name in
      unsafe lw_control_tell_of_crash(name, digest)
      defer { lw_control_tell_of_crash(nil, 0) }
      return try body()
    }
  }

  /// From now on only later strangers are known.
  static func forgetStrangers() { lw_control_forget_strangers() }

  /// One sentence a thread that has passed a point while an execution of this process ran, and is not under control.
  static var strangers: [String] {
    (0..<lw_control_stranger_count()).map { stranger in
      var sentence = [CChar](repeating: 0, count: 64)
      unsafe lw_control_stranger_sentence(stranger, &sentence, sentence.count)
      return text(sentence)
    }
  }

  /// How many threads an execution can have, those included that its parts make.
  static var threadsMax: Int { Int(LW_MEMBERS_MAX) }

  /// The name of a member.
  public static func name(of member: UInt16) -> String {
    var name = [CChar](repeating: 0, count: Int(LW_THREAD_NAME_BYTES))
    unsafe lw_control_member_name(UInt32(member), &name)
    return text(name)
  }

  /// The member whose thread has this number; nil for threads outside of the session.
  public static func member(ofThread number: UInt16) -> UInt16? {
    let member = lw_control_member_of(UInt32(number))
    return member < 0 ? nil : UInt16(member)
  }
}

private func text(_ bytes: [CChar]) -> String {
  String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// What C's context pointer is the address of.
private final class Work {
  let run: () -> Void

  init(run: @escaping () -> Void) { self.run = run }
}
