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

  /// A cell as the table prints it.
  static func text(_ words: [CellWord]) -> String {
    words.isEmpty ? "ok" : words.map(\.rawValue).joined(separator: ", ")
  }
}
