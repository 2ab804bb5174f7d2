// What a hand-over of the processor costs alone, for tools/bench: no tool that orders real threads can go below. Its
// threads run free beside a session that begins later, so that it can be measured together with what it is compared
// to: how quick the machine is changes by the second.
internal import CSchedule
internal import Latewrite

/// Threads that wait on one processor until they are asked to hand it round. They end with the process.
public struct HandOvers: Sendable {
  /// As many as take part in a controlled execution of the scenario: who runs it, the loop, the signaler and the wait
  /// thread. Among four, a hand-over costs the system more than between two.
  private static let players = 4
  private static let rounds = 12_500

  private let first: Parker
  private let laps = Shared<Int>(0)

  /// Starts the threads; before any session. The calling thread stays on the first processor from then on; it measures.
  public init() throws {
    lw_stay_on_processor(0)
    let present = Shared<[Int: Parker]>([:])
    let (measurer, laps) = (Parker.current, laps)
    for own in 0..<Self.players {
      let player = try LatewriteThread(named: "player-\(own)") {
        present.withLock { $0[own] = .current }
        measurer.unpark()
        _ = Parker.park()
        let next = present.read()[(own + 1) % Self.players]
        if own == 0 { Self.lead(next, for: measurer, laps) } else { Self.follow(next) }
      }
      player.detach()
    }
    while present.read().count < Self.players { _ = Parker.park() }
    guard let first = present.read()[0] else { fatalError("a player that was counted is not there") }
    self.first = first
  }

  /// Was let go, and hands over; the others hand it on.
  private static func lead(_ next: Parker?, for measurer: Parker, _ laps: Shared<Int>) -> Never {
    while true {
      for _ in 0..<rounds {
        next?.unpark()
        _ = Parker.park()
      }
      laps.withLock { $0 += 1 }
      measurer.unpark()
      _ = Parker.park()
    }
  }

  private static func follow(_ next: Parker?) -> Never {
    while true {
      next?.unpark()
      _ = Parker.park()
    }
  }

  /// Nanoseconds of the processor that the system takes to put one thread to sleep and have another one go on.
  public func nanosecondsEach() -> Double {
    let (start, before) = (ExploreRate.processorNanoseconds, laps.read())
    first.unpark()
    while laps.read() == before { _ = Parker.park() }
    return Double(ExploreRate.processorNanoseconds - start) / Double(Self.players * Self.rounds)
  }
}
