// How a text report looks: colours, how many frames, how paths are shortened.
internal import FoundationEssentials
internal import Glibc

/// Choices about a text report that change nothing in what it says.
public struct TextStyle: Sendable, Hashable {
  /// Every frame, also those of the system and of Latewrite itself.
  public var isFull: Bool
  /// Escape sequences for bold and colour.
  public var isColored: Bool
  /// Left away at the beginning of source files; nil for none.
  public var pathPrefix: String?

  /// Without colour and folded, with paths relative to the working directory.
  public init(isFull: Bool = false, isColored: Bool = false, pathPrefix: String? = Self.workingDirectory) {
    self.isFull = isFull
    self.isColored = isColored
    self.pathPrefix = pathPrefix
  }

  /// The working directory with a slash behind it; nil when it is the root or gone.
  public static var workingDirectory: String? {
    let path = FileManager.default.currentDirectoryPath
    return path.isEmpty || path == "/" ? nil : path + "/"
  }

  /// Whether standard output takes colours: FORCE_COLOR says yes, else NO_COLOR says no, else a terminal says yes.
  public static var standardOutputTakesColor: Bool {
    colorWanted(environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDOUT_FILENO) == 1)
  }

  static func colorWanted(environment: [String: String], isTerminal: Bool) -> Bool {
    func isSet(_ key: String) -> Bool { environment[key].map { !$0.isEmpty } ?? false }
    if isSet("FORCE_COLOR") { return environment["FORCE_COLOR"] != "0" }
    return isTerminal && !isSet("NO_COLOR") && environment["TERM"] != "dumb"
  }

  enum Ink: String { case alarm = "1;31", heading = "1", pointer = "1;33", faint = "2" }

  func ink(_ ink: Ink, _ text: String) -> String { isColored ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text }

  func shortened(_ file: String) -> String {
    guard let pathPrefix, file.hasPrefix(pathPrefix) else { return file }
    return String(file.dropFirst(pathPrefix.count))
  }
}
