// Where Swift code that is part of a scenario lets others go first. Free running, a point may delay the thread; under
// control it may hand the processor over. It stands before the act that it announces.
internal import CArena

/// How an announced act touches its object. Independent acts need no other order to be tried.
public enum Access: UInt32, Sendable {
  /// It only looks.
  case read
  /// It changes something.
  case write
}

/// Where in the source an act stands, for whoever reads the steps of a controlled execution.
@usableFromInline struct SourcePlace {
  let file: StaticString
  let line: UInt

  @usableFromInline init(_ file: StaticString, _ line: UInt) {
    self.file = file
    self.line = line
  }

  /// The next point of the calling thread is there.
  func tell() {
    let name = unsafe UnsafeRawPointer(file.utf8Start).assumingMemoryBound(to: CChar.self)
    unsafe lw_here(name, UInt32(truncatingIfNeeded: line))
  }
}

/// Announces that the calling thread is about to touch `object`. Never call it with a lock held.
public func schedulingPoint(
  _ access: Access, on object: AnyObject, file: StaticString = #fileID, line: UInt = #line
) {
  SourcePlace(file, line).tell()
  let address = unsafe UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque())
  unsafe lw_point(.LW_POINT_USER, address, access == .read ? .LW_ACCESS_READ : .LW_ACCESS_WRITE)
}

/// Decisions of a scenario that are not about threads.
public enum Choices {
  /// Seeds the decisions of every thread, without delays: each thread derives its own stream from the seed and its
  /// name.
  public static func seed(_ seed: UInt64) { lw_choices_seed(seed) }

  /// A number below `count`, which must be at least 1, from the calling thread's seeded stream.
  public static func choose(below count: UInt32) -> UInt32 {
    guard count > 0 else { fatalError("Choices.choose: there is nothing to choose from") }
    return lw_choose(.LW_CHOICE_USER, nil, count)
  }
}
