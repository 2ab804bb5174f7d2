// What an arena and everything made in it share: the C arena behind a door that is shut when the arena closes, so that
// a proactor or a block that outlives its arena ends the program with a sentence and not with a stray pointer.
internal import CArena
internal import Synchronization

/// The C arena, until it is closed.
package final class ArenaCore: Sendable {
  /// The address of the `lw_arena`; 0 once it is closed.
  private let address: Atomic<UInt>
  /// Keeps the scope alive for as long as the arena may report into it.
  package let scope: Scope
  /// The arena's number, valid for the life of the arena.
  package let number: UInt32

  init(_ configuration: Arena.Configuration, scope: Scope) throws(LatewriteError) {
    var status = lw_status.LW_OK
    let opened = unsafe configuration.withCValue(scope: scope) { config in unsafe lw_arena_open(config, &status) }
    guard let opened = unsafe opened else { throw LatewriteError(status, in: "Arena(_:scope:)") }
    self.scope = scope
    unsafe number = lw_arena_number_of(opened)
    address = Atomic(UInt(bitPattern: opened))
  }

  /// The arena for C; nil once it is closed.
  @unsafe package var pointerIfOpen: OpaquePointer? {
    // acquiring: pairs with the exchange in `close`, which comes before the range is given back.
    unsafe OpaquePointer(bitPattern: address.load(ordering: .acquiring))
  }

  /// The arena for C. Ends the program when it was closed before: whoever still holds on to it must go first.
  @unsafe package var pointer: OpaquePointer {
    guard let open = unsafe pointerIfOpen else {
      fatalError("the arena was closed: close what was made in it (proactor, blocks) before the arena")
    }
    return unsafe open
  }

  /// Closes the arena, once; later calls do nothing.
  package func close() {
    let open = address.exchange(0, ordering: .acquiringAndReleasing)
    guard let open = unsafe OpaquePointer(bitPattern: open) else { return }
    unsafe lw_arena_close(open)
  }

  deinit { close() }
}
