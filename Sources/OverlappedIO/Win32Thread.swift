// Threads as waitable objects. (Those of the project itself are LatewriteThread, which no handle names.)
internal import COverlapped

/// A thread, owned as a handle: letting the value go closes the handle and leaves the thread alone.
///
/// @unchecked Sendable: the handle is set once, and its calls may come from any thread.
@safe public struct Win32Thread: ~Copyable, @unchecked Sendable {
  /// Signalled when the thread has ended.
  public let handle: WaitableHandle

  /// Starts a thread that runs `body`, whose result is its exit code.
  public init(_ body: @escaping @Sendable () -> UInt32) throws(Win32Error) {
    let context = unsafe Unmanaged.passRetained(ThreadBody(body))
    let started = unsafe CreateThread(
      nil, 0, { unsafe Unmanaged<ThreadBody>.fromOpaque($0!).takeRetainedValue().run() }, context.toOpaque(), 0, nil)
    guard let started = unsafe started else {
      let error = Win32Error.last(in: "CreateThread")
      unsafe context.release()
      throw error
    }
    unsafe handle = WaitableHandle(started)
  }

  deinit { _ = unsafe CloseHandle(handle.pointer) }

  /// Closes the handle.
  public consuming func close() {}
}

/// A closure where C keeps a context pointer; released by the thread.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> UInt32

  init(_ run: @escaping @Sendable () -> UInt32) { self.run = run }
}
