// Small programs that hang in some orders of their threads' acts; they are not among `SmallScenarios.all`.
import Exploration
import Latewrite

extension SmallScenarios {
  /// Two locks in two orders.
  static let crossed = ExploredScenario(named: "crossed") { _ in
    let one = Lock(), other = Lock()
    return .init(threads: [
      Part(named: "forth") { one.withLock { other.withLock {} } },
      Part(named: "back") { other.withLock { one.withLock {} } },
    ])
  }

  /// By default the waker is too early: it does not know yet whom to wake.
  static let neverWoken = ExploredScenario(named: "never-woken") { _ in
    let sleeper = Shared<Parker?>(nil)
    return .init(threads: [
      Part(named: "waker") { sleeper.read()?.unpark() },
      Part(named: "sleeper") {
        sleeper.withLock { $0 = .current }
        _ = Parker.park()
      },
    ])
  }

  /// The child waits for what may have been before.
  static let hangingChild = ExploredScenario(named: "hanging-child") { _ in
    let sleeper = Shared<Parker?>(nil), isDone = Shared(false)
    return .init(threads: [
      Part(named: "parent") {
        let child = try? LatewriteThread(named: "child") {
          if isDone.read() { return }
          sleeper.withLock { $0 = .current }
          _ = Parker.park()
        }
        isDone.withLock { $0 = true }
        sleeper.read()?.unpark()
        child?.join()
      }
    ])
  }
}
