// What a worker that hangs is waiting in, as far as the system tells: the names of its threads by where they wait.
internal import FoundationEssentials

enum HangingThreads {
  /// Threads that are named; more of a kind are counted.
  private static let namesMax = 4

  /// One sentence a place: "wait-thread-1, wait-thread-2 wait in futex_do_wait (system call 202)".
  static func sentences(of process: Int32) -> [String] {
    let folder = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var places: [String] = []
    var names: [String: [String]] = [:]
    for thread in threads.compactMap(Int.init).sorted() {
      let place = place(of: "\(folder)/\(thread)")
      if names[place] == nil { places.append(place) }
      names[place, default: []].append(firstLine("\(folder)/\(thread)/comm") ?? "a thread")
    }
    return places.map { sentence(names[$0] ?? [], $0) }
  }

  static func sentence(_ names: [String], _ place: String) -> String {
    let others = names.count - namesMax
    let list = names.prefix(namesMax).joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
    return "\(list): \(place)"
  }

  private static func place(of thread: String) -> String {
    let function = firstLine("\(thread)/wchan").flatMap { $0 == "0" ? nil : $0 }
    // "running", or the number of the system call and its arguments.
    let call = firstLine("\(thread)/syscall")?.split(separator: " ").first.map(String.init)
    switch (function, call) {
    case (_, "running"?): return "running"
    case (let function?, let call?): return "waiting in \(function) (system call \(call))"
    case (let function?, nil): return "waiting in \(function)"
    case (nil, let call?): return "waiting in system call \(call)"
    case (nil, nil): return "the system does not say where"
    }
  }

  private static func firstLine(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let line = String(decoding: data, as: UTF8.self).prefix { $0 != "\n" }
    return line.isEmpty ? nil : String(line)
  }
}
