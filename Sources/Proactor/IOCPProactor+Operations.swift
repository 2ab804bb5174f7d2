// What operations on pipes and sockets have in common: the way to the port, and the one place where an operation that
// has been started meets the cache.
internal import OverlappedIO
internal import Synchronization

extension IOCPProactor {
  /// An OVERLAPPED, held by the caller, for an operation on `object`, whose completions come to this proactor.
  func prepare(_ object: PortObject, _ operation: UInt64) throws(ProactorError) -> OverlappedReference {
    if object is PipeHandle && object.isClosed && behaviours.contains(.refusesClosedPipes) {
      throw ProactorError(.closedObject)
    }
    // Asked for once, also when the port was refused.
    if object.register(by: number) {
      try checkOpen()
      try win32 { () throws(Win32Error) in try portName.associate(object.fileno) }
    }
    return try makeOverlapped(operation: operation)
  }

  /// Has whatever still completes on `object` count as cancelled: it is served no more, and about to be closed.
  public func stopServing(_ object: PortObject) { object.stop(by: number) }

  /// A future that has its result, of an operation that is not one.
  func done<Value>(
    _ value: Value, _ overlapped: OverlappedReference
  ) throws(ProactorError) -> OverlappedFuture<Value> {
    let value = LoopValue(value)
    let future = OverlappedFuture<Value>(proactor: self, overlapped: overlapped) { _, _, _, result in result = value }
    try future.setResult(value)
    future.release()
    return future
  }

  /// The future of an operation that was started. One that has ended at its start has its result at once; whether its
  /// packet is waited for is what several revisions are about. `isKept` false: it will have none.
  func begin<Value>(
    _ overlapped: OverlappedReference, on object: PortObject, isKept: Bool = true,
    reusing spare: consuming OverlappedFuture<Value>? = nil, finish: @escaping OverlappedFuture<Value>.Finish
  ) throws(ProactorError) -> OverlappedFuture<Value> {
    if isClosed && behaviours.contains(.closedKeepsNothing) { throw ProactorError(.closed) }
    let future = OverlappedFuture<Value>.make(from: consume spare, by: self, overlapped, finish: finish)
    let isPending = overlapped.isPending
    if !isPending {
      try future.end(overlapped, PacketValues(), by: self)
      if future.hasFailed { future.traceback(keeps: overlapped, on: object, of: self) }
    }
    if isPending || (isKept && behaviours.contains(.keepsUntilPacket)) {
      insert(future, overlapped, on: object)
    }
    return future
  }

  /// The future of a read whose start has said `error`. One that found its pipe broken has read `nothing`.
  func beginRead<Value>(
    _ overlapped: OverlappedReference, on object: PortObject, _ error: Win32Error.Code?, call: String,
    ofNothing nothing: Value, reusing spare: consuming OverlappedFuture<Value>? = nil,
    finish: @escaping OverlappedFuture<Value>.Finish
  ) throws(ProactorError) -> OverlappedFuture<Value> {
    if error == .brokenPipe && behaviours.contains(.brokenPipeEndsRead) { return try done(nothing, overlapped) }
    if let error, error != .brokenPipe { throw ProactorError(Win32Error(error, in: call)) }
    return try begin(overlapped, on: object, reusing: consume spare, finish: finish)
  }

  /// A read into the caller's memory, whose result is how much it has got.
  func begin(
    filling object: PortObject, _ operation: UInt64, _ call: String, by start: (inout Overlapped) -> Win32Error.Code?
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(object, operation)
    defer { overlapped.drop() }
    return try beginRead(overlapped, on: object, overlapped.start(start), call: call, ofNothing: 0) {
      proactor, overlapped, _, result throws(ProactorError) in
      result.put(try proactor.transferred(overlapped))
    }
  }

  /// How much an operation has moved: asyncio's finish_socket_func, for pipes as well. A connection that is gone has
  /// been reset.
  func transferred(_ overlapped: OverlappedReference) throws(ProactorError) -> Int {
    defer { letOthersRun() }
    do throws(Win32Error) { return try overlapped.result() } catch {
      let isReset =
        error.code == .netnameDeleted
        || (error.code == .operationAborted && behaviours.contains(.abortedMeansReset))
      throw isReset ? ProactorError(.connectionReset, error) : ProactorError(error)
    }
  }

  /// A number that no proactor of the process has had.
  static func nextNumber() -> UInt64 {
    // relaxed: it only has to be another one each time.
    numbers.wrappingAdd(1, ordering: .relaxed).newValue
  }
}

private let numbers = Atomic<UInt64>(0)
