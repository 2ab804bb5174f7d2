// Threads of the module for tests: a closure on a named thread that is joined when its result is asked for.
import CSchedule
import Foundation
import Glibc
import Synchronization

/// A value that threads of a test share; each test says who may touch it when.
final class Shared<Value>: @unchecked Sendable {
  // @unchecked: the tests order their accesses with the locks and parking that they test, or use atomics.
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// An atomic counter or flag that closures can capture.
final class Counter: Sendable {
  let atomic = Atomic<Int>(0)
  var value: Int { atomic.load(ordering: .sequentiallyConsistent) }
  func set(_ value: Int) { atomic.store(value, ordering: .sequentiallyConsistent) }
  func add(_ value: Int = 1) { atomic.add(value, ordering: .sequentiallyConsistent) }
}

/// A thread made by `lw_thread_create` that runs a closure. Exactly one `join`.
struct RunningThread: @unchecked Sendable {
  // @unchecked: the handle is only joined, by whoever holds this value.
  private let handle: OpaquePointer

  init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let context = Unmanaged.passRetained(Shared(body))
    handle = lw_thread_create(
      name,
      { context in Unmanaged<Shared<@Sendable () -> Void>>.fromOpaque(context!).takeRetainedValue().value() },
      context.toOpaque())!
  }

  var number: lw_thread_number { lw_thread_number_of(handle) }
  func join() { lw_thread_join(handle) }
}

/// Runs the closure on a new thread of that name and returns what it returns.
func onThread<Value>(named name: String, _ body: @escaping @Sendable () -> Value) -> Value {
  let result = Shared<Value?>(nil)
  RunningThread(name) { result.value = body() }.join()
  return result.value!
}

/// LW_NEVER, whose macro Swift does not see.
let never = lw_time.max

/// Parks until the condition holds; whoever makes it true unparks this thread.
func parkUntil(_ condition: () -> Bool) {
  while !condition() { _ = lw_park(nil, never) }
}

/// The name that the module knows for a thread number.
func nameOfThread(_ number: lw_thread_number) -> String {
  var bytes = [CChar](repeating: 0, count: Int(LW_THREAD_NAME_BYTES))
  lw_thread_name(number, &bytes)
  return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Returns when at one moment every other thread of the process slept in the kernel. Nobody then holds a lock that
/// another sleeps for, so each sleeps for something that only the caller can bring about. Only in a process of the
/// test's own.
func waitUntilOthersSleep() {
  while true {
    let before = otherTasks()
    // A thread that has the same number of switches again has slept through the moment between the two looks.
    if before.values.allSatisfy({ $0.contains("State:\tS") }) && otherTasks() == before { return }
    sched_yield()
  }
}

/// State and number of switches of every thread of this process but the calling one.
private func otherTasks() -> [String: String] {
  let files = FileManager.default
  let own = (try? files.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""  // PROCESS/task/THREAD
  let tasks = (try? files.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
  return Dictionary(
    uniqueKeysWithValues: tasks.filter { !own.hasSuffix("/task/\($0)") }.map { task in
      let status = String(decoding: files.contents(atPath: "/proc/self/task/\(task)/status") ?? Data(), as: UTF8.self)
      let lines = status.split(separator: "\n").filter { $0.contains("State:") || $0.contains("_switches:") }
      return (task, lines.joined())
    })
}

/// A thread that the module did not make. Exactly one `join`.
struct ForeignThread: @unchecked Sendable {
  // @unchecked: the handle is only joined, by whoever holds this value.
  private let handle: pthread_t

  init(_ body: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    let context = Unmanaged.passRetained(Shared(body)).toOpaque()
    let failed = pthread_create(
      &handle, nil,
      {
        Unmanaged<Shared<@Sendable () -> Void>>.fromOpaque($0!).takeRetainedValue().value()
        return nil
      }, context)
    if failed != 0 { fatalError("a test could not make a thread") }
    self.handle = handle
  }

  func join() { pthread_join(handle, nil) }
}
