// The one error of this module: the code that GetLastError gives, the call that failed, and what the code means.
internal import COverlapped

/// A Win32 call failed.
public struct Win32Error: Error, Sendable, Hashable, CustomStringConvertible {
  /// A Win32 error code.
  public struct Code: Sendable, Hashable, RawRepresentable {
    /// As GetLastError gives it.
    public let rawValue: UInt32

    /// Wraps a code.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// 2: there is no such file.
    public static let fileNotFound = Code(rawValue: ERROR_FILE_NOT_FOUND)
    /// 5: not permitted.
    public static let accessDenied = Code(rawValue: ERROR_ACCESS_DENIED)
    /// 6: the handle is closed or of another kind.
    public static let invalidHandle = Code(rawValue: ERROR_INVALID_HANDLE)
    /// 8: the system or the arena has no room left.
    public static let notEnoughMemory = Code(rawValue: ERROR_NOT_ENOUGH_MEMORY)
    /// 87: an argument is out of bounds.
    public static let invalidParameter = Code(rawValue: ERROR_INVALID_PARAMETER)
    /// 64: the connection was reset, or the socket closed.
    public static let netnameDeleted = Code(rawValue: ERROR_NETNAME_DELETED)
    /// 109: the other end of the pipe was closed.
    public static let brokenPipe = Code(rawValue: ERROR_BROKEN_PIPE)
    /// 231: all instances of the pipe have a client.
    public static let pipeBusy = Code(rawValue: ERROR_PIPE_BUSY)
    /// 232: the pipe is being closed; for a server, its client came and went.
    public static let noData = Code(rawValue: ERROR_NO_DATA)
    /// 535: a client is there already.
    public static let pipeConnected = Code(rawValue: ERROR_PIPE_CONNECTED)
    /// 735: the port was closed while it was waited for.
    public static let abandonedWait = Code(rawValue: ERROR_ABANDONED_WAIT_0)
    /// 995: the operation was cancelled.
    public static let operationAborted = Code(rawValue: ERROR_OPERATION_ABORTED)
    /// 996: the operation is still running.
    public static let ioIncomplete = Code(rawValue: ERROR_IO_INCOMPLETE)
    /// 997: not yet; a callback is running or will run.
    public static let ioPending = Code(rawValue: ERROR_IO_PENDING)
    /// 1225: nobody listens there.
    public static let connectionRefused = Code(rawValue: ERROR_CONNECTION_REFUSED)
    /// 1234: a datagram sent before has met nobody.
    public static let portUnreachable = Code(rawValue: ERROR_PORT_UNREACHABLE)
    /// 10022 (Winsock): the socket is not in the state for it.
    public static let invalidSocketState = Code(rawValue: UInt32(WSAEINVAL))
    /// 10038 (Winsock): it is no socket, or was closed.
    public static let notSocket = Code(rawValue: UInt32(WSAENOTSOCK))
    /// 10040 (Winsock): a datagram is longer than datagrams can be, or than what it is received into.
    public static let messageTooLong = Code(rawValue: UInt32(WSAEMSGSIZE))
    /// 10054 (Winsock): the connection was reset.
    public static let connectionReset = Code(rawValue: UInt32(WSAECONNRESET))
    /// 1168: there is nothing of that kind.
    public static let notFound = Code(rawValue: ERROR_NOT_FOUND)

    private static let sentences: [Code: String] = [
      .fileNotFound: "the file does not exist", .accessDenied: "access is denied",
      .invalidHandle: "the handle is invalid: it was closed, or is of another kind",
      .notEnoughMemory: "there is not enough memory for it", .invalidParameter: "an argument is out of bounds",
      .netnameDeleted: "the connection was reset or its socket closed", .connectionRefused: "nobody listens there",
      .portUnreachable: "a datagram sent before has met nobody",
      .invalidSocketState: "the socket is not in the state for it", .connectionReset: "the connection was reset",
      .notSocket: "it is no socket, or was closed", .messageTooLong: "the datagram is too long",
      .brokenPipe: "the other end of the pipe was closed", .pipeBusy: "all instances of the pipe are busy",
      .noData: "the pipe is being closed", .pipeConnected: "a client is there already",
      .abandonedWait: "the port was closed while it was waited for", .operationAborted: "the operation was cancelled",
      .ioIncomplete: "the operation is still running", .ioPending: "the operation will end later",
      .notFound: "there is nothing to find",
    ]

    /// What the code means.
    public var sentence: String { Self.sentences[self] ?? systemSentence ?? "an error that has no name here" }
  }

  /// What went wrong.
  public let code: Code
  /// The Win32 call that failed.
  public let call: String
  /// What the code means.
  public var sentence: String { code.sentence }
  /// "UnregisterWaitEx failed: the handle is invalid ... (error 6)".
  public var description: String { "\(call) failed: \(sentence) (error \(code.rawValue))" }

  /// Describes a failed call.
  public init(_ code: Code, in call: String) {
    self.code = code
    self.call = call
  }

  /// The calling thread's last error; call it right behind the call that failed.
  static func last(in call: String) -> Win32Error { Win32Error(Code(rawValue: GetLastError()), in: call) }
}
