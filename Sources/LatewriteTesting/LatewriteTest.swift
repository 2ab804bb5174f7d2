// What a test gets from the trait: an arena and a scope of its own. Findings are routed by arena, so tests that run
// side by side do not see each other's.
public import Latewrite

/// The surroundings of one test.
public final class LatewriteTest: Sendable {
  /// The test's own arena. It is closed after the body has ended and its loans have been waited for.
  public let arena: Arena
  /// Where the arena's findings go.
  public let scope: Scope

  init(arena configuration: Arena.Configuration, name: String) throws(LatewriteError) {
    var quiet = Scope.Configuration()
    quiet.isQuiet = true
    scope = try Scope(quiet)
    var configuration = configuration
    configuration.name = name
    arena = try Arena(configuration, scope: scope)
  }

  @TaskLocal static var running: LatewriteTest?

  /// The test that runs here. Threads of the system do not inherit it: take it before and give it to them.
  public static var current: LatewriteTest {
    guard let running else {
      fatalError("LatewriteTest: this is not inside a test with the trait .latewrite, or on a thread of its own")
    }
    return running
  }

  /// The running test's arena, for one call: an arena cannot be copied, so what is kept is `current`, whose `arena` it
  /// is.
  public static var arena: Arena {
    _read { yield current.arena }
  }

  /// The running test's scope.
  public static var scope: Scope { current.scope }

  /// Waits until every loan of the arena is settled, at most `patience`, without holding up the threads that tests run
  /// on.
  func waitForLoans(patience: Duration) async {
    guard arena.counts().openLoans > 0 else { return }
    let deadline = Clock.now.advanced(by: patience)
    await withCheckedContinuation { continuation in
      do throws(LatewriteError) {
        let waiter = try LatewriteThread(named: "lw-test-settle") {
          _ = self.arena.waitSettled(until: deadline)
          continuation.resume()
        }
        waiter.detach()
      } catch {
        // No thread to be had: what is still open now is reported as a leak.
        continuation.resume()
      }
    }
  }

  /// Looks for damage that nobody has been blamed for, and closes the arena, which reports leaks.
  func close() {
    arena.check()
    arena.core.close()
  }
}
