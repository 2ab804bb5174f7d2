// Thread numbers are small, unique among the living, and recycled; names outlive their threads.
import CSchedule
import Foundation
import Testing

@Suite struct ThreadTests {
  @Test func `A thread knows its number and its name, and its creator does`() {
    let inside = Shared<(lw_thread_number, String)>((0, ""))
    let go = Counter()
    let thread = RunningThread("a-worker") {
      inside.value = (lw_thread_self(), nameOfThread(lw_thread_self()))
      while go.value == 0 { sched_yield() }
    }
    let number = thread.number
    #expect(nameOfThread(number) == "a-worker")
    go.set(1)
    thread.join()
    #expect(inside.value == (number, "a-worker"))
  }

  @Test func `Names keep 15 bytes and reach the system`() {
    let names = onThread(named: "started") {
      lw_thread_set_name("a-name-of-more-than-15-bytes")
      let comm = FileHandle(forReadingAtPath: "/proc/thread-self/comm")
      let system = String(decoding: (try? comm?.readToEnd()) ?? Data(), as: UTF8.self)
      return [nameOfThread(lw_thread_self()), system]
    }
    #expect(names == ["a-name-of-more-", "a-name-of-more-\n"])
  }

  // Who gets which number is only certain in a process of the test's own.

  @Test func `The number of an ended thread is given out again, last in, first out, and its name stays readable`() async
  {
    await #expect(processExitsWith: .success) {
      let first = RunningThread("first") {}
      let second = RunningThread("second") {}
      let (one, two) = (first.number, second.number)
      #expect(one != two)
      first.join()
      second.join()
      #expect(nameOfThread(one) == "first")
      #expect(nameOfThread(two) == "second")
      let third = RunningThread("third") {}
      #expect(third.number == two)
      let fourth = RunningThread("fourth") {}
      #expect(fourth.number == one)
      third.join()
      fourth.join()
      #expect(nameOfThread(two) == "third")
    }
  }

  @Test func `A thread that has ended keeps its number until it is joined`() async {
    await #expect(processExitsWith: .success) {
      let ended = RunningThread("ended") {}
      let number = ended.number
      // Its end is not visible from here; many other threads come and go instead.
      for _ in 0..<50 {
        let other = RunningThread("other") {}
        #expect(other.number != number)
        other.join()
      }
      ended.join()
    }
  }

  @Test func `A foreign thread is adopted under its system name, and its exit gives the number back`() async {
    await #expect(processExitsWith: .success) {
      func adoptedNumber() -> lw_thread_number {
        var thread = pthread_t()
        var result: UnsafeMutableRawPointer?
        pthread_create(
          &thread, nil,
          { _ in
            try! "foreigner".write(toFile: "/proc/thread-self/comm", atomically: false, encoding: .utf8)
            return UnsafeMutableRawPointer(bitPattern: UInt(lw_thread_self()))
          }, nil)
        pthread_join(thread, &result)
        return lw_thread_number(UInt(bitPattern: result))
      }
      let first = adoptedNumber()
      #expect(nameOfThread(first) == "foreigner")
      for _ in 0..<10 { #expect(adoptedNumber() == first) }
    }
  }

  @Test func `A detached thread gives its number back when it ends`() async {
    await #expect(processExitsWith: .success) {
      let identifier = Counter()
      let context = Unmanaged.passUnretained(identifier).toOpaque()
      let handle = lw_thread_create(
        "detached", { Unmanaged<Counter>.fromOpaque($0!).takeUnretainedValue().set(systemThread()) }, context)!
      let number = lw_thread_number_of(handle)
      lw_thread_detach(handle)
      // The system forgets a thread after all of its own clean-up; its number is then the newest free one.
      while identifier.value == 0 || access("/proc/self/task/\(identifier.value)", F_OK) == 0 { sched_yield() }
      guard onThread(named: "prober", { lw_thread_self() }) == number else { exit(1) }
    }
  }

  @Test func `More threads than there are numbers end the program with a sentence`() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      for _ in 0..<LW_THREAD_MAX { _ = lw_thread_create("many", { _ in while true { _ = lw_park(nil, never) } }, nil) }
    }
    #expect(try #require(result).says == "latewrite: more than 4095 threads are alive at the same time\n")
  }

  @Test func `Many threads that start and end at once never share a number`() {
    let owners = Shared((0..<4_096).map { _ in Counter() })
    let clashes = Counter()
    let starters = (1...4).map { index in
      RunningThread("starter-\(index)") {
        for _ in 0..<200 {
          RunningThread("short") {
            let mine = owners.value[Int(lw_thread_self())]
            mine.add()
            if mine.value != 1 { clashes.add() }
            mine.add(-1)
          }.join()
        }
      }
    }
    starters.forEach { $0.join() }
    #expect(clashes.value == 0)
  }
}

/// The number that the system has for the calling thread. (The C library's module map lacks gettid.)
private func systemThread() -> Int {
  let task = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")  // PROCESS/task/THREAD
  return Int(task.split(separator: "/").last!)!
}
