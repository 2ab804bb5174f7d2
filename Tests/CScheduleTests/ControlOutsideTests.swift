// What comes from outside of a controlled execution: descriptors that get ready, bracketed calls that return, threads
// that no token binds. When it happens is the world's business; when it is noticed is a choice.
import CSchedule
import Glibc
import Testing

/// A pipe, and a member that watches it.
private final class WatchedPipe: @unchecked Sendable {
  // @unchecked: what changes is on boards.
  private let ends: (reading: CInt, writing: CInt)
  private let counted = Board(0)
  private let watch = Board<OpaquePointer?>(nil)
  private let watcher = Board<lw_thread_number>(0)
  private let body = Board<() -> Void>({})
  var calls: Int { counted.value }

  init() {
    var ends: [CInt] = [0, 0]
    if pipe(&ends) != 0 { fatalError("a test could not make a pipe") }
    self.ends = (ends[0], ends[1])
  }

  func send() {
    var byte: UInt8 = 1
    if write(ends.writing, &byte, 1) != 1 { fatalError("a test could not write to its pipe") }
  }

  /// Blocks while the pipe is empty.
  func receive() {
    var byte: UInt8 = 0
    if read(ends.reading, &byte, 1) != 1 { fatalError("a test could not read from its pipe") }
  }

  /// Begins to watch the pipe and lets the poller come up.
  func begin(_ body: @escaping () -> Void = {}) {
    (counted.value, watcher.value, self.body.value) = (0, lw_thread_self(), body)
    watch.value = lw_watch_readable(
      ends.reading,
      { context in
        let pipe = Unmanaged<WatchedPipe>.fromOpaque(context!).takeUnretainedValue()
        pipe.counted.value += 1
        let body = pipe.body.value
        body()
        lw_unpark(pipe.watcher.value)
      }, Unmanaged.passUnretained(self).toOpaque())
    #expect(watch.value != nil)
    _ = lw_park(nil, lw_clock_now())
  }

  func end() { lw_watch_end(watch.value!) }

  /// Whether another watch of the same pipe is refused, and why.
  var refusal: CInt {
    lw_watch_readable(ends.reading, { _ in }, nil) == nil ? errno : 0
  }
}

/// Every chance for other threads to come first.
private func yieldOften() { for _ in 0..<2_000 { sched_yield() } }

private func readiness(_ decision: Decision) -> [Int] {
  decision.alternatives.filter { $0.turn == .LW_TURN_READY }.map(\.value)
}

@Suite struct ControlOutsideTests {
  @Test func `A readiness that the very first decision waits for in vain stalls the execution`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let watches = Part("watches") { pipe.begin() }
      let idles = Part("idles") { idlePoint() }
      let first = session.run([watches])
      #expect(first.result.end == .LW_EXECUTION_ENDED)
      let run = session.run([idles], [Deviation(0, 0, .LW_TURN_READY, 0)], stall: 200_000_000)
      #expect(run.result.end == .LW_EXECUTION_STALLED && run.result.steps == 0)
    }
  }

  @Test func `Readiness is a choice from when it is real, and taken last`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let diary = Diary([])
      let watches = Part("watches") {
        pipe.begin { diary.note("ready") }
        idlePoint()
        pipe.send()
        diary.note("sent")
        idlePoint()
        diary.note("went on")
        parkUntil { pipe.calls > 0 }
        pipe.end()
        pipe.receive()
      }
      let usual = session.run([watches])
      #expect(diary.value == ["sent", "went on", "ready"])
      let points = usual.log.filter { $0.member == 0 && $0.kind == "user" }
      #expect(points.map(readiness) == [[], [0]])
      #expect(usual.taken.isEmpty && usual.result.end == .LW_EXECUTION_ENDED)

      diary.value = []
      let early = Deviation(0, points[1].ordinal, .LW_TURN_READY, 0)
      let run = session.run([watches], [early])
      #expect(run.taken == [early] && run.result.stray == 0)
      #expect(diary.value == ["sent", "ready", "went on"])
    }
  }

  @Test func `What is ready when the last part ends is delivered in this execution, not in the next`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let run = session.run([
        Part("watches") {
          pipe.begin()
          pipe.send()
        }
      ])
      #expect(run.result.end == .LW_EXECUTION_ENDED && pipe.calls == 1)
      #expect(run.log.last.map(readiness) == [0])
      let next = session.run([Part("idles") { idlePoint() }])
      #expect(next.log.flatMap(readiness).isEmpty)
    }
  }

  @Test func `When nothing else can go on, readiness is really waited for`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let (pipe, other) = (WatchedPipe(), WatchedPipe())
      let waiting = Counter()
      let watches = Part("watches") {
        other.begin()
        pipe.begin()
        waiting.add()
        parkUntil { pipe.calls > 0 }
        pipe.end()
        other.end()
        pipe.receive()
      }
      for round in 1...50 {
        let sender = ForeignThread {
          while waiting.value < round { sched_yield() }
          if round % 2 == 0 { yieldOften() }
          pipe.send()
        }
        let run = session.run([watches])
        #expect(run.result.end == .LW_EXECUTION_ENDED && other.calls == 0)
        // It was the second of the watched, but the only one that was there.
        #expect(run.log.filter { $0.choice.turn == .LW_TURN_READY }.map(\.choice.value) == [1])
        sender.join()
      }
    }
  }

  @Test func `A deadline passes before a readiness is taken, so that the default does not depend on the world`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let diary = Diary([])
      let watches = Part("watches") {
        pipe.begin { diary.note("ready") }
        pipe.send()
        #expect(lw_park(nil, lw_clock_now() + 1_000_000) == .LW_PARK_TIMEOUT)
        diary.note("timed out")
        pipe.end()
        pipe.receive()
      }
      let run = session.run([watches])
      #expect(diary.value == ["timed out"] && run.result.end == .LW_EXECUTION_ENDED)
      let parked = run.log.last { $0.member == 0 && $0.alternatives.count > 1 }!
      #expect(parked.alternatives.map(\.turn) == [.LW_TURN_TIMEOUT, .LW_TURN_READY])
    }
  }

  @Test func `A readiness that is prescribed is waited for`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let diary = Diary([])
      let (announced, late) = (Counter(), Counter())
      let watches = Part("watches") {
        pipe.begin { diary.note("ready") }
        announced.add()
        if late.value == 0 { pipe.send() }
        idlePoint()
        diary.note("went on")
        parkUntil { pipe.calls > 0 }
        pipe.end()
        pipe.receive()
      }
      let point = session.run([watches]).log.last { $0.member == 0 && $0.kind == "user" }!
      #expect(diary.value == ["went on", "ready"])
      diary.value = []
      late.set(1)
      let sender = ForeignThread {
        while announced.value < 2 { sched_yield() }
        yieldOften()
        pipe.send()
      }
      let run = session.run([watches], [Deviation(0, point.ordinal, .LW_TURN_READY, 0)])
      sender.join()
      #expect(run.result.stray == 0 && diary.value == ["ready", "went on"])
    }
  }

  @Test func `Members that wait in a loop of points are interrupted by a readiness in the end`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let watches = Part("watches") {
        pipe.begin()
        pipe.send()
        while pipe.calls == 0 { idlePoint() }
        pipe.end()
        pipe.receive()
      }
      let waits = Part("waits") { while pipe.calls == 0 { idlePoint() } }
      #expect(session.run([watches, waits]).result.end == .LW_EXECUTION_ENDED)
    }
  }

  @Test func `What cannot be watched is refused as in a free run`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let watches = Part("watches") {
        #expect(lw_watch_readable(-1, { _ in }, nil) == nil)
        #expect(errno == EBADF)
        pipe.begin()
        #expect(pipe.refusal == EEXIST)
        pipe.end()
        pipe.begin()
        pipe.end()
      }
      #expect(session.run([watches]).result.end == .LW_EXECUTION_ENDED)
    }
  }

  @Test func `An ended watch is never delivered, whoever runs`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipe = WatchedPipe()
      let (ended, called) = (Board(false), Board(0))
      let watches = Part("watches") {
        ended.value = false
        pipe.begin {
          #expect(!ended.value)
          called.value += 1
          idlePoint()
          #expect(!ended.value)
        }
        pipe.send()
        for _ in 0..<5 { idlePoint() }
        pipe.end()
        ended.value = true
        for _ in 0..<5 { idlePoint() }
        pipe.receive()
      }
      let beside = Part("beside") { for _ in 0..<5 { idlePoint() } }
      for seed in UInt64(0)..<200 {
        let run = session.run([watches, beside], strategy: .LW_STRATEGY_RANDOM, seed: seed)
        #expect(run.result.end == .LW_EXECUTION_ENDED, "seed \(seed)")
      }
      #expect(called.value > 20 && called.value < 200)
    }
  }

  @Test func `A watch that is armed for writing becomes ready when there is room`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      var ends: [CInt] = [0, 0]
      #expect(pipe(&ends) == 0)
      for end in ends { #expect(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
      let (reading, writing) = (ends[0], ends[1])
      let calls = Counter()
      let watches = Part("watches") {
        calls.set(0)
        let watch = lw_watch_open(
          writing,
          { context in Unmanaged<Counter>.fromOpaque(context!).takeUnretainedValue().add() },
          Unmanaged.passUnretained(calls).toOpaque())!
        var page = [UInt8](repeating: 1, count: 4096)
        while write(writing, &page, page.count) > 0 { continue }
        for turn in 1...3 {
          lw_watch_arm(watch, UInt32(LW_WRITABLE))
          while read(reading, &page, page.count) > 0 { continue }
          while calls.value < turn { idlePoint() }
        }
        lw_watch_end(watch)
      }
      for seed in UInt64(0)..<50 {
        let run = session.run([watches], strategy: .LW_STRATEGY_RANDOM, seed: seed)
        #expect(run.result.end == .LW_EXECUTION_ENDED && calls.value == 3)
      }
    }
  }

  @Test func `Two members that watch something at the same time have one poller`() async {
    await #expect(processExitsWith: .success) {
      let session = Session()
      let pipes = (WatchedPipe(), WatchedPipe())
      let parts = [pipes.0, pipes.1].map { pipe in
        Part("watches") {
          pipe.begin()
          pipe.send()
          parkUntil { pipe.calls > 0 }
          pipe.end()
          pipe.receive()
        }
      }
      // The first one is interrupted in the middle of its watch.
      for seed in UInt64(0)..<100 {
        let run = session.run(parts, strategy: .LW_STRATEGY_RANDOM, seed: seed)
        #expect(run.result.end == .LW_EXECUTION_ENDED, "seed \(seed)")
      }
      #expect(lw_control_member_count() == 3)
    }
  }
}
