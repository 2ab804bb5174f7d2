// What several tasks of a test name.
import OverlappedIO

/// An event that stays signalled.
final class SharedEvent: Sendable {
  private let event: Event

  init() throws { event = try Event() }

  var handle: WaitableHandle { event.handle }

  func set() { event.set() }
}
