// I/O on pipes: asyncio's recv, send, accept_pipe and connect_pipe, and the one place where an operation that has been
// started meets the cache.
internal import OverlappedIO

extension IOCPProactor {
  /// Makes an instance of the pipe `name` ("\\\\.\\pipe\\..."); `isFirst`: the name must be free.
  public func makePipe(_ name: String, isFirst: Bool = false) throws(ProactorError) -> PipeHandle {
    PipeHandle(try win32 { () throws(Win32Error) in try NamedPipe.makeInstance(name, isFirst: isFirst) })
  }

  /// Opens the client end of a pipe, at once or not at all: an error 231 says that all instances are busy.
  public func openPipe(_ name: String) throws(ProactorError) -> PipeHandle {
    PipeHandle(try win32 { () throws(Win32Error) in try NamedPipe.open(name) })
  }

  /// Reads at most `bytes`; a result of none is the end of the stream.
  /// - Parameter operation: the scenario's number for it; 0 for none.
  public func receive(
    _ pipe: PipeHandle, atMost bytes: Int, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    let overlapped = try prepare(pipe, operation)
    defer { overlapped.drop() }
    let error = overlapped.read(pipe.fileno, bytes: bytes)
    if error == .brokenPipe && behaviours.contains(.brokenPipeEndsRead) { return try done([], overlapped) }
    if let error, error != .brokenPipe { throw ProactorError(Win32Error(error, in: "ReadFile")) }
    return try begin(overlapped) { overlapped, _ throws(Win32Error) in
      overlapped.buffer(try overlapped.result())
    }
  }

  /// Writes `data`; the result is how much was written.
  public func send(
    _ pipe: PipeHandle, _ data: [UInt8], operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(pipe, operation)
    defer { overlapped.drop() }
    if let error = overlapped.write(pipe.fileno, data) { throw ProactorError(Win32Error(error, in: "WriteFile")) }
    return try begin(overlapped) { overlapped, _ throws(Win32Error) in try overlapped.result() }
  }

  /// Waits for a client of a server's end; throws error 232 when one came and went.
  public func acceptPipe(_ pipe: PipeHandle, operation: UInt64 = 0) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(pipe, operation)
    defer { overlapped.drop() }
    let error = overlapped.connect(pipe: pipe.fileno)
    let isConnected = error == .pipeConnected
    if isConnected && behaviours.contains(.acceptPipeTellsConnected) { return try done(0, overlapped) }
    if let error, !isConnected { throw ProactorError(Win32Error(error, in: "ConnectNamedPipe")) }
    return try begin(overlapped, isKept: !behaviours.contains(.acceptPipeNotKept)) {
      overlapped, _ throws(Win32Error) in try overlapped.result()
    }
  }

  /// Connects to the pipe `name` by a thread of the pool, which posts the client's handle: an operation without an
  /// object.
  func connectByThread(_ name: String) throws(ProactorError) -> OverlappedFuture<WaitableHandle> {
    try checkOpen()
    let overlapped = try makeOverlapped(operation: 0)
    defer { overlapped.drop() }
    if let error = overlapped.waitForPipe(name, postingTo: port!) {
      throw ProactorError(Win32Error(error, in: "WaitNamedPipeAndConnect"))
    }
    let future = OverlappedFuture<WaitableHandle>(proactor: self, overlapped: overlapped) {
      _, packet throws(Win32Error) in
      if packet.bytes != 0 { throw Win32Error(Win32Error.Code(rawValue: packet.bytes), in: "ConnectPipe") }
      return NamedPipe.handle(ofValue: packet.key)
    }
    insert(future, overlapped, hasObject: false)
    return future
  }

  /// What a loop does with the read of its self-pipe when it stops: cancelled, and out of the cache at the end of the
  /// next poll - unless the kernel still works on it, where that is asked.
  func stopSelfRead(_ future: OverlappedFuture<[UInt8]>) throws(ProactorError) {
    let overlapped = future.overlapped
    overlapped?.hold()
    defer { overlapped?.drop() }
    try future.cancel()
    guard let overlapped else { return }
    if behaviours.contains(.keepsPendingSelfRead) && overlapped.isPending { return }
    try unregister(overlapped)
  }

  /// An OVERLAPPED, held by the caller, for an operation on `pipe`, whose completions come to this proactor.
  private func prepare(_ pipe: PipeHandle, _ operation: UInt64) throws(ProactorError) -> OverlappedReference {
    try checkOpen()
    if pipe.port != ObjectIdentifier(self) {
      try win32 { () throws(Win32Error) in try port!.associate(pipe.fileno) }
      pipe.port = ObjectIdentifier(self)
    }
    return try makeOverlapped(operation: operation)
  }

  /// A future that has its result, of an operation that is not one.
  private func done<Value>(
    _ value: Value, _ overlapped: OverlappedReference
  ) throws(ProactorError) -> OverlappedFuture<Value> {
    let future = OverlappedFuture<Value>(proactor: self, overlapped: overlapped) { _, _ in value }
    try future.setResult(value)
    future.release()
    return future
  }

  /// The future of an operation that was started. One that has ended at its start has its result at once; whether its
  /// packet is waited for is what several revisions are about. `isKept` false: it will have none.
  private func begin<Value>(
    _ overlapped: OverlappedReference, isKept: Bool = true,
    finish: @escaping (OverlappedReference, PacketValues) throws(Win32Error) -> Value
  ) throws(ProactorError) -> OverlappedFuture<Value> {
    let future = OverlappedFuture<Value>(proactor: self, overlapped: overlapped, finish: finish)
    let isPending = overlapped.isPending
    if !isPending { try future.end(overlapped, PacketValues()) }
    if isPending || (isKept && behaviours.contains(.keepsUntilPacket)) {
      insert(future, overlapped, hasObject: true)
    }
    return future
  }
}
