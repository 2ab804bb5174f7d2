// The log of a situation's proactor.
internal import Latewrite
internal import Logging

/// Keeps what the proactor logs; addresses and handles differ from run to run, so they are left out.
struct NotingLog: LogHandler {
  let notes: Shared<SituationNotes>
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .debug

  init(_ notes: Shared<SituationNotes>) { self.notes = notes }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let keys = (event.metadata ?? [:]).keys.sorted()
    let line = "\(event.level): \(event.message)" + (keys.isEmpty ? "" : " (\(keys.joined(separator: ", ")))")
    // A close() that never ends says the same for ever.
    notes.withLock { if $0.log.last != line { $0.log.append(line) } }
  }
}
