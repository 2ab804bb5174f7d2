// Semaphores: what a wait takes from. A registered wait takes one on its wait thread, so that whoever looks afterwards
// - asyncio's proactor does - looks at what is left.
internal import COverlapped

/// A semaphore, owned: it is closed with the value. Signalled while its count is above zero; a wait takes one.
///
/// @unchecked Sendable: the handle is set once, and semaphores are made for any number of threads.
@safe public struct Semaphore: ~Copyable, @unchecked Sendable {
  /// Its name in the waiting functions.
  public let handle: WaitableHandle

  /// Creates a semaphore. Throws `invalidParameter` for a maximum below 1 and an initial count that is not within.
  public init(count: Int32 = 0, maximum: Int32 = .max) throws(Win32Error) {
    guard let created = unsafe CreateSemaphoreA(nil, count, maximum, nil) else {
      throw Win32Error.last(in: "CreateSemaphore")
    }
    unsafe handle = WaitableHandle(created)
  }

  deinit { _ = unsafe CloseHandle(handle.pointer) }

  /// Closes the semaphore, as letting it go does.
  public consuming func close() {}

  /// Adds `count`. Returns what the count was. Throws when it would exceed the maximum (error 298), and adds nothing
  /// then.
  @discardableResult
  public borrowing func release(_ count: Int32 = 1) throws(Win32Error) -> Int32 {
    var before: Int32 = 0
    guard unsafe ReleaseSemaphore(handle.pointer, count, &before) != 0 else {
      throw Win32Error.last(in: "ReleaseSemaphore")
    }
    return before
  }
}
