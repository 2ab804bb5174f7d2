// The memory that a worker and the command share.
import Testing

@testable import Harness

struct WorkerMappingTests {
  @Test("What one side writes the other side reads, through a mapping of its own")
  func isShared() throws {
    let command = try WorkerMapping()
    let worker = try WorkerMapping(path: command.path)
    #expect(command.phase == .starting)
    worker.phase = .running
    worker.add(3, of: .staleWrite, execution: 7)
    worker.add(2, of: .staleWrite, execution: 9)
    worker.add(0, of: .leak, execution: 9)
    var tally = FactTally()
    for (index, field) in FactTally.fields.enumerated() { tally[keyPath: field] = UInt64(index + 1) }
    worker.add(tally)
    worker.add(FactTally())
    worker.failure = "it broke"
    worker[.executionsDone] = 10
    #expect(command.phase == .running)
    #expect(command.count(of: .staleWrite) == 5)
    #expect(command.firstExecution(of: .staleWrite) == 7)
    #expect(command.firstExecution(of: .leak) == nil)
    #expect(command.tally == tally)
    #expect(command.failure == "it broke")
    #expect(command[.executionsDone] == 10)
  }

  @Test("what a worker has left is kept when nobody can come to it any more")
  func stopsOffering() throws {
    let command = try WorkerMapping()
    let path = command.path
    try WorkerMapping(path: path)[.executionsDone] = 7
    command.stopOffering()
    #expect(throws: HarnessError.self) { try WorkerMapping(path: path) }
    #expect(command[.executionsDone] == 7)
  }

  @Test("Delays beyond the room are counted, and the longest is kept")
  func delays() throws {
    let mapping = try WorkerMapping()
    for delay in 0..<WorkerMapping.delayCapacity { mapping.add(delay: UInt64(delay)) }
    mapping.add(delay: 1_000_000_000)
    #expect(mapping.delays.count == WorkerMapping.delayCapacity)
    #expect(mapping[.delayCount] == UInt64(WorkerMapping.delayCapacity) + 1)
    #expect(mapping[.delayMax] == 1_000_000_000)
  }

  @Test("A sentence that is too long is cut, and does not reach its neighbours")
  func longFailure() throws {
    let mapping = try WorkerMapping()
    mapping.add(delay: 77)
    mapping.failure = String(repeating: "x", count: 10_000)
    #expect(mapping.failure?.count == 511)
    #expect(mapping.delays == [77])
  }

  @Test("A mapping that is gone is one sentence")
  func gone() {
    #expect(throws: HarnessError.self) { try WorkerMapping(path: "/proc/self/fd/9999") }
  }
}
