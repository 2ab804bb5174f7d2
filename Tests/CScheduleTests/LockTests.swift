// The lock excludes, hands over what was written under it, and says so when it is misused.
import CSchedule
import Glibc
import Testing

/// A lock at a fixed address and a number that it protects.
private final class Guarded: @unchecked Sendable {
  // @unchecked: `number` is only touched with the lock held, which is what the tests are about.
  let lock = UnsafeMutablePointer<lw_lock>.allocate(capacity: 1)
  var number = 0
  init() { lock.initialize(to: lw_lock()) }
  deinit { lock.deallocate() }
}

@Suite struct LockTests {
  @Test func `Four threads that count under the lock lose no count`() {
    let guarded = Guarded()
    let rounds = 50_000
    let threads = (1...4).map { index in
      RunningThread("counter-\(index)") {
        for _ in 0..<rounds {
          lw_lock_acquire(guarded.lock)
          guarded.number += 1
          lw_lock_release(guarded.lock)
        }
      }
    }
    threads.forEach { $0.join() }
    #expect(guarded.number == 4 * rounds)
  }

  @Test func `Threads that sleep for the lock all get it after it is released once`() {
    let guarded = Guarded()
    let waiting = Counter()
    lw_lock_acquire(guarded.lock)
    let sleepers = (1...4).map { index in
      RunningThread("sleeper-\(index)") {
        waiting.add()
        lw_lock_acquire(guarded.lock)
        guarded.number += 1
        lw_lock_release(guarded.lock)
      }
    }
    while waiting.value < 4 { sched_yield() }
    // Enough turns for the sleepers to be past their spin, so that each release has to wake the next one.
    for _ in 0..<2_000 { sched_yield() }
    #expect(guarded.number == 0)
    lw_lock_release(guarded.lock)
    sleepers.forEach { $0.join() }
    #expect(guarded.number == 4)
  }

  @Test func `Trying takes a free lock and never a held one`() {
    let guarded = Guarded()
    #expect(lw_lock_try_acquire(guarded.lock))
    #expect(!lw_lock_try_acquire(guarded.lock))
    #expect(onThread(named: "trier") { lw_lock_try_acquire(guarded.lock) } == false)
    lw_lock_release(guarded.lock)
    let taken = onThread(named: "trier") {
      let taken = lw_lock_try_acquire(guarded.lock)
      if taken { lw_lock_release(guarded.lock) }
      return taken
    }
    #expect(taken)
  }

  @Test func `Locking twice from one thread ends the program with a sentence`() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let lock = UnsafeMutablePointer<lw_lock>.allocate(capacity: 1)
      lock.initialize(to: lw_lock())
      lw_lock_acquire(lock)
      lw_lock_acquire(lock)
    }
    #expect(try #require(result).says == "latewrite: a thread acquired a lock that it already holds\n")
  }

  @Test func `Releasing a lock that another thread holds ends the program with a sentence`() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let guarded = Guarded()
      onThread(named: "holder") { lw_lock_acquire(guarded.lock) }
      lw_lock_release(guarded.lock)
    }
    #expect(try #require(result).says == "latewrite: a thread released a lock that it does not hold\n")
  }

  @Test func `Points lie after a release and before a contended acquisition, and nowhere else`() async {
    await #expect(processExitsWith: .success) {
      // Armed, but so rare that no delay is made: only counting is left.
      var noise = lw_noise(seed: 1, one_in: .max, spin_ns_max: 0, long_one_in: 0, long_ns_max: 0)
      lw_noise_start(&noise)
      let guarded = Guarded()
      let before = pointsPassed()
      for _ in 0..<10 {
        lw_lock_acquire(guarded.lock)
        lw_lock_release(guarded.lock)
      }
      #expect(pointsPassed() - before == 10)

      lw_lock_acquire(guarded.lock)
      let held = pointsPassed()
      // Making the thread is none: what it releases is a book of this project's own.
      let contender = RunningThread("contender") {
        lw_lock_acquire(guarded.lock)
        lw_lock_release(guarded.lock)
      }
      while pointsPassed() < held + 1 { sched_yield() }
      for _ in 0..<100 { sched_yield() }
      #expect(pointsPassed() == held + 1, "the contender has announced its acquisition, once")
      lw_lock_release(guarded.lock)
      contender.join()
    }
  }
}

private func pointsPassed() -> UInt64 {
  var points: UInt64 = 0
  var delays: UInt64 = 0
  lw_noise_totals(&points, &delays)
  return points
}
