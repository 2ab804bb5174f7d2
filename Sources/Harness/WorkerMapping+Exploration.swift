// What executions under control leave in shared memory beside the rest: the schedule that is running, written deviation
// by deviation; the first schedule of each outcome and of each record; the classes that were seen; where a search
// through all schedules stands.
internal import CArena
internal import Exploration
internal import Latewrite
internal import Synchronization

extension WorkerMapping {
  /// Deviations of a schedule that is kept; a longer one is not.
  private static let keptDeviations = 1023
  private static let keptWords = keptDeviations + 1
  /// Different classes that a worker keeps.
  static let classCapacity = 1 << 18
  private static let searchDepthMax = 16

  static let scheduleMemoryIndex = 0
  private static let outcomeIndex = scheduleMemoryIndex + (Controller.scheduleBytes + 7) / 8
  private static let recordIndex = outcomeIndex + Outcome.allCases.count * keptWords
  private static let classIndex = recordIndex + Int(recordCapacity) * keptWords
  private static let searchIndex = classIndex + classCapacity
  private static let searchWords = 3 + searchDepthMax
  static let explorationWords = searchIndex + 2 * searchWords

  // ------------------------------------------------------------------------------------------------------ schedules

  /// The schedule that is running, or ran when the worker died.
  var runningSchedule: Schedule { unsafe Controller.schedule(in: scheduleMemory) }

  /// The first schedule that had an outcome, and how many deviations it had before it was shrunk.
  func schedule(of outcome: Outcome) -> (schedule: Schedule, shrunkFrom: Int)? {
    kept(at: Self.outcomeIndex + outcome.rawValue * Self.keptWords)
  }

  func keep(_ schedule: Schedule, shrunkFrom: Int, for outcome: Outcome) {
    keep(schedule, shrunkFrom, at: Self.outcomeIndex + outcome.rawValue * Self.keptWords)
  }

  /// The same for a record of the raw record file.
  func schedule(ofRecord index: Int) -> (schedule: Schedule, shrunkFrom: Int)? {
    kept(at: Self.recordIndex + index * Self.keptWords)
  }

  func keep(_ schedule: Schedule, shrunkFrom: Int, forRecord index: Int) {
    guard index < Int(Self.recordCapacity) else { return }
    keep(schedule, shrunkFrom, at: Self.recordIndex + index * Self.keptWords)
  }

  /// How many records there are in the raw record file.
  var recordCount: Int {
    let file = unsafe recordFile.assumingMemoryBound(to: lw_record_file.self)
    return unsafe Int(min(file.pointee.record_count, file.pointee.record_capacity))
  }

  /// The rule that a record is about.
  func rule(ofRecord index: Int) -> Rule {
    let file = unsafe recordFile.assumingMemoryBound(to: lw_record_file.self)
    let number = unsafe lw_record_at(file, UInt32(index))?.pointee.rule ?? 0
    return Rule(rawValue: number) ?? .freedWhileLent
  }

  /// First a word: 1 + deviations, and above that how many there were before. It is 0 while the rest is written, for
  /// the command may look while the worker lives.
  private func keep(_ schedule: Schedule, _ shrunkFrom: Int, at index: Int) {
    guard schedule.count <= Self.keptDeviations else { return }
    self[exploration: index] = 0
    // releasing: who sees a deviation of this schedule does not find the word of the one before it.
    atomicMemoryFence(ordering: .releasing)
    for (place, deviation) in schedule.deviations.enumerated() {
      self[exploration: index + 1 + place] =
        UInt64(deviation.member) << 48 | UInt64(deviation.ordinal) << 32 | UInt64(deviation.turn.rawValue) << 16
        | UInt64(deviation.value)
    }
    // releasing: who sees the word sees the deviations.
    atomicMemoryFence(ordering: .releasing)
    self[exploration: index] = UInt64(shrunkFrom) << 32 | UInt64(schedule.count + 1)
  }

  private func kept(at index: Int) -> (schedule: Schedule, shrunkFrom: Int)? {
    let head = self[exploration: index]
    guard head != 0 else { return nil }
    // acquiring: pairs with the second fence of `keep`.
    atomicMemoryFence(ordering: .acquiring)
    let deviations = (0..<Int(UInt32(truncatingIfNeeded: head)) - 1).compactMap { place -> Deviation? in
      let word = self[exploration: index + 1 + place]
      guard let turn = Deviation.Turn(rawValue: UInt16(truncatingIfNeeded: word >> 16)) else { return nil }
      return Deviation(
        member: UInt16(truncatingIfNeeded: word >> 48), ordinal: UInt16(truncatingIfNeeded: word >> 32), turn: turn,
        value: UInt16(truncatingIfNeeded: word))
    }
    // acquiring: pairs with the first fence of `keep`.
    atomicMemoryFence(ordering: .acquiring)
    guard self[exploration: index] == head else { return nil }
    return (Schedule(deviations), Int(head >> 32))
  }

  // -------------------------------------------------------------------------------------------------------- classes

  /// Notes a class that this worker has not seen before.
  func add(equivalenceClass: UInt64) {
    let count = Int(self[.classCount])
    guard count < Self.classCapacity else { return }
    self[exploration: Self.classIndex + count] = equivalenceClass
    self[.classCount] += 1
  }

  var classes: [UInt64] {
    (0..<min(Int(self[.classCount]), Self.classCapacity)).map { self[exploration: Self.classIndex + $0] }
  }

  // --------------------------------------------------------------------------------------------------------- search

  /// A search through all schedules stands at `position`; `hasRun`: its schedule shall not be run again. There are two
  /// places for what is noted, so that the latest note is whole, whatever ends the worker.
  func noteSearch(at position: BoundedSearch.Position, hasRun: Bool) {
    let place = Self.searchIndex + Int((self[.searchNotes] + 1) % 2) * Self.searchWords
    // releasing, both: who sees any of this note knows that the one before is there, and who knows of it sees all of
    // it.
    atomicMemoryFence(ordering: .releasing)
    let words = [position.pass, hasRun ? 1 : 0, position.path.count] + position.path.prefix(Self.searchDepthMax)
    for (index, word) in words.enumerated() { self[exploration: place + index] = UInt64(word) }
    atomicMemoryFence(ordering: .releasing)
    self[.searchNotes] += 1
  }

  /// Where the search goes on, also while the worker works: with what it runs then, or behind it.
  func searchGoesOn(behindRunning: Bool = false) -> BoundedSearch.Position {
    while true {
      let notes = self[.searchNotes]
      // acquiring, both: see above.
      atomicMemoryFence(ordering: .acquiring)
      let place = Self.searchIndex + Int(notes % 2) * Self.searchWords
      let words = (0..<Self.searchWords).map { Int(truncatingIfNeeded: self[exploration: place + $0]) }
      atomicMemoryFence(ordering: .acquiring)
      guard self[.searchNotes] == notes else { continue }
      let position = BoundedSearch.Position(
        pass: words[0], path: Array(words[3...].prefix(min(words[2], Self.searchDepthMax))))
      return words[1] != 0 || behindRunning ? position.next : position
    }
  }
}
