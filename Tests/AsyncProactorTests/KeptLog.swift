// What a loop's log was told.
import Latewrite
import Logging

/// A log that keeps its messages.
final class KeptLog: Sendable {
  private let kept = Shared<[String]>([])

  var messages: [String] { kept.read() }

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

    func log(event: LogEvent) { log.kept.withLock { $0.append(event.message.description) } }
  }
}
