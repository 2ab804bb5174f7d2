// Handles as values. Who owns the object says so by its type (Event, ChildProcess, CompletionPort); this is only its
// name, as Win32 passes handles around: it may be stale, and using it then is what rule LW009 is about.
internal import COverlapped

/// The handle of something that can be waited for. It owns nothing.
@safe public struct WaitableHandle: Sendable, Hashable, CustomStringConvertible {
  /// The handle's value.
  public let value: UInt

  @unsafe package init(_ handle: UnsafeMutableRawPointer) { value = UInt(bitPattern: handle) }

  package init(value: UInt) { self.value = value }

  /// INVALID_HANDLE_VALUE, and INVALID_SOCKET.
  package static let nothing = WaitableHandle(value: .max)

  @unsafe package var pointer: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(bitPattern: value) }

  /// "0x424".
  public var description: String { "0x" + String(value, radix: 16) }
}
