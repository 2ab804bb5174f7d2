// Why a run could not be done; the module's one error.
internal import Glibc

/// A run that could not be done, or not to its end.
public enum HarnessError: Error, Equatable, CustomStringConvertible {
  /// The request makes no sense. The sentence says what would.
  case usage(String)
  /// The system refused something. The sentence says what to do.
  case environment(String)
  /// Latewrite contradicts itself, or a worker said so.
  case internalError(String)

  /// One sentence.
  public var description: String {
    switch self {
    case .usage(let sentence), .environment(let sentence), .internalError(let sentence): sentence
    }
  }
}

/// What the system last said, as text.
func systemReason() -> String { unsafe String(cString: strerror(errno)) }
