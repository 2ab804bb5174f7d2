// Exit tests that make findings in the process's default scope: where their raw records go, and what they said.
import CWin32
import Glibc
import Testing

/// Sends this process's raw records to a directory of their own. Comes before the first finding.
func useTemporaryReports() {
  var template = Array("/tmp/latewrite-win32-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { fatalError("no temporary directory: errno \(errno)") }
  let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  setenv("LATEWRITE_OPTIONS", "log_path=\(path)", 1)
}

extension ExitTest.Result {
  /// What the child wrote to standard error.
  var says: String { String(decoding: standardErrorContent, as: UTF8.self) }
}
