// What the threads of a controlled execution do, and when those begin that do not begin with it.
internal import CSchedule
internal import Synchronization

/// What one thread of a controlled execution does. The thread takes part in later executions, too: what it still holds
/// at the end of its part, a mutex of Win32 for example, is not given up as by a thread that ends.
public struct Part: Sendable {
  /// Its name, at most 15 bytes; reports and steps show it.
  public let name: String
  /// What has it begin; nil: the execution does.
  public let cue: Cue?
  /// What it does. What it throws is an ending of the execution.
  public let body: @Sendable () throws -> Void

  /// A part that begins with its execution, or on its `cue`. The first part of an execution has none.
  public init(named name: String, on cue: Cue? = nil, _ body: @escaping @Sendable () throws -> Void) {
    self.name = name
    self.cue = cue
    self.body = body
  }
}

/// What a part waits for to begin: another part gives it, where a program would create the thread. A thread that would
/// begin earlier and wait for something is two changes of hands more in each execution, and as many decisions that come
/// to nothing.
public final class Cue: Sendable {
  /// The part's place among those of its execution.
  private let place = Atomic<UInt32>(.max)

  /// A cue, of one part of one execution.
  public init() {}

  /// Has the part begin, under control: it may run before this returns. Said a second time it changes nothing; said
  /// never, the part is none of the execution's.
  public func give() {
    // relaxed: it was stored before the execution began.
    lw_control_give_cue(place.load(ordering: .relaxed))
  }

  func belong(toPartAt place: UInt32) { self.place.store(place, ordering: .relaxed) }
}
