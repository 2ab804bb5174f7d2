// A callback that a test can hold, count and wait for, and the small words that all tests of this module use.
import CWin32
import Glibc
import Synchronization
import Testing

func newEvent(manual: Bool = false, set: Bool = false) -> HANDLE {
  guard let event = CreateEventA(nil, manual ? 1 : 0, set ? 1 : 0, nil) else { fatalError("no event") }
  return event
}

func isSet(_ object: HANDLE?) -> Bool { WaitForSingleObject(object, 0) == WAIT_OBJECT_0 }

func wait(for object: HANDLE?) {
  let result = WaitForSingleObject(object, INFINITE)
  #expect(result == WAIT_OBJECT_0, "waiting failed with \(GetLastError())")
}

/// What the callbacks of a registration did; its address is their context. It must outlive the registration.
/// @unchecked: the handles never change and what they name is made for any thread.
final class Calls: @unchecked Sendable {
  /// Set at each entry (auto reset).
  let entered = newEvent()
  /// Callbacks stay inside until it is set (manual reset).
  let gate: HANDLE
  let begun = Atomic<Int>(0)
  let returned = Atomic<Int>(0)
  let timedOut = Atomic<Int>(0)
  let thread = Atomic<DWORD>(0)

  init(gateOpen: Bool = true) { gate = newEvent(manual: true, set: gateOpen) }

  deinit {
    CloseHandle(entered)
    CloseHandle(gate)
  }

  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
  var count: Int { returned.load(ordering: .sequentiallyConsistent) }

  fileprivate func run(_ timeout: Bool) {
    begun.add(1, ordering: .sequentiallyConsistent)
    thread.store(GetCurrentThreadId(), ordering: .sequentiallyConsistent)
    SetEvent(entered)
    _ = WaitForSingleObject(gate, INFINITE)
    if timeout { timedOut.add(1, ordering: .sequentiallyConsistent) }
    returned.add(1, ordering: .sequentiallyConsistent)
  }

  /// Registers a wait whose callback is recorded here.
  func register(_ object: HANDLE?, flags: DWORD, ms: DWORD = INFINITE) -> HANDLE? {
    var wait: HANDLE?
    let done = RegisterWaitForSingleObject(&wait, object, recordCall, context, ms, flags)
    return done == 0 ? nil : wait
  }
}

func recordCall(context: UnsafeMutableRawPointer?, timeout: BOOLEAN) {
  Unmanaged<Calls>.fromOpaque(context!).takeUnretainedValue().run(timeout != 0)
}

/// Returns when the wait thread has finished everything that fired before. Good where there is one wait thread.
func passThroughWaitThread() {
  let calls = Calls()
  let signalled = newEvent(set: true)
  let wait = calls.register(signalled, flags: WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE)
  CWin32Tests.wait(for: calls.entered)
  #expect(UnregisterWaitEx(wait, lw_invalid_handle_value()) == 1)
  CloseHandle(signalled)
}

/// Runs `body` on a thread of CreateThread, which keeps it alive; the handle is the caller's to close.
func startThread(_ body: @escaping @Sendable () -> Void) -> HANDLE {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let context = Unmanaged.passRetained(Box(body)).toOpaque()
  let thread = CreateThread(
    nil, 0,
    { context in
      Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
      return 0
    }, context, 0, nil)
  guard let thread else { fatalError("no thread") }
  return thread
}

/// The pointer-sized address of a handle, for closures that cross threads.
struct Sent: @unchecked Sendable {
  let handle: HANDLE?
}

/// A counter that sets an event after each step.
final class Counted: @unchecked Sendable {  // @unchecked: the handle never changes
  private let count = Atomic<Int>(0)
  private let tell: HANDLE
  init(tell: HANDLE) { self.tell = tell }
  var value: Int { count.load(ordering: .sequentiallyConsistent) }
  func add(_ step: Int = 1) {
    count.add(step, ordering: .sequentiallyConsistent)
    SetEvent(tell)
  }
}

/// Returns when at one moment every thread but the calling one slept in the kernel, `count` of CreateThread among them.
/// Nobody then holds a lock that another sleeps for, so all of them sleep for something that only this thread can bring
/// about. Only in a process of the test's own.
func waitUntilAsleep(threads count: Int) {
  while true {
    let before = otherTasks()
    // A thread that has the same number of switches again has slept through the moment between the two looks.
    guard before.count(where: { $0.value.contains("\nName:\tthread-") }) == count,
      before.values.allSatisfy({ $0.contains("\nState:\tS") }), otherTasks() == before
    else {
      SwitchToThread()
      continue
    }
    return
  }
}

/// Name, state and number of switches of every thread of this process but the calling one.
private func otherTasks() -> [String: String] {
  let own = fileText("/proc/thread-self/stat").prefix { $0 != " " }
  let others = directoryNames("/proc/self/task").filter { $0 != own }
  return Dictionary(
    uniqueKeysWithValues: others.map { task in
      let wanted = ["Name", "State", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"]
      let lines = fileText("/proc/self/task/\(task)/status").split(separator: "\n").filter { line in
        wanted.contains { line.hasPrefix("\($0):") }
      }
      return (task, "\n" + lines.joined(separator: "\n"))
    })
}

func directoryNames(_ path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}

func fileText(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes.prefix(count), as: UTF8.self)
}

/// Descriptors that this process has open; without those of the kernel's own kinds, of which the Swift runtime opens
/// some whenever it needs them.
func descriptorCount() -> Int {
  guard let folder = opendir("/proc/self/fd") else { return -1 }
  defer { closedir(folder) }
  var count = 0
  while let entry = readdir(folder) {
    let number = withUnsafeBytes(of: &entry.pointee.d_name) {
      String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
    }
    var target = [UInt8](repeating: 0, count: 32)
    let length = target.withUnsafeMutableBytes { bytes in
      readlink("/proc/self/fd/\(number)", bytes.bindMemory(to: CChar.self).baseAddress!, bytes.count)
    }
    if !String(decoding: target.prefix(max(0, length)), as: UTF8.self).hasPrefix("anon_inode:") { count += 1 }
  }
  return count
}
