// An operation in the proactor's cache: asyncio's tuple of future, OVERLAPPED and callback. The callback is decided by
// the kind of future.
internal import OverlappedIO

struct ProactorEntry {
  enum Operation {
    case wait(BaseWaitHandleFuture)
    case overlapped(OverlappedFuture)
  }

  let operation: Operation
  let overlapped: OverlappedReference

  var isDone: Bool {
    switch operation {
    case .wait(let future): future.isDone
    case .overlapped(let future): future.isDone
    }
  }

  var isCancelled: Bool {
    switch operation {
    case .wait(let future): future.isCancelled
    case .overlapped(let future): future.isCancelled
    }
  }

  var isWaitCancel: Bool {
    if case .wait(let future) = operation { future is WaitCancelFuture } else { false }
  }

  func cancel() throws(ProactorError) {
    switch operation {
    case .wait(let future): _ = try future.cancel()
    case .overlapped(let future): _ = try future.cancel()
    }
  }

  /// Completes the future, which must be pending, with what a packet says.
  func complete(bytes: UInt32) throws(ProactorError) {
    switch operation {
    case .wait(let future):
      let isSignalled: Bool
      do throws(ProactorError) { isSignalled = try future.poll() } catch { return try future.setError(error) }
      try future.setResult(isSignalled)
    case .overlapped(let future): try future.setResult(bytes)
    }
  }

  var description: String {
    switch operation {
    case .wait(let future): future.description
    case .overlapped(let future): future.description
    }
  }
}
