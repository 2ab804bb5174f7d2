// What follows from a seed follows from nothing else.
import Proactor
import Testing

@testable import Harness

struct SeedTests {
  @Test("SplitMix64 gives the numbers of the reference code")
  func referenceNumbers() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test("below stays below and reaches every possibility")
  func below() {
    var random = SplitMix64(seed: 7)
    var seen: Set<Int> = []
    for _ in 0..<1_000 { seen.insert(random.below(10)) }
    #expect(seen == Set(0..<10))
    #expect(random.below(1) == 0)
  }

  @Test("A shuffle keeps the elements and changes their order")
  func shuffle() {
    var random = SplitMix64(seed: 3)
    var elements = Array(0..<100)
    random.shuffle(&elements)
    #expect(elements != Array(0..<100))
    #expect(elements.sorted() == Array(0..<100))
  }

  @Test("Equal seeds make equal plans, and another seed another plan", arguments: [UInt64(0), 1, 81, .max])
  func plansRepeat(seed: UInt64) {
    #expect(CancelWaitPlan(seed: seed, waits: 64) == CancelWaitPlan(seed: seed, waits: 64))
    #expect(CancelWaitPlan(seed: seed, waits: 64) != CancelWaitPlan(seed: seed &+ 1, waits: 64))
    #expect(SubprocessExitPlan(seed: seed, children: 8) == SubprocessExitPlan(seed: seed, children: 8))
    #expect(SubprocessExitPlan(seed: seed, children: 8) != SubprocessExitPlan(seed: seed &+ 1, children: 8))
  }

  @Test("A plan signals every wait that it does not cancel, and each wait once at most", arguments: [1, 2, 64])
  func plansAreComplete(waits: Int) {
    let plan = CancelWaitPlan(seed: 5, waits: waits)
    #expect(plan.operations.count == waits * CancelWaitPlan.rounds)
    #expect(plan.operations.allSatisfy { $0.isSignalled || $0.cancelAfter != nil })
    #expect(plan.signalOrder.sorted() == Array(plan.operations.indices))
    for round in 0..<CancelWaitPlan.rounds {
      let part = plan.signalOrder[round * waits..<(round + 1) * waits]
      #expect(part.allSatisfy { $0 / waits == round }, "the signaler would wait for waits that are not started yet")
    }
  }

  @Test("The executions of all workers of all shards are all executions, each once")
  func assignmentsCoverAll() {
    var executions: [UInt64] = []
    for index in 0..<3 {
      let plan = RunPlan(
        scenario: .cancelWait, revision: .fix24dfa3c1, options: ExecutionOptions(), seed: 1,
        bound: RunBound(executions: 20), shard: Shard(index: UInt64(index), count: 3), jobs: 2)
      for assignment in plan.assignments(parent: 1) {
        executions += stride(from: assignment.first, to: assignment.end ?? 0, by: Int(assignment.stride)).map { $0 }
      }
    }
    #expect(executions.sorted() == Array(0..<20))
  }
}
