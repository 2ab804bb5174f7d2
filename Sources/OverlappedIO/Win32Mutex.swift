// Mutexes: what belongs to the thread that has waited for it. So no thread of a pool can wait for one on behalf of
// another, and registering such a wait is refused.
internal import COverlapped

/// A mutex, owned as a handle: it is closed with the value. A wait makes the waiting thread its owner, who releases it
/// as often as it has waited.
///
/// @unchecked Sendable: the handle is set once, and mutexes are made for any number of threads.
@safe public struct Win32Mutex: ~Copyable, @unchecked Sendable {
  /// Its name in the waiting functions.
  public let handle: WaitableHandle

  /// Creates a mutex; `isOwned`: the calling thread has it.
  public init(isOwned: Bool = false) throws(Win32Error) {
    guard let created = unsafe CreateMutexA(nil, isOwned ? 1 : 0, nil) else {
      throw Win32Error.last(in: "CreateMutex")
    }
    unsafe handle = WaitableHandle(created)
  }

  deinit { _ = unsafe CloseHandle(handle.pointer) }

  /// Closes the mutex, as letting it go does.
  public consuming func close() {}

  /// Takes back one wait of the calling thread. Throws when that is not its owner (error 288).
  public borrowing func release() throws(Win32Error) {
    guard unsafe ReleaseMutex(handle.pointer) != 0 else { throw Win32Error.last(in: "ReleaseMutex") }
  }
}
