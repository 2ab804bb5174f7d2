// Parking loses no token: every wait of the project stands on that.
import CSchedule
import Glibc
import Testing

@Suite struct ParkingTests {
  @Test func `Two threads that unpark each other never lose a token`() {
    let rounds = 20_000
    let turn = Counter()
    let numbers = [Counter(), Counter()]
    let players = (0...1).map { me in
      RunningThread("player-\(me)") {
        numbers[me].set(Int(lw_thread_self()))
        while numbers[1 - me].value == 0 { sched_yield() }
        let other = lw_thread_number(numbers[1 - me].value)
        for _ in 0..<rounds {
          parkUntil { turn.value % 2 == me }
          turn.add()
          lw_unpark(other)
        }
      }
    }
    players.forEach { $0.join() }
    #expect(turn.value == 2 * rounds)
  }

  // The next tests look at single tokens. They have a process of their own, where nobody else unparks anybody.

  @Test func `An unpark that comes first is kept, and two of them are one`() async {
    await #expect(processExitsWith: .success) {
      lw_unpark(lw_thread_self())
      #expect(lw_park(nil, never) == .LW_PARK_UNPARKED)
      lw_unpark(lw_thread_self())
      lw_unpark(lw_thread_self())
      #expect(lw_park(nil, 0) == .LW_PARK_UNPARKED)
      #expect(lw_park(nil, 0) == .LW_PARK_TIMEOUT)
    }
  }

  @Test func `A park without a token ends at its deadline and not before`() async {
    await #expect(processExitsWith: .success) {
      let deadline = lw_clock_now() + 2_000_000
      #expect(lw_park(nil, deadline) == .LW_PARK_TIMEOUT)
      #expect(lw_clock_now() >= deadline)
      // A timeout leaves nothing behind: the next token is a token again.
      lw_unpark(lw_thread_self())
      #expect(lw_park(nil, 0) == .LW_PARK_UNPARKED)
    }
  }

  @Test func `A token that comes in the moment of the deadline is not lost`() {
    let tokens = 5_000
    let taken = Counter()
    let giver = Counter()
    let parker = RunningThread("parker") {
      while giver.value == 0 { sched_yield() }
      // Deadlines that have passed: the thread spends its time in that very moment.
      while taken.value < tokens {
        if lw_park(nil, 0) == .LW_PARK_TIMEOUT { continue }
        taken.add()
        lw_unpark(lw_thread_number(giver.value))
      }
    }
    onThread(named: "giver") {
      giver.set(Int(lw_thread_self()))
      for given in 1...tokens {
        // At a different moment of the parker's loop each time.
        for _ in 0..<given % 64 { _ = lw_clock_now() }
        lw_unpark(parker.number)
        parkUntil { taken.value >= given }
      }
    }
    parker.join()
    #expect(taken.value == tokens)
  }

  @Test func `Unparking a number that no thread has is harmless`() {
    for number in [0, 4_095, 4_096, .max] as [lw_thread_number] { lw_unpark(number) }
    #expect(lw_thread_self() != 0)
  }
}
