// A lock that one thread takes again and again is kept by it, until another one wants it: the two do not miss each
// other, and misuse is told as that of other locks is.
import CSchedule
import Glibc
import Testing

/// A lock that the thread which makes it keeps, and a number that it protects.
private final class Kept: @unchecked Sendable {
  // @unchecked: `number` is only touched with the lock held, which is what the tests are about.
  let lock = UnsafeMutablePointer<lw_lock>.allocate(capacity: 1)
  var number = 0

  init() {
    lock.initialize(to: lw_lock())
    for _ in 0...LW_LOCK_TAKES { count() }
  }
  deinit { lock.deallocate() }

  func count() {
    lw_lock_acquire(lock)
    number += 1
    lw_lock_release(lock)
  }

  var state: UInt32 { UnsafeRawPointer(lock).load(as: UInt32.self) }
  /// Nobody keeps it any more.
  var isDismissed: Bool { state & UInt32(LW_LOCK_DISMISSED | LW_LOCK_KEPT) == UInt32(LW_LOCK_DISMISSED) }
}

@Suite struct KeptLockTests {
  @Test func `A thread keeps a lock that it has taken often enough, until another takes it`() {
    let kept = Kept()
    let own = lw_thread_self() * UInt32(LW_LOCK_NUMBER)
    #expect(kept.state == UInt32(LW_LOCK_KEPT) | own)
    lw_lock_acquire(kept.lock)
    #expect(kept.state & UInt32(LW_LOCK_HELD) == 0, "the keeper says it elsewhere")
    lw_lock_release(kept.lock)
    onThread(named: "other") { kept.count() }
    #expect(kept.isDismissed)
    for _ in 0...LW_LOCK_TAKES { kept.count() }
    #expect(kept.isDismissed)
  }

  @Test func `A keeper that was dismissed keeps the lock again after many takes in a row, and no other thread does`() {
    let kept = Kept()
    let own = lw_thread_self() * UInt32(LW_LOCK_NUMBER)
    onThread(named: "other") { for _ in 0...(2 * LW_LOCK_TAKES_AGAIN) { kept.count() } }
    #expect(kept.isDismissed)
    for _ in 0..<(LW_LOCK_TAKES_AGAIN - 1) { kept.count() }
    onThread(named: "other") { kept.count() }
    for _ in 0..<(LW_LOCK_TAKES_AGAIN - 1) { kept.count() }
    #expect(kept.isDismissed, "they were not in a row")
    kept.count()
    #expect(kept.state == UInt32(LW_LOCK_DISMISSED | LW_LOCK_KEPT) | own)
    lw_lock_acquire(kept.lock)
    #expect(kept.state & UInt32(LW_LOCK_HELD) == 0, "the keeper says it elsewhere")
    lw_lock_release(kept.lock)
    onThread(named: "other") { kept.count() }
    #expect(kept.isDismissed)
  }

  @Test func `A keeper that is dismissed again and again loses no count`() {
    let kept = Kept()
    let before = kept.number
    let (comings, takes) = (40, LW_LOCK_TAKES_AGAIN + 100)
    let keepings = Counter()
    let other = RunningThread("other") {
      for coming in 1...comings {
        while keepings.value < coming { sched_yield() }
        for _ in 0..<20 { kept.count() }
      }
    }
    for keeping in 1...comings {
      for _ in 0..<takes { kept.count() }
      keepings.set(keeping)
    }
    other.join()
    #expect(kept.number == before + comings * (takes + 20))
  }

  @Test func `The keeper and those who come for its lock lose no count`() {
    let rounds = 3_000
    for _ in 0..<rounds {
      let kept = Counter()
      let place = Board<Kept?>(nil)
      let keeper = RunningThread("keeper") {
        let made = Kept()
        place.value = made
        kept.add()
        for _ in 0..<400 { made.count() }
      }
      while kept.value == 0 { continue }
      let lock = place.value!
      for _ in 0..<20 { lock.count() }
      keeper.join()
      guard lock.number == LW_LOCK_TAKES + 421 else {
        Issue.record("counts were lost: \(lock.number)")
        return
      }
    }
  }

  @Test func `Who wants the lock waits for the keeper that is inside, and trying takes it only from one that is not`() {
    let kept = Kept()
    lw_lock_acquire(kept.lock)
    #expect(onThread(named: "trier") { lw_lock_try_acquire(kept.lock) } == false)
    let other = RunningThread("other") { kept.count() }
    while kept.state & UInt32(LW_LOCK_HELD) == 0 { sched_yield() }
    let before = kept.number
    for _ in 0..<2_000 { sched_yield() }
    #expect(kept.number == before)
    lw_lock_release(kept.lock)
    other.join()
    #expect(kept.number == before + 1)

    let free = Kept()
    let taken = onThread(named: "trier") {
      let taken = lw_lock_try_acquire(free.lock)
      if taken { lw_lock_release(free.lock) }
      return taken
    }
    #expect(taken)
  }

  @Test func `The keeper's second acquisition and a release by another end the program with a sentence`() async throws {
    let twice = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let kept = Kept()
      lw_lock_acquire(kept.lock)
      lw_lock_acquire(kept.lock)
    }
    #expect(try #require(twice).says == "latewrite: a thread acquired a lock that it already holds\n")
    let foreign = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      let kept = Kept()
      lw_lock_acquire(kept.lock)
      onThread(named: "other") { lw_lock_release(kept.lock) }
    }
    #expect(try #require(foreign).says == "latewrite: a thread released a lock that it does not hold\n")
  }
}
