// The wish to end a run early, from an interrupt or from a test.
internal import Synchronization

/// Can be made from any thread, once; everybody who runs something looks at it.
public final class StopRequest: Sendable {
  private let wanted = Atomic<Bool>(false)

  /// No wish yet.
  public init() {}

  /// Makes the wish.
  public func make() { wanted.store(true, ordering: .releasing) }

  /// Whether it was made.
  public var isMade: Bool { wanted.load(ordering: .acquiring) }
}
