// Whether plain memory is explored too: that is decided where code is compiled.
internal import CRuntime

extension Explorer {
  /// Whether this program has code whose loads, stores and atomic operations are scheduling points: targets with
  /// `swiftSettings: [.unsafeFlags(["-Xfrontend", "-sanitize=thread"])]`. What races there by plain variables, by
  /// `Atomic`, or between two uses of a `Mutex`, is found as what races by `Shared` is. False in programs that the
  /// thread sanitizer itself watches.
  public static var hasMemoryPoints: Bool { lw_has_memory_points() }
}
