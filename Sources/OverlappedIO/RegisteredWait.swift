// Registered waits. A registration must be unregistered exactly once, whatever the answer; the type system sees to
// that, and the answer says whether a callback may still be at work.
internal import COverlapped

/// A wait that the thread pool does for the program.
///
/// Letting the value go unregisters it and waits for its callback to return; never do that inside the callback itself
/// (finding LW018). It may be unregistered on any thread.
public struct RegisteredWait: ~Copyable, Sendable {
  /// Where a callback runs.
  public enum CallbackThread: Sendable {
    /// On the wait thread itself, one callback at a time; short work only.
    case waitThread
    /// On a thread of the pool.
    case poolThread
  }

  /// What an unregistration knew.
  public enum Unregistration: Sendable, Hashable {
    /// No callback is running or ever will be.
    case ended
    /// The registration is gone, but a callback is running or will still begin (ERROR_IO_PENDING).
    case callbackPending
  }

  /// A promise of an unregistration that is broken on purpose, in the whole process.
  package enum Fault: UInt32, Sendable {
    /// None.
    case none
    /// A callback that is queued is not waited for.
    case forgetsQueued
    /// A callback that runs is not waited for.
    case forgetsRunning
    /// The answer is `ended`, although a callback is pending.
    case answersEnded
  }

  /// Breaks a promise from now on, or keeps them all again.
  package static func commit(_ fault: Fault) { lw_wait_fault_commit(lw_wait_fault(rawValue: fault.rawValue)!) }

  /// Whether wait threads notice a signal only when they get to run, so that an unregistration may come between.
  package static func noticeLate(_ late: Bool) { lw_wait_notice_late(late) }

  /// How many registrations of this process have not ended.
  package static var openCount: UInt64 { lw_win32_count().registrations }

  private let name: Name

  /// Calls `callback` once when `handle` is signalled (false) or `timeout` has passed (true).
  public init(
    on handle: WaitableHandle, timeout: Duration? = nil, callbackOn thread: CallbackThread = .waitThread,
    _ callback: @escaping @Sendable (_ timedOut: Bool) -> Void
  ) throws(Win32Error) {
    let flags = WT_EXECUTEONLYONCE | (thread == .waitThread ? WT_EXECUTEINWAITTHREAD : WT_EXECUTEDEFAULT)
    let context = unsafe Unmanaged.passRetained(WaitCallback(callback))
    var wait: UnsafeMutableRawPointer?
    let done = unsafe lw_register_wait(
      &wait, handle.pointer,
      { context, timedOut in
        unsafe Unmanaged<WaitCallback>.fromOpaque(context!).takeUnretainedValue().run(timedOut != 0)
      }, context.toOpaque(), wholeMilliseconds(timeout), flags, lw_loan(),
      { context, _ in unsafe Unmanaged<WaitCallback>.fromOpaque(context!).release() })
    guard done != 0 else {
      let error = Win32Error.last(in: "RegisterWaitForSingleObject")
      unsafe context.release()
      throw error
    }
    name = unsafe Name(wait: wait)
  }

  /// Posts a packet to `port` when `handle` is signalled or the time has passed: the callback, on the wait thread,
  /// stores status and `ticket` (not 0) into `overlapped` through a loan, then posts its address; the packet holds the
  /// loan until it leaves the port.
  public init(
    on handle: WaitableHandle, postingTo port: borrowing CompletionPort, overlapped: borrowing Overlapped,
    timeout: Duration? = nil, ticket: UInt64
  ) throws(Win32Error) {
    name = try Name(
      on: handle, postingTo: port.name, overlappedAt: overlapped.address, timeout: timeout, ticket: ticket)
  }

  deinit { name.unregisterAndWait() }

  /// Ends the registration (UnregisterWait).
  public consuming func unregister() throws(Win32Error) -> Unregistration {
    let name = name
    discard self
    return try name.unregister()
  }

  /// Ends the registration (UnregisterWaitEx); `event` is set when no callback is running or will be, whatever is
  /// returned. Do not close it before.
  public consuming func unregister(signalling event: borrowing Event) throws(Win32Error) -> Unregistration {
    let name = name
    discard self
    return try name.unregister(signalling: event)
  }

  /// Ends the registration and waits until no callback is running or will be, as letting the value go does.
  public consuming func unregisterAndWait() {}

  /// The name of a registration that nobody owns, as Win32 passes it around. Whoever has it unregisters the wait, too
  /// often (LW008) or not at all.
  ///
  /// @unchecked Sendable: it is set once.
  @safe package struct Name: @unchecked Sendable, CustomStringConvertible {
    @unsafe private let wait: UnsafeMutableRawPointer?

    fileprivate init(wait: UnsafeMutableRawPointer?) { unsafe self.wait = unsafe wait }

    /// Posts a packet, as the wait that somebody owns does, for the OVERLAPPED at an address, which must be there.
    package init(
      on handle: WaitableHandle, postingTo port: CompletionPort.Name, overlappedAt address: UInt,
      timeout: Duration?, ticket: UInt64
    ) throws(Win32Error) {
      var wait: UnsafeMutableRawPointer?
      let overlapped = unsafe UnsafeMutablePointer<OVERLAPPED>(bitPattern: address)!
      let done = unsafe lw_register_wait_with_queue(
        handle.pointer, port.handle.pointer, overlapped, wholeMilliseconds(timeout), ticket, &wait)
      guard done != 0 else { throw Win32Error.last(in: "RegisterWaitWithQueue") }
      unsafe self.wait = unsafe wait
    }

    /// "0x7f00".
    package var description: String { "0x" + String(unsafe UInt(bitPattern: wait), radix: 16) }

    /// UnregisterWait. Throws `invalidHandle` when it was unregistered before.
    package func unregister() throws(Win32Error) -> Unregistration {
      try Self.unregistration(unsafe UnregisterWait(wait), "UnregisterWait")
    }

    /// UnregisterWaitEx with an event.
    package func unregister(signalling event: borrowing Event) throws(Win32Error) -> Unregistration {
      try Self.unregistration(unsafe UnregisterWaitEx(wait, event.handle.pointer), "UnregisterWaitEx")
    }

    /// Ends the registration and waits until no callback is running or will be.
    package func unregisterAndWait() { _ = unsafe UnregisterWaitEx(wait, lw_invalid_handle_value()) }

    private static func unregistration(_ done: Int32, _ call: String) throws(Win32Error) -> Unregistration {
      if done != 0 { return .ended }
      let error = Win32Error.last(in: call)
      if error.code == .ioPending { return .callbackPending }
      throw error
    }
  }
}

/// A closure where C keeps a context pointer; released by C's end of the registration.
private final class WaitCallback: Sendable {
  let run: @Sendable (Bool) -> Void

  init(_ run: @escaping @Sendable (Bool) -> Void) { self.run = run }
}
