// What a loop's log was told.
import Latewrite
import Logging

/// A log that keeps its messages.
final class KeptLog: Sendable {
  private struct State {
    var messages: [String] = []
    var waiting: Parker?
  }

  private let kept = Shared(State())

  var messages: [String] { kept.read().messages }

  /// Returns once there is a message.
  func waitUntilTold() {
    while true {
      let isTold = kept.withLock { kept -> Bool in
        kept.waiting = .current
        return !kept.messages.isEmpty
      }
      if isTold { return }
      _ = Parker.park(on: self)
    }
  }

  private func keep(_ message: String) {
    let waiting = kept.withLock { kept -> Parker? in
      kept.messages.append(message)
      return kept.waiting
    }
    waiting?.unpark()
  }

  var logger: Logger { Logger(label: "loop") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(log: KeptLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.keep(event.message.description) }
  }
}
