// Bare pthreads for tests of stacks: this module knows no threads of its own.
import Glibc

/// A pthread that runs a closure; exactly one `join`, which returns the closure's result.
final class StartedThread<Value>: @unchecked Sendable {
  // @unchecked: `result` is written before the thread ends and read after it has been joined.
  private let body: @Sendable () -> Value
  private var result: Value?
  private var thread = pthread_t()

  init(_ body: @escaping @Sendable () -> Value) {
    self.body = body
    let start = Start { [self] in result = body() }
    let failed = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Start>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(start).toOpaque())
    if failed != 0 { fatalError("a test could not start a thread") }
  }

  func join() -> Value {
    pthread_join(thread, nil)
    return result!
  }
}

private final class Start {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}

func onThread<Value>(_ body: @escaping @Sendable () -> Value) -> Value { StartedThread(body).join() }
