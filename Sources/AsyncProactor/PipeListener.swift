// A named pipe's server end for tasks: an accept loop is a loop over its clients.
internal import OverlappedIO
public import Proactor

/// Serves the clients of a named pipe. Iterating it gives their connections.
///
/// There are always instances of the pipe that nobody is connected to, so that its name does not go away while the
/// listener is there. `close()` it.
public final class PipeListener: Sendable {
  /// The pipe's name.
  public let name: String
  private let loop: EventLoop
  private let instances: LoopBound<PipeInstances>

  init(_ name: String, backlog: Int, of loop: isolated EventLoop) throws(ProactorError) {
    self.name = name
    self.loop = loop
    instances = LoopBound(try PipeInstances(name, backlog: backlog, of: loop))
  }

  /// Waits for a client.
  public func accept() async throws(ProactorError) -> ByteStream { try await loop.accept(instances) }

  /// Whether it was closed.
  public var isClosed: Bool {
    get async { await loop.isClosed(instances) }
  }

  /// Accepts no more clients; those that are being accepted end with an error. Connections stay. Idempotent.
  public func close() { loop.soon { [instances] loop in instances.on(loop).closeAll(of: loop) } }
}

/// The instances of one pipe that nobody is connected to. Clients get the oldest one that listens, so they are accepted
/// in that order: a client must not wait at an instance that nobody accepts with.
final class PipeInstances {
  struct Instance {
    let serial: Int
    let pipe: PipeHandle
  }

  let name: String
  private let backlog: Int
  private var made = 0
  private var free: [Instance] = []
  private var accepting: [Int: Instance] = [:]
  private(set) var isClosed = false

  /// Makes the first ones.
  init(_ name: String, backlog: Int, of loop: isolated EventLoop) throws(ProactorError) {
    self.name = name
    self.backlog = max(backlog, 1)
    try fill(of: loop)
  }

  private func fill(of loop: isolated EventLoop) throws(ProactorError) {
    while free.count < backlog {
      free.append(Instance(serial: made, pipe: try loop.makePipe(name, isFirst: made == 0)))
      made += 1
    }
  }

  /// An instance to accept with; others keep the name.
  func take(of loop: isolated EventLoop) throws(ProactorError) -> Instance {
    if isClosed { throw ProactorError(.closedObject) }
    let taken = free.removeFirst()
    accepting[taken.serial] = taken
    try fill(of: loop)
    return taken
  }

  /// It has a client, or had one.
  func isUsed(_ instance: Instance) { accepting[instance.serial] = nil }

  /// Nobody came: it is as good as new.
  func isFree(_ instance: Instance) {
    guard accepting.removeValue(forKey: instance.serial) != nil else { return }
    free.insert(instance, at: free.firstIndex { $0.serial > instance.serial } ?? free.endIndex)
  }

  func closeAll(of loop: isolated EventLoop) {
    isClosed = true
    for instance in free + accepting.values.sorted(by: { $0.serial < $1.serial }) { loop.close(instance.pipe) }
    free.removeAll()
    accepting.removeAll()
  }
}

extension EventLoop {
  /// Begins to serve clients of the pipe `name` ("\\\\.\\pipe\\..."), of which `backlog` may connect before somebody
  /// accepts them. Throws error 5 when the pipe is there already.
  public func listen(pipe name: String, backlog: Int = 16) throws(ProactorError) -> PipeListener {
    try checkOpen()
    return try PipeListener(name, backlog: backlog, of: self)
  }

  /// Connects to the pipe `name`; while all its instances are busy it goes on trying.
  public func connect(pipe name: String) async throws(ProactorError) -> ByteStream {
    try checkBeginning()
    return ByteStream(PipeHandle(try await value(of: loop.connectPipe(name))), of: self)
  }

  fileprivate func accept(_ instances: LoopBound<PipeInstances>) async throws(ProactorError) -> ByteStream {
    try checkBeginning()
    let instances = instances.on(self)
    while true {
      let instance = try instances.take(of: self)
      do throws(ProactorError) {
        _ = try await value(of: loop.proactor.acceptPipe(instance.pipe), on: LoopBound(instance.pipe))
        instances.isUsed(instance)
        return ByteStream(instance.pipe, of: self)
      } catch {
        if error.code == .cancelled && !instances.isClosed {
          instances.isFree(instance)
          throw error
        }
        instances.isUsed(instance)
        close(instance.pipe)
        // A client came and went before it was accepted: the next one, please.
        if !error.isWin32(.noData) || instances.isClosed { throw error }
      }
    }
  }

  fileprivate func isClosed(_ instances: LoopBound<PipeInstances>) -> Bool { instances.on(self).isClosed }

  func makePipe(_ name: String, isFirst: Bool) throws(ProactorError) -> PipeHandle {
    let pipe = try loop.proactor.makePipe(name, isFirst: isFirst)
    open.insert(pipe)
    return pipe
  }
}

extension PipeListener: AsyncSequence {
  /// The clients, as they come.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let listener: PipeListener

    /// The next client; nil when the listener has been closed.
    public func next(isolation actor: isolated (any Actor)? = #isolation) async throws(ProactorError) -> ByteStream? {
      try await untilClosed { () throws(ProactorError) in
        try await listener.accept()
      } isClosed: {
        await listener.isClosed
      }
    }
  }

  /// Begins to accept.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(listener: self) }
}
