// Ctrl-C, and what a batch system sends before it ends a job. The first one asks for an orderly end, with everything
// found so far written; the second one ends at once.
internal import ArgumentParser
internal import Dispatch
internal import Glibc
internal import Harness

/// Turns SIGINT and SIGTERM into a wish to stop while it exists.
final class InterruptSignal {
  private let sources: [any DispatchSourceSignal]

  init(_ stop: StopRequest) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if stop.isMade { _exit(ExitStatus.interrupted.rawValue) }
        stop.make()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
