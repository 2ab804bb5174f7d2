// The one error of this module: what failed, where, and what to do next, in one sentence that a command can print as
// it is.

/// Why a record could not be read or a report could not be written.
public struct CrashReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is; new kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Storage: Hashable {
      case unreadable, notARecord, otherVersion, cutShort, notAReport, notWritable, noSuchFinding, ambiguous
    }
    private let storage: Storage

    /// The file or directory cannot be opened or read.
    public static let unreadable = Code(storage: .unreadable)
    /// The bytes are no raw record of Latewrite.
    public static let notARecord = Code(storage: .notARecord)
    /// The file was written by another version of Latewrite.
    public static let otherVersion = Code(storage: .otherVersion)
    /// The file ends before its header does.
    public static let cutShort = Code(storage: .cutShort)
    /// The file is no report.json or findings.jsonl of this schema.
    public static let notAReport = Code(storage: .notAReport)
    /// The report cannot be written: a full disk, a read-only place, no directory.
    public static let notWritable = Code(storage: .notWritable)
    /// Nothing stored has that signature, or there is no such rule.
    public static let noSuchFinding = Code(storage: .noSuchFinding)
    /// More than one stored finding begins with that signature.
    public static let ambiguous = Code(storage: .ambiguous)
  }

  /// What kind of failure it is.
  public let code: Code
  /// One sentence without a line break: what failed, why, and what to do.
  public let description: String

  init(_ code: Code, _ sentence: String) {
    self.code = code
    description = sentence
  }
}
