// Signal against unregistration, as often as a few seconds allow. Two faults of another implementation are the model:
// W1, a callback after an unregistration that said there would be none, and W2, a crash when a blocking
// unregistration meets a callback on the wait thread.
import CWin32
import Synchronization
import Testing

/// One race: a wait per round, unregistered while a thread signals its object without a pause.
final class Race: @unchecked Sendable {  // @unchecked: the handle never changes
  static let rounds = 20_000
  /// The signaller is one thread of many and may be late: so many rounds more are made until something has raced.
  static let roundsMax = 100 * rounds
  let object = newEvent()
  let stop = Atomic<Bool>(false)
  /// Rounds below this number are over: no callback of theirs may run.
  let over = Atomic<Int>(0)
  let callbacks = Atomic<Int>(0)
  let late = Atomic<Int>(0)

  func run(flags: DWORD, until hasRaced: () -> Bool, unregister: (HANDLE?, HANDLE) -> Bool) {
    let signaller = startThread {
      while !self.stop.load(ordering: .relaxed) { SetEvent(self.object) }
    }
    let completion = newEvent(manual: true)
    for round in 0..<Self.roundsMax where round < Self.rounds || !hasRaced() {
      let context = Unmanaged.passRetained(Round(self, round))
      var wait: HANDLE?
      let callback: WAITORTIMERCALLBACK = { context, _ in
        Unmanaged<Round>.fromOpaque(context!).takeUnretainedValue().called()
      }
      #expect(RegisterWaitForSingleObject(&wait, object, callback, context.toOpaque(), INFINITE, flags) == 1)
      if round % 3 == 0 { SwitchToThread() }
      let saidNoMore = unregister(wait, completion)
      if saidNoMore { over.store(round + 1, ordering: .sequentiallyConsistent) }
      // The other answer: R3, it will run, and the event tells when it has.
      if !saidNoMore { CWin32Tests.wait(for: completion) }
      ResetEvent(completion)
      over.store(round + 1, ordering: .sequentiallyConsistent)
      context.release()
    }
    stop.store(true, ordering: .relaxed)
    CWin32Tests.wait(for: signaller)
    for handle in [signaller, completion, object] { CloseHandle(handle) }
  }

  final class Round: Sendable {
    let race: Race
    let number: Int

    init(_ race: Race, _ number: Int) {
      self.race = race
      self.number = number
    }

    func called() {
      race.callbacks.add(1, ordering: .relaxed)
      if race.over.load(ordering: .sequentiallyConsistent) > number { race.late.add(1, ordering: .relaxed) }
    }
  }
}

@Suite struct RegistrationRaceTests {
  @Test(arguments: [WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE, WT_EXECUTEDEFAULT])
  func `No callback runs after a blocking unregistration has returned`(flags: DWORD) {
    let race = Race()
    race.run(flags: flags, until: { race.callbacks.load(ordering: .relaxed) > 0 }) { wait, _ in
      let result = UnregisterWaitEx(wait, lw_invalid_handle_value())
      #expect(result == 1, "the blocking form failed with \(GetLastError())")
      return true
    }
    #expect(race.late.load(ordering: .relaxed) == 0)
    #expect(race.callbacks.load(ordering: .relaxed) > 0, "nothing raced")
  }

  @Test(arguments: [WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE])
  func `No callback runs after TRUE, and one has run when the event is set after ERROR_IO_PENDING`(flags: DWORD) {
    let race = Race()
    let pending = Atomic<Int>(0)
    race.run(flags: flags, until: { pending.load(ordering: .relaxed) > 0 }) { wait, completion in
      let result = UnregisterWaitEx(wait, completion)
      if result == 0 {
        #expect(GetLastError() == ERROR_IO_PENDING)
        pending.add(1, ordering: .relaxed)
      } else {
        #expect(isSet(completion), "the event comes with TRUE, too")
      }
      return result != 0
    }
    #expect(race.late.load(ordering: .relaxed) == 0)
    #expect(race.callbacks.load(ordering: .relaxed) >= pending.load(ordering: .relaxed))
    #expect(pending.load(ordering: .relaxed) > 0, "nothing raced")
  }
}
