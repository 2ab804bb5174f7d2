// Acts of situations on pipes and sockets, and on whatever else has a handle.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension SituationStage {
  /// A pipe: the server's end is the proactor's, the client's end is written to and closed by the situation.
  func pipe() throws -> (server: PipeHandle, client: WaitableHandle) {
    let name = pipeName()
    let server = try proactor.makePipe(name)
    return (server, try NamedPipe.open(name, isOverlapped: false))
  }

  private static let pipes = Shared<UInt64>(0)

  /// A name that no pipe of this process has had.
  func pipeName() -> String {
    let number = Self.pipes.withLock { count in
      count += 1
      return count
    }
    return "\\\\.\\pipe\\situation-\(number)"
  }

  func receive(_ pipe: PipeHandle) throws -> OverlappedFuture<[UInt8]> {
    pending(try proactor.receive(pipe, atMost: 4096, operation: nextNumber()))
  }

  func receive(_ socket: SocketHandle) throws -> OverlappedFuture<[UInt8]> {
    pending(try proactor.receive(socket, atMost: 4096, operation: nextNumber()))
  }

  private func pending(_ read: OverlappedFuture<[UInt8]>) -> OverlappedFuture<[UInt8]> {
    pendingReads.append(read)
    return read
  }

  func cancel<Value>(_ future: OverlappedFuture<Value>) {
    attempt("cancel()") { () throws(ProactorError) in "\(try future.cancel())" }
  }

  /// The place where the last reference to a future goes.
  func letGo<Value>(_ future: OverlappedFuture<Value>) {
    pendingReads.removeAll { $0 === future }
    future.release()
  }

  /// Says what a read was told, when it is done: the bytes that it should have got are known.
  func tell(_ read: OverlappedFuture<[UInt8]>, expecting bytes: [UInt8]) {
    guard read.isFinished else { return log("read is \(read.isDone ? "cancelled" : "pending")") }
    do throws(ProactorError) {
      let got = try read.result()
      log("read got \(got)")
      if got != bytes { note(.bytesLost) }
    } catch { noteError(error) }
  }

  /// Says what an operation came to.
  func tell<Value>(of what: String, _ future: LoopFuture<Value>) {
    do throws(ProactorError) { log("\(what) got \(try future.result())") } catch { noteError(error) }
  }

  /// Says whether an event's handle was closed by others.
  func checkOpen(_ event: OwnedEvent) {
    do throws(Win32Error) { _ = try OverlappedIO.wait(for: event.event.handle, timeout: .zero) } catch {
      note(.closesOthers)
    }
  }

  /// Takes what is in the proactor's port, as another thread may.
  func takePackets() throws { log("\(try proactor.takePackets()) packets are taken") }

  /// Says what close() left a future in.
  func tellAfterClose<Value>(_ future: OverlappedFuture<Value>) {
    if future.isCancelled { note(.cancelled) }
    if !future.isDone { note(.staysPending) }
    guard future.isFinished else { return }
    do throws(ProactorError) { _ = try future.result() } catch { noteError(error) }
  }
}
