// Waiting for handles. Timeouts are durations here and whole milliseconds below: a started millisecond counts.
internal import COverlapped
internal import Latewrite

/// How a wait ended.
public enum WaitOutcome: Sendable, Hashable {
  /// The object is signalled; an automatic event has been reset by that.
  case signalled
  /// The time is up.
  case timedOut
}

/// A timeout as Win32 takes it: nil for ever, a started millisecond counts, and what is too long is for ever.
package func wholeMilliseconds(_ timeout: Duration?) -> UInt32 {
  guard let timeout else { return INFINITE }
  guard timeout > .zero else { return 0 }
  let (seconds, attoseconds) = timeout.components
  let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
  let (sum, overflowed) = product.addingReportingOverflow(fraction)
  return overflow || overflowed || sum >= Int64(INFINITE) ? INFINITE : UInt32(sum)
}

/// Waits until `handle` is signalled or `timeout` has passed; nil waits for ever, zero only looks.
public func wait(for handle: WaitableHandle, timeout: Duration? = nil) throws(Win32Error) -> WaitOutcome {
  let result = unsafe WaitForSingleObject(handle.pointer, wholeMilliseconds(timeout))
  TracedCall.waitForSingleObject.record(handle.value, result: result)
  switch result {
  case WAIT_OBJECT_0: return .signalled
  case WAIT_TIMEOUT: return .timedOut
  default: throw Win32Error.last(in: "WaitForSingleObject")
  }
}

/// Waits until one of 1 ... 64 handles is signalled. Returns the lowest index of those, nil when the time is up.
public func waitForAny(of handles: [WaitableHandle], timeout: Duration? = nil) throws(Win32Error) -> Int? {
  let result = waitForMultiple(handles, all: false, timeout)
  if result == WAIT_TIMEOUT { return nil }
  guard result < MAXIMUM_WAIT_OBJECTS else { throw Win32Error.last(in: "WaitForMultipleObjects") }
  return Int(result)
}

/// Waits until all of 1 ... 64 handles are signalled at one moment; nothing is consumed before.
public func waitForAll(of handles: [WaitableHandle], timeout: Duration? = nil) throws(Win32Error) -> WaitOutcome {
  let result = waitForMultiple(handles, all: true, timeout)
  if result == WAIT_TIMEOUT { return .timedOut }
  guard result < MAXIMUM_WAIT_OBJECTS else { throw Win32Error.last(in: "WaitForMultipleObjects") }
  return .signalled
}

private func waitForMultiple(_ handles: [WaitableHandle], all: Bool, _ timeout: Duration?) -> UInt32 {
  let pointers = unsafe handles.map { unsafe $0.pointer }
  return unsafe pointers.withUnsafeBufferPointer { pointers in
    unsafe WaitForMultipleObjects(
      UInt32(pointers.count), pointers.baseAddress, all ? 1 : 0, wholeMilliseconds(timeout))
  }
}
