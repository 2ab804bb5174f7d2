// Readiness of descriptors: fired once, and never after a watch was ended.
import CSchedule
import Glibc
import Testing

@Suite struct PollerTests {
  /// In a process of its own: where somebody waits at a port, that thread may call back.
  @Test func `A pipe that becomes readable calls back once, on the poller's thread`() async {
    await #expect(processExitsWith: .success) {
      try onWatcher {
        let signal = Signal()
        let name = Shared("")
        let observation = Observation { name.value = nameOfThread(lw_thread_self()) }
        let watch = try #require(observation.watch(signal))
        signal.raise()
        parkUntil { observation.calls.value > 0 }
        signal.raise()
        watch.end()
        #expect(observation.calls.value == 1)
        #expect(name.value == "lw-poller")
      }
    }
  }

  @Test func `A pipe whose writer hangs up calls back`() throws {
    try onWatcher {
      var ends: [CInt] = [0, 0]
      try #require(pipe(&ends) == 0)
      // No other test's child may keep the writing end open.
      try #require(fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
      let observation = Observation()
      let watch = try #require(observation.watch(ends[0]))
      close(ends[1])
      parkUntil { observation.calls.value > 0 }
      watch.end()
      close(ends[0])
    }
  }

  @Test func `A process that ends calls back through its pidfd`() throws {
    try onWatcher {
      // A child that ends when its standard input does.
      var ends: [CInt] = [0, 0]
      try #require(pipe(&ends) == 0)
      // No other test's child may keep the writing end open.
      try #require(fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
      var files = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&files)
      posix_spawn_file_actions_adddup2(&files, ends[0], 0)
      posix_spawn_file_actions_addclose(&files, ends[1])
      var child = pid_t()
      let name = strdup("/bin/cat")
      try #require(posix_spawn(&child, "/bin/cat", &files, nil, [name, nil], nil) == 0)
      free(name)
      posix_spawn_file_actions_destroy(&files)
      // The C library has it since 2.36, its module map does not.
      typealias PidfdOpen = @convention(c) (pid_t, CUnsignedInt) -> CInt
      let pidfdOpen = unsafeBitCast(try #require(dlsym(nil, "pidfd_open")), to: PidfdOpen.self)
      let pidfd = pidfdOpen(child, 0)
      try #require(pidfd >= 0)
      let observation = Observation()
      let watch = try #require(observation.watch(pidfd))
      #expect(observation.calls.value == 0)
      close(ends[1])
      parkUntil { observation.calls.value > 0 }
      watch.end()
      close(pidfd)
      close(ends[0])
      waitpid(child, nil, 0)
    }
  }

  @Test func `What cannot be watched is refused with the system's reason`() {
    let observation = Observation()
    let noDescriptor = (watch: observation.watch(-1), errno: errno)
    #expect(noDescriptor.watch == nil && noDescriptor.errno == EBADF)
    let signal = Signal()
    let watch = observation.watch(signal)
    let second = (watch: observation.watch(signal), errno: errno)
    #expect(second.watch == nil && second.errno == EEXIST)
    watch!.end()
  }

  @Test func `A watch can be ended from inside its own callback`() throws {
    try onWatcher {
      let signal = Signal()
      let handle = Shared<Watch?>(nil)
      let published = Counter()
      let observation = Observation {
        while published.value == 0 { sched_yield() }
        handle.value!.end()
      }
      handle.value = observation.watch(signal)
      published.set(1)
      signal.raise()
      parkUntil { observation.calls.value > 0 }
      // The descriptor can be watched again, so the first watch is really gone.
      let next = Observation()
      let watch = try #require(next.watch(signal))
      parkUntil { next.calls.value > 0 }
      watch.end()
      handle.value = nil
    }
  }

  @Test func `Ending a watch from outside waits for the callback that is running`() throws {
    try onWatcher {
      let signal = Signal()
      let entered = Counter()
      let ending = Counter()
      let left = Counter()
      let observation = Observation {
        entered.set(1)
        while ending.value == 0 { sched_yield() }
        // The ender has announced its call; it gets every chance to return too early.
        for _ in 0..<2_000 { sched_yield() }
        left.set(1)
      }
      let watch = try #require(observation.watch(signal))
      signal.raise()
      while entered.value == 0 { sched_yield() }
      ending.set(1)
      watch.end()
      #expect(left.value == 1)
    }
  }

  @Test func `An event that the poller has in its hands is not given to the watch that takes the ended one's place`()
    throws
  {
    try onWatcher {
      let signals = (0..<4).map { _ in Signal() }
      let (held, idle) = (signals[2], signals[3])
      let holding = Counter()
      let released = Counter()
      let holder = Observation {
        holding.set(1)
        while released.value == 0 { sched_yield() }
      }
      let replacement = Observation()
      let replaced = Shared<Watch?>(nil)
      let watches = Shared<[Watch?]>([nil, nil])
      let ran = Counter()
      // Of two watches whose events come together, the one that is called first ends the other and watches anew.
      let pair = (0...1).map { me in
        Observation {
          ran.add()
          if ran.value > 1 { return }
          watches.value[1 - me]!.end()
          replaced.value = replacement.watch(idle)
          watches.value[me]!.end()
        }
      }
      let holdingWatch = try #require(holder.watch(held))
      watches.value = (0...1).map { pair[$0].watch(signals[$0]) }
      held.raise()
      while holding.value == 0 { sched_yield() }
      signals[0].raise()
      signals[1].raise()
      released.set(1)
      parkUntil { pair[0].calls.value + pair[1].calls.value > 0 }
      holdingWatch.end()

      // A later event has come through, so the pair's are dealt with.
      let later = Observation()
      let laterWatch = try #require(later.watch(signals[0]))
      parkUntil { later.calls.value > 0 }
      laterWatch.end()
      #expect(ran.value == 1)
      #expect(replacement.calls.value == 0)
      try #require(replaced.value).end()
      (watches.value, replaced.value) = ([], nil)
    }
  }

  @Test func `An end that races with readiness never lets a callback run afterwards`() throws {
    try onWatcher {
      let signal = Signal()
      let round = Counter()
      let early = Counter()
      let late = Counter()
      let ended = Counter()
      let writes = Counter()
      let writer = RunningThread("writer") {
        for turn in 1...10_000 {
          while round.value < turn { sched_yield() }
          // Every fourth round nothing is written: a callback would come from another round's event.
          if turn % 4 != 0 { signal.raise() }
          writes.add()
        }
      }
      var calls = 0
      for turn in 1...10_000 {
        ended.set(0)
        let observation = Observation {
          if ended.value != 0 { late.add() }
          if turn % 4 == 0 { early.add() }
        }
        let watch = try #require(observation.watch(signal))
        round.set(turn)
        switch turn % 4 {
        case 2:
          // From before the callback's beginning to behind its end.
          while writes.value < turn { sched_yield() }
          for _ in 0..<turn % 1_024 { _ = lw_clock_now() }
        case 3: parkUntil { observation.calls.value > 0 }
        default: break
        }
        watch.end()
        ended.set(1)
        let called = observation.calls.value
        while writes.value < turn { sched_yield() }
        #expect(called <= 1 && observation.calls.value == called)
        calls += called
        signal.lower()
      }
      writer.join()
      #expect(late.value == 0)
      #expect(early.value == 0)
      #expect(calls >= 2_500)
    }
  }

  @Test func `A watch that is armed for writing calls back when there is room, each time it is armed`() throws {
    try onWatcher {
      var ends: [CInt] = [0, 0]
      try #require(pipe(&ends) == 0)
      for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
      let observation = Observation()
      let watch = try #require(observation.open(ends[1]))
      var page = [UInt8](repeating: 1, count: 4096)
      for turn in 1...100 {
        while write(ends[1], &page, page.count) > 0 { continue }
        lw_watch_arm(watch.handle, UInt32(LW_WRITABLE))
        // What the reader does now is what the watch waits for.
        #expect(observation.calls.value == turn - 1)
        while read(ends[0], &page, page.count) > 0 { continue }
        parkUntil { observation.calls.value == turn }
      }
      watch.end()
      #expect(observation.calls.value == 100)
      close(ends[0])
      close(ends[1])
    }
  }

  @Test func `A watch that is not armed stays silent, and arming it for something else replaces what it waited for`()
    throws
  {
    try onWatcher {
      var ends: [CInt] = [0, 0]
      try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
      let other = Signal()
      let (observation, later) = (Observation(), Observation())
      let watch = try #require(observation.open(ends[0]))
      var byte: UInt8 = 1
      try #require(write(ends[1], &byte, 1) == 1)
      lw_watch_arm(watch.handle, UInt32(LW_READABLE))
      parkUntil { observation.calls.value == 1 }
      // Readable all the time, but nobody waits for that: a later event of another watch comes through without it.
      let laterWatch = try #require(later.watch(other))
      other.raise()
      parkUntil { later.calls.value == 1 }
      laterWatch.end()
      #expect(observation.calls.value == 1)
      lw_watch_arm(watch.handle, UInt32(LW_WRITABLE))
      parkUntil { observation.calls.value == 2 }
      watch.end()
      close(ends[0])
      close(ends[1])
    }
  }

  @Test func `A callback may arm its own watch again`() throws {
    try onWatcher {
      let signal = Signal()
      let handle = Shared<OpaquePointer?>(nil)
      let calls = Counter()
      let observation = Observation {
        calls.add()
        if calls.value < 1_000 { lw_watch_arm(handle.value!, UInt32(LW_READABLE)) }
      }
      let watch = try #require(observation.open(signal.reading))
      handle.value = watch.handle
      signal.raise()
      lw_watch_arm(watch.handle, UInt32(LW_READABLE))
      parkUntil { observation.calls.value == 1_000 }
      watch.end()
      handle.value = nil
    }
  }

  @Test func `The poller blocks all signals, and the thread that started it gets its mask back`() async {
    await #expect(processExitsWith: .success) {
      // Threads of the concurrency runtime block some signals themselves; this one shall block one, whatever it had.
      var own = sigset_t()
      sigemptyset(&own)
      sigaddset(&own, SIGWINCH)
      pthread_sigmask(SIG_SETMASK, &own, nil)
      let signal = Signal()
      let blocked = Shared<[Bool]>([])
      let observation = Observation {
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        blocked.value = [SIGINT, SIGTERM, SIGCHLD, SIGUSR1].map { sigismember(&mask, $0) == 1 }
      }
      let watch = observation.watch(signal)!
      signal.raise()
      parkUntil { observation.calls.value > 0 }
      watch.end()
      #expect(blocked.value == [true, true, true, true])
      pthread_sigmask(SIG_BLOCK, nil, &own)
      #expect(sigismember(&own, SIGINT) == 0 && sigismember(&own, SIGWINCH) == 1)
    }
  }
}
