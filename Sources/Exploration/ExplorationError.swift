// What all that explores, repeats and shrinks throws.

/// Why exploring could not go on, one sentence.
public struct ExplorationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}
