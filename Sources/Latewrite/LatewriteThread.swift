// Threads with names and an end that somebody waits for. A name is more than decoration: it selects the thread's stream
// of seeded delays, and reports show it.
internal import CArena

/// A thread of the system.
///
/// @unchecked Sendable: the C thread may be joined from any thread, once, which the type system sees to.
@safe public struct LatewriteThread: ~Copyable, @unchecked Sendable {
  @unsafe private let thread: OpaquePointer

  /// Starts a thread. At most 15 bytes of the name are kept. Throws `noMemory` when the system has none left. Letting
  /// the value go waits for the thread, as `join()` does.
  public init(named name: String, _ body: @escaping @Sendable () -> Void) throws(LatewriteError) {
    let context = unsafe Unmanaged.passRetained(ThreadBody(body))
    let started = unsafe lw_thread_create(
      name, { context in unsafe Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().body() },
      context.toOpaque())
    guard let started = unsafe started else {
      unsafe context.release()
      throw LatewriteError(.LW_NO_MEMORY, in: "LatewriteThread(named:_:)")
    }
    unsafe thread = started
    lw_point(.LW_POINT_BEGIN, nil, .LW_ACCESS_READ)  // the new thread may be faster than what its maker does next
  }

  deinit { unsafe lw_thread_join(thread) }

  /// Waits until the thread has ended.
  public consuming func join() {}

  /// Lets the thread go on by itself; nobody waits for it.
  public consuming func detach() {
    unsafe lw_thread_detach(thread)
    discard self
  }

  /// Names the calling thread.
  public static func setName(_ name: String) { unsafe lw_thread_set_name(name) }

  /// The calling thread's small number; another thread may get it after this one has ended.
  public static var currentNumber: UInt32 { lw_thread_self() }
}

/// A closure where C keeps a context pointer.
private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
