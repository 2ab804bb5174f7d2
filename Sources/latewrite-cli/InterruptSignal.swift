// Ctrl-C, and what a batch system sends before it ends a job. The first one asks for an orderly end, with everything
// found so far written; the second one ends at once. timeout(1) sends its signal to the program and then to the
// program's group: what comes that close together is one.
internal import ArgumentParser
internal import Dispatch
internal import Glibc
internal import Harness
internal import Latewrite

/// Turns SIGINT and SIGTERM into a wish to stop while it exists.
final class InterruptSignal {
  private static let togetherNanoseconds: UInt64 = 250_000_000
  private let sources: [any DispatchSourceSignal]

  init(_ stop: StopRequest) {
    let first = Shared<UInt64?>(nil)
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let now = Clock.now.nanoseconds
        let asked = first.withLock { first in
          first = first ?? now
          return first ?? now
        }
        if now - asked > Self.togetherNanoseconds { _exit(ExitStatus.interrupted.rawValue) }
        stop.make()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
