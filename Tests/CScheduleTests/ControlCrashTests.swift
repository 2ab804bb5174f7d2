// What an execution has decided outlives the process in memory that it shares with another one.
import CSchedule
import Foundation
import Testing

/// A file that is a schedule, mapped for the life of the process.
private struct SharedSchedule {
  let memory: UnsafeMutableRawPointer

  /// Makes the file, or opens the one that is there.
  init(_ path: String) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    let mapped =
      ftruncate(file, off_t(lw_schedule_bytes())) == 0
      ? mmap(nil, lw_schedule_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : nil
    guard let mapped, mapped != MAP_FAILED else { fatalError("a test could not share memory") }
    close(file)
    memory = mapped
  }

  var deviations: [Deviation] {
    let schedule = UnsafePointer(memory.assumingMemoryBound(to: lw_schedule.self))
    return (0..<lw_schedule_count(schedule)).map { Deviation(lw_schedule_deviation(schedule, $0)) }
  }
}

@Suite struct ControlCrashTests {
  /// Where a child of a test writes what it does.
  private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appending(path: "latewrite-schedule-\(UUID().uuidString)").path
  }

  @Test func `Deviations are written before they take effect, so a killed process has told the last one too`() async {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let session = Session(writingTo: SharedSchedule(path).memory)
      let goesOn = Part("goes-on") { for _ in 0..<4 { idlePoint() } }
      let dies = Part("dies") {
        idlePoint()
        kill(getpid(), SIGKILL)
        idlePoint()
      }
      _ = session.run(
        [goesOn, dies],
        [
          Deviation(0, 2, .LW_TURN_RUN, 1), Deviation(1, 0, .LW_TURN_RUN, 0), Deviation(0, 4, .LW_TURN_RUN, 1),
          Deviation(1, 1, .LW_TURN_RUN, 0),
        ])
    }
    let told = SharedSchedule(path).deviations
    #expect(
      told == [
        Deviation(0, 2, .LW_TURN_RUN, 1), Deviation(1, 0, .LW_TURN_RUN, 0), Deviation(0, 4, .LW_TURN_RUN, 1),
      ])
  }

  @Test func `What a strategy picked before the process died repeats what it did`() async throws {
    let paths = (temporaryPath(), temporaryPath())
    defer { for path in [paths.0, paths.1] { try? FileManager.default.removeItem(atPath: path) } }
    // Dies when the two have met in a certain way; another process that is given the list dies in the same place.
    for (path, source) in [(paths.0, ""), (paths.1, paths.0)] {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, source = source as String] in
        let session = Session(writingTo: SharedSchedule(path).memory)
        let prescribed = source.isEmpty ? [] : SharedSchedule(source).deviations
        let turns = Board<[Int]>([])
        let parts = (0..<2).map { me in
          Part("part-\(me)") {
            for _ in 0..<6 {
              turns.value.append(me)
              if turns.value.suffix(6) == [1, 0, 1, 0, 0, 1] { kill(getpid(), SIGKILL) }
              idlePoint()
            }
          }
        }
        for seed in UInt64(0)..<1_000 {
          turns.value = []
          _ = session.run(
            parts, prescribed, strategy: source.isEmpty ? .LW_STRATEGY_RANDOM : .LW_STRATEGY_NONE, seed: seed)
        }
      }
    }
    let told = SharedSchedule(paths.0).deviations
    #expect(!told.isEmpty)
    #expect(SharedSchedule(paths.1).deviations == told)
  }
}
