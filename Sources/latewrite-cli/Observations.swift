// What `latewrite doctor` sees of the machine, one fact at a time.
internal import FoundationEssentials
internal import Glibc
internal import Harness

/// One line of the doctor.
struct Observation {
  enum State: String {
    case fine = "ok"
    /// Latewrite works, with less.
    case degraded = "less"
    /// Latewrite does not work.
    case missing = "MISSING"
  }

  let state: State
  let line: String

  init(_ subject: String, _ sentence: String, _ state: State) {
    self.state = state
    let padding = String(repeating: " ", count: max(1, 12 - subject.count))
    let mark = state.rawValue + String(repeating: " ", count: 9 - state.rawValue.count)
    line = "\(mark)\(subject)\(padding)\(sentence)"
  }
}

enum Observations {
  /// Events are stamped by the processor's counter, which must run at one speed and the same on all cores.
  static func timeStampCounter() -> Observation {
    let flags = words(after: "flags", in: "/proc/cpuinfo")
    let cost = MachineFacts.nanosecondsPerStamp
    let figure = "\(Figures.decimal(cost, digits: 1)) ns a stamp"
    guard flags.contains("constant_tsc"), flags.contains("nonstop_tsc") else {
      return Observation("clock", "the TSC may change its speed (\(figure)): times in reports may be off", .degraded)
    }
    return Observation("clock", "constant TSC, \(figure)", .fine)
  }

  /// Child processes are waited for by pidfd.
  static func childProcesses() -> Observation {
    do {
      let time = try MachineFacts.childProcessRoundTrip()
      return Observation(
        "children", "a child process was started and waited for in \(Figures.time(nanoseconds: time))", .fine)
    } catch {
      return Observation("children", "no child process could be started and waited for: \(error)", .missing)
    }
  }

  static func unwinder() -> Observation {
    if let sentence = MachineFacts.unwinderDegradation { return Observation("libunwind", sentence, .degraded) }
    return Observation("libunwind", "loaded on demand", .fine)
  }

  static func framePointers() -> Observation {
    MachineFacts.framePointersWork
      ? Observation("frames", "this program keeps frame pointers", .fine)
      : Observation("frames", "this program keeps no frame pointers: stacks are short", .degraded)
  }

  static func coreDumps() -> Observation {
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    let pattern = FileManager.default.contents(atPath: "/proc/sys/kernel/core_pattern")
    let place = pattern.map { String(decoding: $0, as: UTF8.self).prefix { $0 != "\n" } } ?? "unknown"
    return limit.rlim_cur == 0
      ? Observation("cores", "a crash leaves no core file: 'ulimit -c unlimited' allows it", .degraded)
      : Observation("cores", "a crash leaves a core file: \(place)", .fine)
  }

  /// The words behind "key :" in the first such line of a file.
  private static func words(after key: String, in path: String) -> Set<Substring> {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(key) }
    return Set(line?.split(separator: " ") ?? [])
  }
}
