// Revisions as presets of behaviours, named after the commits of CPython that they rebuild.

/// A state of asyncio's proactor.
public struct ProactorRevision: Sendable, Hashable {
  /// How the command line and reports call it.
  public let name: String
  /// The commit whose state it is.
  public let commit: String
  /// Date of that commit, ISO 8601.
  public let date: String
  /// What is right or wrong with it, in one sentence.
  public let sentence: String
  /// What it does.
  public let behaviours: ProactorBehaviours

  /// Before the fix: what 313a9809 introduced, as b261475a left it.
  public static let beforeD0a28dee = ProactorRevision(
    name: "d0a28dee^", commit: "b261475a", date: "2014-08-25",
    sentence: "A cancelled wait is dropped from the cache by a fake packet, and its OVERLAPPED is freed while the wait "
      + "thread may still write into it and post it.",
    behaviours: [.fakePacketOnCancel, .immediatePoll, .closeForgetsFinished])

  /// The fix.
  public static let fix24dfa3c1 = ProactorRevision(
    name: "24dfa3c1", commit: "24dfa3c1", date: "2015-01-26",
    sentence:
      "A wait is unregistered with an event, ERROR_IO_PENDING means \"not yet\", and the OVERLAPPED is freed only "
      + "after the event was seen.",
    behaviours: [.unregisterWithEvent, .ioPendingMeansNotYet, .waitCancelIsFinal])

  /// Every revision, oldest first.
  public static let all: [ProactorRevision] = [beforeD0a28dee, fix24dfa3c1]

  /// The revision of that name.
  public init?(named name: String) {
    guard let revision = Self.all.first(where: { $0.name == name }) else { return nil }
    self = revision
  }

  private init(name: String, commit: String, date: String, sentence: String, behaviours: ProactorBehaviours) {
    self.name = name
    self.commit = commit
    self.date = date
    self.sentence = sentence
    self.behaviours = behaviours
  }
}
