// Something to watch, a watch on it, and what its callbacks did.
import CSchedule
import Glibc

/// A pipe of a test: something to watch that a byte makes readable. Both ends are closed with it.
final class Signal: Sendable {
  let reading: CInt
  private let writing: CInt

  init() {
    var ends: [CInt] = [0, 0]
    if pipe(&ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 { fatalError("a test could not make a pipe") }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(reading)
    close(writing)
  }

  func raise() {
    var byte: UInt8 = 1
    if write(writing, &byte, 1) != 1 { fatalError("a test could not write to its pipe") }
  }

  func lower() {
    var byte: UInt8 = 0
    while read(reading, &byte, 1) == 1 { continue }
  }
}

/// What a callback did, and whom to tell.
final class Observation: Sendable {
  let calls = Counter()
  let watcher = lw_thread_self()
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void = {}) { self.body = body }

  func watch(_ descriptor: CInt, of signal: Signal? = nil) -> Watch? {
    let handle = lw_watch_readable(descriptor, Self.ready, Unmanaged.passUnretained(self).toOpaque())
    return handle.map { Watch(handle: $0, observation: self, signal: signal) }
  }

  /// A watch that is armed by the test.
  func open(_ descriptor: CInt) -> Watch? {
    let handle = lw_watch_open(descriptor, Self.ready, Unmanaged.passUnretained(self).toOpaque())
    return handle.map { Watch(handle: $0, observation: self, signal: nil) }
  }

  private static let ready: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
    let observation = Unmanaged<Observation>.fromOpaque(context!).takeUnretainedValue()
    observation.body()
    observation.calls.add()
    lw_unpark(observation.watcher)
  }

  func watch(_ signal: Signal) -> Watch? { watch(signal.reading, of: signal) }
}

/// A watch, and what must live as long as it does.
struct Watch: @unchecked Sendable {
  // @unchecked: the handle is only ended, once.
  let handle: OpaquePointer
  let observation: Observation
  let signal: Signal?

  func end() { withExtendedLifetime((observation, signal)) { lw_watch_end(handle) } }
}

/// Runs a test's body on a thread of the module, which nothing else unparks.
func onWatcher(_ body: @escaping @Sendable () throws -> Void) throws {
  try onThread(named: "watcher") { Result { try body() } }.get()
}
