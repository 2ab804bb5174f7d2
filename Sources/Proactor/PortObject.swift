// What operations are started on: the end of a pipe, a socket. asyncio keeps two sets of them in each proactor - who
// has the proactor's port, and who serves no more -; here each object knows the proactors that would have it in theirs.
package import Latewrite
public import OverlappedIO

/// An object whose completions come to a proactor. Used on the loop's thread.
public class PortObject {
  private let handle: WaitableHandle
  private var hasBeenClosed = false
  /// Whether it was closed.
  public final var isClosed: Bool { hasBeenClosed }
  /// The numbers of the proactors that have asked for its completions, and of those whose loops have stopped to serve
  /// it. They are asked for with each operation, so nobody adds one in place: an access during which nothing else can
  /// happen is one that need not be watched.
  private var registrants: [UInt64] = []
  private var stoppers: [UInt64] = []

  /// Futures of its reads and writes that are used again. Unchecked: nothing happens while one is put in or taken out.
  @exclusivity(unchecked) final var spareReading: OverlappedFuture<[UInt8]>?
  @exclusivity(unchecked) final var spareWriting: OverlappedFuture<Int>?

  init(_ handle: WaitableHandle) { self.handle = handle }

  /// The handle; once it was closed, the one of nothing, as Python's -1.
  public final var fileno: WaitableHandle { hasBeenClosed ? .nothing : handle }

  /// Notes that a proactor asks for its completions; false when it has asked before.
  final func register(by proactor: UInt64) -> Bool {
    let registrants = registrants
    if registrants.contains(proactor) { return false }
    self.registrants = registrants + [proactor]
    return true
  }

  /// Notes that a proactor's loop serves it no more.
  final func stop(by proactor: UInt64) { stoppers = stoppers + [proactor] }

  final func isStopped(by proactor: UInt64) -> Bool {
    let stoppers = stoppers
    return stoppers.contains(proactor)
  }

  /// Closes it; what is pending on it ends. Idempotent.
  public final func close() {
    if !hasBeenClosed { hasBeenClosed = closeHandle() }
  }

  /// Begins to receive at most `bytes` by `proactor`; see `IOCPProactor.receive`.
  package func receive(
    atMost bytes: Int, by proactor: IOCPProactor
  ) throws(ProactorError) -> OverlappedFuture<[UInt8]> {
    fatalError("an object without a way to receive")
  }

  /// Begins to receive into `block` by `proactor`; see `IOCPProactor.receive`.
  package func receive(into block: Block, by proactor: IOCPProactor) throws(ProactorError) -> OverlappedFuture<Int> {
    fatalError("an object without a way to receive")
  }

  /// Begins to send `bytes` by `proactor`; see `IOCPProactor.send`.
  package func send(_ bytes: [UInt8], by proactor: IOCPProactor) throws(ProactorError) -> OverlappedFuture<Int> {
    fatalError("an object without a way to send")
  }

  /// The call that does it, and whether the object counts as closed afterwards.
  func closeHandle() -> Bool { fatalError("an object without a way to close it") }
}
