// What is shared with a whole program under control: a file in memory, named in the program's environment.
internal import CSchedule
internal import Glibc
package import Latewrite

/// The file of one program after the other; each execution begins with `prepare`.
///
/// @unchecked Sendable: one execution at a time uses it, and the address is set once.
@safe package final class ProgramFile: @unchecked Sendable {
  /// The variable of the environment that names the file.
  package static let variable = "LATEWRITE_CONTROL"
  private static let logBytes = 4 << 20
  private static let eventsMax = 1 << 16

  @unsafe private let base: UnsafeMutableRawPointer
  private let bytes: Int
  private let descriptor: Int32

  /// A file of no name; nil when there is no memory for it.
  package init?() {
    bytes = lw_program_bytes() + Self.logBytes + Self.eventsMax * MemoryLayout<TraceEvent>.size
    // The name lives for two calls; programs find the file through this process's descriptor.
    let name = "/latewrite-program-\(getpid())"
    descriptor = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0, unsafe shm_unlink(name) == 0, ftruncate(descriptor, bytes) == 0,
      let pages = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), unsafe pages != MAP_FAILED
    else { return nil }
    unsafe base = pages
  }

  deinit {
    unsafe munmap(base, bytes)
    close(descriptor)
  }

  /// Where the program finds it.
  package var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

  private var program: UnsafeMutablePointer<lw_program> { unsafe base.assumingMemoryBound(to: lw_program.self) }

  /// Forgets the last execution and says what the next one follows; whether it is `told`, act by act; and the step
  /// before which it calls what a debugger stops in.
  package func prepare(
    _ schedule: Schedule, strategy: Strategy, seed: UInt64, steps: UInt32, stepsMax: UInt32, isTold: Bool = false,
    stopBefore: UInt32 = .max
  ) {
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: lw_program_bytes())
    var cStrategy = strategy.c(seed: seed, steps: steps)
    let deviations = schedule.deviations.map(\.c)
    unsafe deviations.withUnsafeBufferPointer { list in
      unsafe lw_program_fill(
        program, &cStrategy, list.baseAddress, UInt32(list.count), stepsMax, stopBefore, 0, UInt64(Self.logBytes),
        isTold ? UInt32(Self.eventsMax) : 0)
    }
  }

  /// The deviations that were taken so far, whatever became of the program.
  package var taken: Schedule {
    let list = unsafe lw_program_taken(program)
    return Schedule(
      unsafe (0..<lw_schedule_count(list)).compactMap { unsafe Deviation(lw_schedule_deviation(list, $0)) })
  }

  /// What control saw; nil when the program died in the middle.
  package var run: ControlledRun? {
    guard unsafe lw_program_is_noted(program) else { return nil }
    return ControlledRun(unsafe lw_program_result(program), schedule: taken, decisions: decisions)
  }

  /// The decisions that were taken so far, whatever became of the program.
  package var decisions: [Decision] {
    let used = min(unsafe Int(program.pointee.log_used), Self.logBytes)
    return unsafe Decision.all(in: UnsafeRawBufferPointer(start: base + lw_program_bytes(), count: used))
  }

  /// What its members did, in order, when it was to be told. Their threads are members here.
  package var events: [TraceEvent] {
    let first = unsafe (base + lw_program_bytes() + Self.logBytes).assumingMemoryBound(to: TraceEvent.self)
    return unsafe Array(UnsafeBufferPointer(start: first, count: Int(lw_program_event_count(program))))
  }

  /// Keeps it open in the program that this process becomes by exec.
  package func survivesExec() { _ = fcntl(descriptor, F_SETFD, 0) }

  /// The names of the members.
  package var names: [String] {
    unsafe (0..<program.pointee.member_count).map { unsafe String(cString: lw_program_member_name(program, $0)) }
  }

  /// Where each member stands, when the execution did not end.
  package var standing: [Standing] {
    unsafe (0..<program.pointee.member_count).compactMap { member in
      let sentence = unsafe String(cString: lw_program_member_sentence(program, member))
      guard !sentence.isEmpty else { return nil }
      return unsafe Standing(
        name: names[Int(member)], sentence: sentence, place: lw_program_member_place(program, member),
        awaited: lw_program_member_awaited(program, member))
    }
  }

  /// Where a member stands.
  package struct Standing: Sendable {
    /// The thread's.
    package let name: String
    /// "waits for ...".
    package let sentence: String
    /// Where it stands in its code: an address in the program's file, or 0.
    package let place: UInt64
    /// The variable that it waits for, whose address the sentence has: its address in the file, or 0.
    package let awaited: UInt64
  }
}
