// What a child process of an exit test wrote, as text.
import Testing

extension ExitTest.Result {
  /// What the child wrote to standard error.
  var says: String { String(decoding: standardErrorContent, as: UTF8.self) }
}
