// Locks under control: who wants one that is held gives the token away, and goes on when it is free.
import CSchedule
import Glibc
import Testing

@Suite struct ControlLockTests {
  @Test func `A lock that is held across points excludes, and is waited for without the token`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let lock = Place()
      let diary = Diary([])
      let parts = ["a", "b"].map { name in
        Part(name) {
          lock.locked {
            diary.note("\(name) in")
            idlePoint()
            diary.note("\(name) out")
          }
        }
      }
      // b runs while a is inside, and can only wait; then a goes on, and stays on when the lock is free.
      let interrupts = Deviation(0, 1, .LW_TURN_RUN, 1)
      let run = session.run(parts, [interrupts])
      #expect(diary.value == ["a in", "a out", "b in", "b out"])
      #expect(run.log.map(\.member) == [0, 0, 1, 0, 0, 1, 1])
      #expect(run.result.points_reached >> UInt64(lw_point_kind.LW_POINT_LOCK.rawValue) & 1 == 1)
      // Where b waits nobody else but a can go on; behind the release both can.
      #expect(run.log[2].alternatives.map(\.value) == [0])
      #expect(run.log[3].kind == "unlocked" && run.log[3].alternatives.map(\.value) == [0, 1])
      #expect(session.run(parts).result.points_reached >> UInt64(lw_point_kind.LW_POINT_LOCK.rawValue) & 1 == 0)
    }
  }

  @Test func `Trying a lock that is held fails under control too`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let lock = Place()
      let taken = Board<[Bool]>([])
      let holds = Part("holds") { lock.locked { idlePoint() } }
      let tries = Part("tries") {
        let free = lw_lock_try_acquire(lock.lock)
        taken.value.append(free)
        if free { lw_lock_release(lock.lock) }
      }
      _ = session.run([holds, tries], [Deviation(0, 1, .LW_TURN_RUN, 1)])
      _ = session.run([holds, tries])
      #expect(taken.value == [false, true])
    }
  }

  @Test func `Four members that count under a lock lose no count, whoever runs`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let lock = Place()
      let number = Board(0)
      let parts = (0..<4).map { index in
        Part("counter-\(index)") {
          for _ in 0..<5 {
            lock.locked {
              let before = number.value
              idlePoint()
              number.value = before + 1
            }
          }
        }
      }
      for seed in UInt64(0)..<300 {
        number.value = 0
        let run = session.run(parts, strategy: .LW_STRATEGY_RANDOM, seed: seed)
        #expect(run.result.end == .LW_EXECUTION_ENDED && number.value == 20, "seed \(seed)")
      }
    }
  }

  @Test func `A lock that a thread outside of the session holds is waited for, whose number it may have`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let lock = Place()
      let (held, owner, ended) = (Counter(), Counter(), Counter())
      // A member's thread ends, and its number is the next one to be given out.
      let creates = Part("creates") {
        let thread = RunningThread("ended") {}
        ended.set(Int(thread.number))
        thread.join()
      }
      _ = session.run([creates])
      let outside = ForeignThread {
        lw_lock_acquire(lock.lock)
        owner.set(Int(lw_thread_self()))
        held.set(1)
        while lock.address.load(as: UInt32.self) & UInt32(LW_LOCK_WANTED) == 0 { sched_yield() }
        lw_lock_release(lock.lock)
      }
      while held.value == 0 { sched_yield() }
      #expect(owner.value == ended.value)
      let entered = Board(false)
      let wants = Part("wants") { lock.locked { entered.value = true } }
      #expect(session.run([wants]).result.end == .LW_EXECUTION_ENDED)
      #expect(entered.value)
      outside.join()
    }
  }

  @Test func `A member whose lock is wanted by a thread outside wakes it`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let lock = Place()
      let held = Counter()
      let holds = Part("holds") {
        lock.locked {
          held.set(1)
          while lock.address.load(as: UInt32.self) & UInt32(LW_LOCK_WANTED) == 0 { sched_yield() }
        }
      }
      let outside = ForeignThread {
        while held.value == 0 { sched_yield() }
        lw_lock_acquire(lock.lock)
        lw_lock_release(lock.lock)
      }
      #expect(session.run([holds]).result.end == .LW_EXECUTION_ENDED)
      outside.join()
    }
  }
}
