// Events, the simplest thing that can be waited for.
internal import COverlapped
internal import Latewrite

/// An event object, owned: it is closed with the value.
///
/// @unchecked Sendable: the handle is set once, and events are made for any number of threads.
@safe public struct Event: ~Copyable, @unchecked Sendable {
  /// What a wait does to a signalled event.
  public enum Reset: Sendable {
    /// Nothing: it stays signalled until `reset()`.
    case manual
    /// It is reset by the one wait that it releases.
    case automatic
  }

  /// Its name in the waiting functions.
  public let handle: WaitableHandle

  /// Creates an event.
  public init(_ reset: Reset = .manual, isSet: Bool = false) throws(Win32Error) {
    guard let created = unsafe CreateEventA(nil, reset == .manual ? 1 : 0, isSet ? 1 : 0, nil) else {
      throw Win32Error.last(in: "CreateEvent")
    }
    unsafe handle = WaitableHandle(created)
    TracedCall.createEvent.record(handle.value)
  }

  deinit {
    _ = unsafe CloseHandle(handle.pointer)
    TracedCall.closeHandle.record(handle.value)
  }

  /// Closes the event, as letting it go does. Closing one that a registered wait still waits for is finding LW017.
  public consuming func close() {}

  /// Signals it.
  public borrowing func set() {
    guard unsafe SetEvent(handle.pointer) != 0 else { fatalError("\(Win32Error.last(in: "SetEvent"))") }
  }

  /// Makes it unsignalled.
  public borrowing func reset() {
    guard unsafe ResetEvent(handle.pointer) != 0 else { fatalError("\(Win32Error.last(in: "ResetEvent"))") }
  }

  /// Whether it is signalled. Looking resets an automatic event.
  public var isSet: Bool { unsafe WaitForSingleObject(handle.pointer, 0) == WAIT_OBJECT_0 }
}
