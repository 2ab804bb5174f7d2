// I/O on pipes: asyncio's recv, recv_into, send, accept_pipe and connect_pipe.
public import Latewrite
internal import OverlappedIO

extension IOCPProactor {
  /// Makes an instance of the pipe `name` ("\\\\.\\pipe\\..."); `isFirst`: the name must be free.
  public func makePipe(_ name: String, isFirst: Bool = false) throws(ProactorError) -> PipeHandle {
    PipeHandle(try win32 { () throws(Win32Error) in try NamedPipe.makeInstance(name, isFirst: isFirst) }, of: self)
  }

  /// Opens the client end of a pipe, at once or not at all: an error 231 says that all instances are busy.
  public func openPipe(_ name: String) throws(ProactorError) -> PipeHandle {
    PipeHandle(try win32 { () throws(Win32Error) in try NamedPipe.open(name) }, of: self)
  }

  /// Reads at most `bytes`; a result of none is the end of the stream.
  /// - Parameter operation: the scenario's number for it; 0 for none.
  public func receive(
    _ pipe: PipeHandle, atMost bytes: Int, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    let overlapped = try prepare(pipe, operation)
    defer { overlapped.drop() }
    let error = overlapped.start { $0.read(pipe.fileno, bytes: bytes) }
    return try beginRead(
      overlapped, on: pipe, error, call: "ReadFile", ofNothing: [], reusing: pipe.takeReading(of: context)
    ) {
      proactor, overlapped, _, result throws(ProactorError) in
      result.put(overlapped.buffer(try proactor.transferred(overlapped)))
    }
  }

  /// Reads into `block`, which stays the caller's: it must not be freed before the operation has ended, which
  /// `cancel()` does not wait for. The result is how much was read; 0 is the end of the stream.
  public func receive(
    _ pipe: PipeHandle, into block: Block, operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    try begin(filling: pipe, operation, "ReadFile") { $0.read(pipe.fileno, into: block) }
  }

  /// Writes `data`; the result is how much was written.
  public func send(
    _ pipe: PipeHandle, _ data: [UInt8], operation: UInt64 = 0
  ) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(pipe, operation)
    defer { overlapped.drop() }
    if let error = overlapped.start({ $0.write(pipe.fileno, data) }) {
      throw ProactorError(Win32Error(error, in: "WriteFile"))
    }
    return try begin(overlapped, on: pipe, reusing: pipe.takeWriting(of: context)) {
      proactor, overlapped, _, result throws(ProactorError) in
      result.put(try proactor.transferred(overlapped))
    }
  }

  /// Waits for a client of a server's end; throws error 232 when one came and went.
  public func acceptPipe(_ pipe: PipeHandle, operation: UInt64 = 0) throws(ProactorError) -> OverlappedFuture<Int> {
    let overlapped = try prepare(pipe, operation)
    defer { overlapped.drop() }
    let error = overlapped.start { $0.connect(pipe: pipe.fileno) }
    let isConnected = error == .pipeConnected
    if isConnected && behaviours.contains(.acceptPipeTellsConnected) { return try done(0, overlapped) }
    if let error, !isConnected { throw ProactorError(Win32Error(error, in: "ConnectNamedPipe")) }
    return try begin(overlapped, on: pipe, isKept: !behaviours.contains(.acceptPipeNotKept)) {
      _, overlapped, _, result throws(ProactorError) in
      result.put(try win32 { () throws(Win32Error) in try overlapped.result() })
    }
  }

  /// Connects to the pipe `name` by a thread of the pool, which posts the client's handle: an operation without an
  /// object.
  func connectByThread(_ name: String) throws(ProactorError) -> OverlappedFuture<WaitableHandle> {
    try checkOpen()
    let overlapped = try makeOverlapped(operation: 0)
    defer { overlapped.drop() }
    if let error = overlapped.start({ $0.waitForPipe(name, postingTo: port!) }) {
      throw ProactorError(Win32Error(error, in: "WaitNamedPipeAndConnect"))
    }
    let future = OverlappedFuture<WaitableHandle>(proactor: self, overlapped: overlapped) {
      _, _, packet, result throws(ProactorError) in
      if packet.bytes != 0 {
        throw ProactorError(Win32Error(Win32Error.Code(rawValue: packet.bytes), in: "ConnectPipe"))
      }
      result.put(NamedPipe.handle(ofValue: packet.key))
    }
    insert(future, overlapped)
    return future
  }
}
