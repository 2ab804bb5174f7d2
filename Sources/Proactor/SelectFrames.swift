// What the frames of a select keep alive, and of the poll that it called. In CPython an error that is caught in the
// poll has a traceback, and that has these frames: as long as a future with such an error is there, so is what the
// poll took out of the cache last and, until poll and select() forgot them, the futures that were completed with it.
// Futures among them that nobody else has any more tell the log of their errors, and give their memory back, only
// then.
//
// Frames and errors are circles, of which CPython's garbage collector finds those that nobody has from outside. Here
// the frames count who has them from outside: the call itself, while it runs, and each error whose future somebody has.

/// The frames of one select. Used on the loop's thread.
final class SelectFrames {
  private var holders = 1
  private var overlappeds: [OverlappedReference] = []
  private var objects: [PortObject] = []
  /// Of the futures that are named by variables those that nobody else has.
  private var abandoned: [AnyLoopFuture] = []

  /// Whether an error has them.
  var hasErrors: Bool { holders > 1 }

  /// An error was caught in them: they stay until that leaves them, too.
  func enter() { holders += 1 }

  /// The call has returned, or the future of an error has gone.
  func leave() {
    holders -= 1
    guard holders == 0 else { return }
    // A list of Python goes from its end.
    let gone = abandoned
    abandoned = []
    for future in gone.reversed() { future.letGoUnlessKept() }
    for overlapped in overlappeds { overlapped.drop() }
    overlappeds = []
    objects = []
  }

  /// A variable names the OVERLAPPED, and another one the object of its operation.
  func name(_ overlapped: OverlappedReference, on object: PortObject?) {
    overlapped.hold()
    overlappeds.append(overlapped)
    if let object { objects.append(object) }
  }

  /// Nobody else has a future that is named by a variable. False: nor has that, they are gone.
  func keep(_ future: AnyLoopFuture) -> Bool {
    guard holders > 0 else { return false }
    if !abandoned.contains(where: { $0 === future }) { abandoned.append(future) }
    return true
  }
}
