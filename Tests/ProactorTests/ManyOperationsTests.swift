// A thousand connections and a thousand child processes through one proactor: every byte right, every exit code right,
// and afterwards nothing is left - no block, no loan, no handle, no descriptor. Each in a process of its own, where
// nobody else opens anything.
import Glibc
import Latewrite
import OverlappedIO
import Proactor
import Testing

@Suite("A thousand operations")
struct ManyOperationsTests {
  @Test("1,000 echo connections, 100 at a time")
  func echo() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.today)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      let listener = try SocketHandle.listening()
      loop.startServing(listener) { EchoPeer($0.socket, situationOf: loop).next() }
      let address = try listener.localAddress
      try EchoClient.run(0..<100, to: address, on: loop)  // what is made once is made here
      let before = Left(situation.arena)
      for batch in 1...10 {
        try EchoClient.run(batch * 100..<(batch + 1) * 100, to: address, on: loop)
      }
      Left(situation.arena).compare(with: before)
      try loop.stopServing(listener)
      try loop.runOnce(timeout: .zero)  // the task of the accept that was cancelled ends here
      try loop.close()
      #expect(situation.arena.counts().liveBlocks == 0 && situation.log.errors.isEmpty)
      #expect(try situation.end().isEmpty)
    }
  }

  @Test("1,000 child processes, 50 at a time")
  func children() async {
    await #expect(processExitsWith: .success) {
      let situation = try Situation(.today)
      let loop = ProactorEventLoop(proactor: situation.proactor)
      let children = try Children(on: loop)
      try children.run(0..<50)
      let before = Left(situation.arena)
      for batch in 1...20 { try children.run(batch * 50..<(batch + 1) * 50) }
      Left(situation.arena).compare(with: before)
      try loop.close()
      #expect(situation.log.errors.isEmpty)
      #expect(try situation.end().isEmpty)
    }
  }
}

/// What is open now.
private struct Left: Equatable {
  let blocks: UInt64
  let loans: UInt64
  let descriptors: Int
  /// The largest of many new handles. Values are given out again before new ones are, so it grows with what is left.
  let largestHandle: UInt

  init(_ arena: borrowing Arena) {
    let counts = arena.counts()
    blocks = UInt64(counts.liveBlocks)
    loans = counts.openLoans
    largestHandle = Self.largest(ofNew: 3000)
    // Of the kernel's own kinds the Swift runtime opens some whenever it needs them; pidfds are nobody's but ours.
    let own = ["anon_inode:[eventfd]", "anon_inode:[eventpoll]", "anon_inode:[timerfd]"]
    var count = 0
    if let directory = opendir("/proc/self/fd") {
      while let entry = readdir(directory) {
        var target = [UInt8](repeating: 0, count: 64)
        let length = withUnsafeBytes(of: &entry.pointee.d_name) {
          readlinkat(dirfd(directory), $0.bindMemory(to: CChar.self).baseAddress!, &target, target.count)
        }
        if !own.contains(String(decoding: target.prefix(max(0, length)), as: UTF8.self)) { count += 1 }
      }
      closedir(directory)
    }
    descriptors = count
  }

  func compare(with before: Left) {
    if self != before { Issue.record("before: \(before), now: \(self)") }
  }

  /// Makes `count` handles, one after the other, while all before are open.
  private static func largest(ofNew count: Int) -> UInt {
    guard count > 0, let event = try? Event() else { return 0 }
    return max(event.handle.value, largest(ofNew: count - 1))
  }
}

/// The server's end of a connection: what comes goes back.
private final class EchoPeer {
  private let socket: SocketHandle
  private let loop: ProactorEventLoop

  init(_ socket: SocketHandle, situationOf loop: ProactorEventLoop) {
    self.socket = socket
    self.loop = loop
  }

  func next() {
    do {
      try loop.proactor.receive(socket, atMost: 1000).addDoneCallback { [self] future in
        do {
          let data = try future.result()
          if data.isEmpty { return socket.close() }
          try loop.proactor.send(socket, data).addDoneCallback { [self] _ in next() }
        } catch { Issue.record(error) }
      }
    } catch { Issue.record(error) }
  }
}

/// The client's end: sends bytes of its own, ends, and reads until all have come back.
private final class EchoClient {
  private let data: [UInt8]
  private let socket: SocketHandle
  private let loop: ProactorEventLoop
  private var received: [UInt8] = []
  private(set) var isDone = false

  init(_ number: Int, _ loop: ProactorEventLoop) throws {
    data = (0..<(number * 37 % 3000 + 1)).map { UInt8(truncatingIfNeeded: $0 &* number) }
    socket = try SocketHandle()
    self.loop = loop
  }

  static func run(_ numbers: Range<Int>, to address: SocketAddress, on loop: ProactorEventLoop) throws {
    let clients = try numbers.map { try EchoClient($0, loop) }
    for client in clients { try client.begin(address) }
    while clients.contains(where: { !$0.isDone }) || loop.proactor.operationCount > 1 { try loop.runOnce() }
    for client in clients where client.received != client.data {
      Issue.record("\(client.data.count) bytes were sent, \(client.received.count) came back, or others")
    }
  }

  private func begin(_ address: SocketAddress) throws {
    try loop.proactor.connect(socket, to: address).addDoneCallback { [self] future in
      do {
        try future.result()
        try loop.proactor.send(socket, data).addDoneCallback { [self] future in
          do {
            #expect(try future.result() == data.count)
            try socket.endSending()
            read()
          } catch { Issue.record(error) }
        }
      } catch { Issue.record(error) }
    }
  }

  private func read() {
    do {
      try loop.proactor.receive(socket, atMost: 700).addDoneCallback { [self] future in
        do {
          let more = try future.result()
          received += more
          if !more.isEmpty { return read() }
          socket.close()
          isDone = true
        } catch { Issue.record(error) }
      }
    } catch { Issue.record(error) }
  }
}

private struct Children {
  let loop: ProactorEventLoop
  let sockets: (SocketHandle, SocketHandle)

  init(on loop: ProactorEventLoop) throws {
    self.loop = loop
    sockets = try SocketHandle.pair()
  }

  func run(_ numbers: Range<Int>) throws {
    var children: [Int: OwnedChild] = [:]
    var waits: [(number: Int, future: WaitHandleFuture)] = []
    for number in numbers {
      let child = try OwnedChild(number)
      children[number] = child
      waits.append((number, try loop.proactor.waitForHandle(child.child.handle)))
    }
    for wait in waits {
      #expect(try loop.run(untilComplete: wait.future))
      #expect(children[wait.number]?.child.exitCode == Int32(wait.number % 251))
    }
    try hearOfSomethingElse()
    // Their second waits, and the sweep behind the last one.
    while loop.proactor.operationCount > 0 { try loop.runOnce() }
  }

  /// Who told of the last child's end lets go of the child afterwards. What is ready is told one by one, so that is
  /// over when something else has been told.
  private func hearOfSomethingElse() throws {
    let read = try loop.proactor.receive(sockets.0, atMost: 1)
    #expect(try loop.run(untilComplete: loop.proactor.send(sockets.1, [7])) == 1)
    #expect(try loop.run(untilComplete: read) == [7])
  }
}

/// A child that ends with a code of its own.
private final class OwnedChild {
  let child: ChildProcess

  init(_ number: Int) throws {
    child = try ChildProcess("/bin/sh", ["-c", "exit \(number % 251)"])
  }
}
