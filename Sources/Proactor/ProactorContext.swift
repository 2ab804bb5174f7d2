// What a proactor shares with its futures and operations, which may outlive it.
internal import OverlappedIO

/// Used on the loop's thread.
final class ProactorContext {
  let behaviours: ProactorBehaviours
  let log: ProactorLog
  let ready: ReadyQueue
  let abandoned = AbandonedOverlappeds()
  /// The places for OVERLAPPEDs: the newest one, and of those that are free the one that was kept last. Each knows the
  /// next. Unchecked: nothing happens while one is put in or taken out.
  private var newestPlace: OverlappedReference?
  @exclusivity(unchecked) private var lastSpare: OverlappedReference?

  init(_ behaviours: ProactorBehaviours, _ log: ProactorLog) {
    self.behaviours = behaviours
    self.log = log
    ready = ReadyQueue(log, behaviours)
  }

  /// Has the loop run the callbacks of a future, which is done. Here and not inlined: what is reached in more steps
  /// than one is retained while it is used.
  @inline(never)
  func callSoon(callbacksOf future: AnyLoopFuture) { ready.callSoon(callbacksOf: future) }

  /// The same for a task that has waited for one.
  @inline(never)
  func callSoon(resuming task: UnsafeContinuation<Void, Never>) { unsafe ready.callSoon(resuming: task) }

  deinit {
    var next = newestPlace
    while let place = next {
      next = place.olderPlace
      place.vanish()
    }
  }

  /// Takes over a new place for an OVERLAPPED.
  func own(_ place: OverlappedReference) -> OverlappedReference {
    place.olderPlace = newestPlace
    newestPlace = place
    return place
  }

  /// Keeps a place whose OVERLAPPED nobody holds any more for the next one.
  func keep(_ spare: OverlappedReference) {
    spare.nextSpare = unsafe lastSpare
    unsafe lastSpare = spare
  }

  /// A place that was kept; else nil.
  var spare: OverlappedReference? { unsafe lastSpare }

  /// That place is in use again.
  func removeSpare() { unsafe lastSpare = lastSpare?.nextSpare }
}
