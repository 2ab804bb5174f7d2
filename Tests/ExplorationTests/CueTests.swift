// Parts that begin on a cue: not before it is given, possibly at once, and in every order from then on.
import Exploration
import Latewrite
import Synchronization
import Testing

@Suite struct CueTests {
  private final class Notes: Sendable {
    let before = Atomic(false)
    let behind = Atomic(false)
  }

  /// The maker notes something before it has the reader begin, and something behind, where no point is; the reader
  /// tells what it has found each time that it begins.
  private static let noteBefore = ExploredScenario(named: "note-before-cue") { _ in
    let (notes, read, cue) = (Notes(), Shared<[String]>([]), Cue())
    return .init(
      threads: [
        Part(named: "maker") {
          notes.before.store(true, ordering: .relaxed)
          cue.give()
          notes.behind.store(true, ordering: .relaxed)
          cue.give()
        },
        Part(named: "reader", on: cue) {
          let found = [
            notes.before.load(ordering: .relaxed) ? "before" : "",
            notes.behind.load(ordering: .relaxed) ? "behind" : "",
          ]
          read.withLock { $0.append(found.filter { $0 != "" }.joined(separator: " ")) }
        },
      ], classify: { read.read().joined(separator: "|") })
  }

  @Test func `A part begins when its cue is given, once, and may be faster than what its maker does next`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(Self.noteBefore)
      for bound in 0...3 {
        let reduced = try explorer.exhaust(bound: bound)
        let whole = try explorer.exhaust(bound: bound, reducing: false)
        #expect(reduced.isComplete && whole.isComplete)
        #expect(Set(reduced.endings.keys) == Set(whole.endings.keys) && reduced.classes == whole.classes)
        let all: Set = ["before", "before behind"]
        #expect(Set(reduced.endings.keys) == (bound == 0 ? ["before behind"] : all), "bound \(bound)")
      }
      let found = try #require(try explorer.exhaust(bound: 1).endings["before"]?.token)
      #expect(try explorer.replay(found).endings == ["before"])
    }
  }

  @Test func `A part whose cue is never given takes no part, and the next execution is as the one before`() async {
    await #expect(processExitsWith: .success) {
      let begun = Shared(0)
      let explorer = try Explorer(
        ExploredScenario(named: "no-cue") { _ in
          .init(threads: [Part(named: "alone") {}, Part(named: "never", on: Cue()) { begun.withLock { $0 += 1 } }])
        })
      let result = try explorer.explore(executions: 20, seed: 1)
      #expect(result.executions == 20 && Set(result.endings.keys) == ["ok"] && result.warnings.count <= 1)
      #expect(begun.read() == 0)
    }
  }

  @Test func `Who waits for a part that nobody has given its cue hangs`() async {
    await #expect(processExitsWith: .success) {
      let explorer = try Explorer(
        ExploredScenario(named: "waits-for-cue") { _ in
          let (lock, gate) = (Shared(false), Shared<Parker?>(nil))
          let cue = Cue()
          return .init(threads: [
            Part(named: "waiter") {
              gate.withLock { $0 = .current }
              // Given in one order only: when the other part has looked first.
              if lock.read() { cue.give() }
              _ = Parker.park(on: lock)
            },
            Part(named: "looker") { lock.withLock { $0 = true } },
            Part(named: "freer", on: cue) { gate.read()?.unpark() },
          ])
        })
      let result = try explorer.explore(executions: 50, seed: 1) { $0.endings.count == 2 }
      #expect(Set(result.endings.keys) == ["ok", "hang"])
    }
  }

  @Test func `The first part of an execution has no cue`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Explorer(
        ExploredScenario(named: "first") { _ in .init(threads: [Part(named: "first", on: Cue()) {}]) })
    }
    let told = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(told.contains("the first part of an execution awaits a cue that nobody can give"))
  }
}
