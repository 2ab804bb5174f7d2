// The words of the matrix: what can be said about a situation on a revision, each said when it was seen.

/// One observation in a cell. Their order is the order in which a cell tells them.
public enum CellWord: String, Codable, Sendable, CaseIterable, Comparable {
  /// Nothing could go on any more, or an end was waited for in vain.
  case hang = "HANG"
  /// A call on the proactor's surface threw an error of the system.
  case raises = "OSError/crash"
  /// A wait was told that its handle was not signalled, and nobody had given it a time limit.
  case falseAnswer = "False (wrong)"
  /// A wait was told that its handle was signalled, and it was not by whoever it belongs to.
  case trueAnswer = "True (wrong)"
  /// The pool set an event by a handle that was closed.
  case setsClosed = "SetEvent on closed handle"
  /// The pool set an event by a handle whose value somebody else has by now.
  case setsRecycled = "SetEvent on recycled handle"
  /// A packet came for nobody.
  case unexpected = "unexpected event"
  /// An operation that still ran was told the error of one that does not.
  case incomplete = "WinError 996"
  /// And was cancelled for it.
  case incompleteCancelled = "then CancelIoEx"
  /// Something stayed in the cache of which nothing will come.
  case leaks = "entry leaks"
  /// After close() a future was still pending.
  case staysPending = "stays PENDING"
  /// After close() it was cancelled.
  case cancelled = "CANCELLED"
  /// An operation was told that its connection was reset.
  case reset = "ConnectionResetError"
  /// Bytes that had arrived were given to nobody.
  case bytesLost = "bytes lost"
  /// Memory was given back while the kernel still owned it.
  case freedPending = "freed while pending"
  /// An operation that was none of its business was cancelled too.
  case othersCancelled = "others cancelled"
  /// A handle was closed that belongs to somebody else.
  case closesOthers = "closes another's handle"
  /// A client was not served.
  case notServed = "client not served"
  /// A future got a second end.
  case invalidState = "InvalidStateError"

  /// In the order of the cases.
  public static func < (one: CellWord, other: CellWord) -> Bool { one.place < other.place }

  private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// What it says, for people.
  var meaning: String {
    switch self {
    case .hang: "nothing could go on any more, or close() waited for what never came"
    case .raises: "a call of the proactor threw an error of the system; in CPython the process may crash"
    case .falseAnswer: "a wait without a time limit was told that its handle is not signalled"
    case .trueAnswer: "a wait was told that its handle is signalled, by a packet of somebody else"
    case .setsClosed: "the wait pool set an event whose handle had been closed"
    case .setsRecycled: "the wait pool set an event by a handle that is somebody else's by now"
    case .unexpected: "a packet came that belongs to no operation"
    case .incomplete: "an operation that still runs was told that it has failed (\"not in a signaled state\")"
    case .incompleteCancelled: "and was cancelled for that"
    case .leaks: "an operation stays in the proactor, and nothing will ever complete it"
    case .staysPending: "the proactor is closed, and a future of it still pending"
    case .cancelled: "closing the proactor has cancelled a future, as it should"
    case .reset: "an operation was told that its connection was reset"
    case .bytesLost: "bytes that had arrived were given to nobody"
    case .freedPending: "memory was given back while the kernel still worked on it"
    case .othersCancelled: "what belongs to another server was cancelled too"
    case .closesOthers: "a handle was closed that is somebody else's by now"
    case .notServed: "a client was not served"
    case .invalidState: "a future got a second end"
    }
  }

  /// A cell as the table prints it.
  static func text(_ words: [CellWord]) -> String {
    words.isEmpty ? "ok" : words.map(\.rawValue).joined(separator: ", ")
  }
}
