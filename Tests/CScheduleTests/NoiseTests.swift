// Delays and choices come from the seed and the thread's name, and from nothing else.
import CSchedule
import Testing

// Delays and seeds are global, so each of these tests has a process of its own.
@Suite struct NoiseTests {
  @Test func `The same seed and name choose the same, another seed or another name does not`() async {
    await #expect(processExitsWith: .success) {
      let reference = choices(seed: 7, name: "worker")
      #expect(choices(seed: 7, name: "worker") == reference)
      #expect(choices(seed: 8, name: "worker") != reference)
      #expect(choices(seed: 7, name: "wanderer") != reference)
      #expect(choices(seed: 7, name: "worker") == reference)
      #expect(Set(reference).count > 50, "the choices spread over their range")
      #expect(reference.allSatisfy { $0 < 1_000 })
    }
  }

  @Test func `A restart repeats the choices of a thread that lives on, and so does a new name that is the old one`()
    async
  {
    await #expect(processExitsWith: .success) {
      let runs = onThread(named: "survivor") {
        (0..<3).map { _ in
          lw_choices_seed(42)
          return choose(100)
        }
      }
      #expect(runs[0] == runs[1])
      #expect(runs[1] == runs[2])
      let renamed = onThread(named: "somebody") {
        _ = choose(10)
        lw_thread_set_name("survivor")
        return choose(100)
      }
      #expect(renamed == runs[0])
    }
  }

  @Test func `Passing points changes no choice`() async {
    await #expect(processExitsWith: .success) {
      let reference = choices(seed: 7, name: "worker")
      var noise = lw_noise(seed: 7, one_in: 2, spin_ns_max: 100, long_one_in: 0, long_ns_max: 0)
      lw_noise_start(&noise)
      let between = onThread(named: "worker") {
        choose(100) { for _ in 0..<3 { lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ) } }
      }
      #expect(between == reference)
    }
  }

  @Test func `The same seed and name delay at the same points`() async {
    await #expect(processExitsWith: .success) {
      let reference = delayedPoints(seed: 3, name: "worker")
      #expect(delayedPoints(seed: 3, name: "worker") == reference)
      #expect(delayedPoints(seed: 4, name: "worker") != reference)
      #expect(delayedPoints(seed: 3, name: "other") != reference)
      let made = reference.count { $0 }
      #expect(made > 150 && made < 350, "one point in 8 of 2,000, not \(made)")
    }
  }

  @Test func `Stopped and switched off, points do nothing`() async {
    await #expect(processExitsWith: .success) {
      var noise = lw_noise(seed: 1, one_in: 1, spin_ns_max: 10, long_one_in: 0, long_ns_max: 0)
      lw_noise_start(&noise)
      lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ)
      let counted = totals()
      #expect(counted.delays >= 1)
      lw_noise_stop()
      lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ)
      noise.one_in = 0
      lw_noise_start(&noise)
      let settled = totals()
      lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ)
      #expect(totals() == settled)
    }
  }

  @Test func `A long delay takes no token of the thread`() async {
    await #expect(processExitsWith: .success) {
      var noise = lw_noise(seed: 1, one_in: 1, spin_ns_max: 0, long_one_in: 1, long_ns_max: 100_000)
      lw_noise_start(&noise)
      lw_unpark(lw_thread_self())
      for _ in 0..<10 { lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ) }
      #expect(totals().delays >= 10)
      #expect(lw_park(nil, 0) == .LW_PARK_UNPARKED)
    }
  }

  @Test func `Delays last as long as was asked for`() async {
    await #expect(processExitsWith: .success) {
      for long in [0, 1] as [UInt32] {
        var noise = lw_noise(
          seed: 5, one_in: 1, spin_ns_max: 200_000, long_one_in: long, long_ns_max: 200_000)
        lw_noise_start(&noise)
        let start = lw_clock_now()
        for _ in 0..<50 { lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ) }
        // 50 uniform delays below 200 us: 5 ms on average, and hardly ever less than half of it.
        #expect(lw_clock_now() - start > 2_500_000)
      }
    }
  }

  @Test func `A choice among one takes nothing from the stream, one among none ends the program`() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      lw_choices_seed(9)
      let reference = choose(10)
      lw_choices_seed(9)
      let interspersed = choose(10) { #expect(lw_choose(.LW_CHOICE_USER, nil, 1) == 0) }
      #expect(interspersed == reference)
      _ = lw_choose(.LW_CHOICE_USER, nil, 0)
    }
    #expect(try #require(result).says == "latewrite: a choice among no alternatives was asked for\n")
  }
}

private func choose(_ count: Int, between: () -> Void = {}) -> [UInt32] {
  (0..<count).map { _ in
    between()
    return lw_choose(.LW_CHOICE_USER, nil, 1_000)
  }
}

private func choices(seed: UInt64, name: String) -> [UInt32] {
  lw_choices_seed(seed)
  return onThread(named: name) { choose(100) }
}

private struct Totals: Equatable { var points: UInt64 = 0, delays: UInt64 = 0 }

private func totals() -> Totals {
  var totals = Totals()
  lw_noise_totals(&totals.points, &totals.delays)
  return totals
}

/// For each of 2,000 points, whether the thread was delayed there.
private func delayedPoints(seed: UInt64, name: String) -> [Bool] {
  var noise = lw_noise(seed: seed, one_in: 8, spin_ns_max: 10, long_one_in: 0, long_ns_max: 0)
  lw_noise_start(&noise)
  return onThread(named: name) {
    (0..<2_000).map { _ in
      let before = totals().delays
      lw_point(.LW_POINT_USER, nil, .LW_ACCESS_READ)
      return totals().delays != before
    }
  }
}
