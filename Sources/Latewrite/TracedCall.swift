// Calls that the layers below leave no other trace of, numbered for the trace.

/// A Win32 call of which the trace holds nothing but the call itself.
package enum TracedCall: UInt64, Sendable, CaseIterable {
  case createEvent = 1
  case closeHandle
  case waitForSingleObject
  case getOverlappedResult
  case cancelIoEx
  case closeSocket
  case setSocketOption
  /// Not of Win32: `close()` cancels a future, whose ticket stands for a handle.
  case cancel
  /// Not of Win32: a situation lets another thread go on at its next point.
  case direction

  /// Records a call that has just returned.
  package func record(_ handle: UInt, result: UInt32 = 0) {
    Trace.record(.call, object: UInt64(handle), operation: rawValue, result: Int64(result))
  }

  /// The Win32 name.
  package var name: String {
    switch self {
    case .createEvent: "CreateEvent"
    case .closeHandle: "CloseHandle"
    case .waitForSingleObject: "WaitForSingleObject"
    case .getOverlappedResult: "GetOverlappedResult"
    case .cancelIoEx: "CancelIoEx"
    case .closeSocket: "closesocket"
    case .setSocketOption: "setsockopt"
    case .cancel: "cancel"
    case .direction: "direction"
    }
  }
}
