// A child process that runs until it is told to exit.
internal import Glibc
internal import Latewrite
internal import OverlappedIO

/// `cat` on a pipe: it ends when the pipe is closed, with code 0.
final class ToldChild: Sendable {
  let process: ChildProcess
  /// The end of the pipe that keeps it running; -1 once it was told.
  private let input: Shared<Int32>

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw HarnessError.environment("no pipe for a child process: \(systemReason())")
    }
    // Another child that inherited the writing end would keep this one running. One thread starts all children, so none
    // can come in between.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    input = Shared(ends[1])
    do {
      process = try ChildProcess("/bin/cat", input: ends[0])
    } catch {
      close(ends[1])
      throw error
    }
  }

  /// Lets it exit; it is gone when its handle is signalled. With `andWait` the system has its end ready when this
  /// returns: under control, when that is noticed is a choice, but that it has come must not be a matter of time.
  func tellToExit(andWait: Bool = false) {
    let end = input.withLock { end in
      defer { end = -1 }
      return end
    }
    guard end >= 0 else { return }
    close(end)
    guard andWait else { return }
    var information = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(process.processID), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
  }

  deinit { tellToExit() }
}
