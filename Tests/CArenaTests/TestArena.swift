// An arena with a quiet scope of its own, for tests: what is found in it can be asked for and is seen by nobody else.
import CArena
import Glibc
import Testing

/// A block type of these tests alone (other modules of the test process register OVERLAPPED): 32 bytes, three fields.
let overlapped: lw_layout = {
  let fields = [("Internal", 0), ("InternalHigh", 8), ("hEvent", 24)].map { name, offset in
    var field = lw_field()
    withUnsafeMutableBytes(of: &field.name) { $0.copyBytes(from: name.utf8) }
    field.offset = UInt32(offset)
    field.bytes = 8
    return field
  }
  return lw_layout_register("REQUEST", fields, fields.count)
}()

final class TestArena: @unchecked Sendable {
  // @unchecked: the C arena may be used from any thread; the scope's counts are atomic.
  let arena: OpaquePointer
  let scope: OpaquePointer
  private var isOpen = true

  init(_ configure: (inout lw_arena_config) -> Void = { _ in }) {
    var scopeConfig = lw_scope_config()
    scopeConfig.quiet = true
    scopeConfig.record_capacity = 32
    scope = lw_scope_create(&scopeConfig)!
    var config = lw_arena_config_default()
    config.scope = scope
    config.reserve_bytes = 4 << 20
    configure(&config)
    var status = lw_status.LW_OK
    guard let arena = lw_arena_open(&config, &status) else { fatalError(String(cString: lw_status_sentence(status))) }
    self.arena = arena
  }

  convenience init(reuse: lw_reuse, quarantine: UInt32 = 4096) {
    self.init {
      $0.reuse = reuse
      $0.quarantine_blocks = quarantine
    }
  }

  deinit {
    close()
    lw_scope_destroy(scope)
  }

  func close() {
    if isOpen { lw_arena_close(arena) }
    isOpen = false
  }

  func allocate(_ bytes: Int = 32, _ layout: lw_layout = 0, zeroed: Bool = false) -> UnsafeMutableRawPointer {
    lw_alloc(arena, bytes, layout, zeroed)!
  }

  /// Frees and requires that the arena knew the block.
  func free(_ block: UnsafeMutableRawPointer) { #expect(lw_free(arena, block) == .LW_OK) }

  func lend(_ block: UnsafeMutableRawPointer, operation: UInt64 = 7) -> lw_loan {
    var status = lw_status.LW_OK
    let loan = lw_lend(block, registerWaitWithQueue, operation, .LW_HOLDER_REGISTRATION, &status)
    #expect(status == .LW_OK)
    return loan
  }

  func count(_ rule: lw_rule) -> UInt64 { lw_scope_count(scope, rule) }
  /// How often each rule was found broken; rules that were not are left out.
  var counts: [lw_rule: UInt64] {
    Dictionary(uniqueKeysWithValues: (1..<lw_rule(LW_RULE_COUNT)).map { ($0, count($0)) }).filter { $0.value != 0 }
  }
  var state: lw_arena_counts { lw_arena_count(arena) }

  /// The records of a rule, in the order of their making.
  func records(_ rule: lw_rule) -> [lw_record] {
    let file = lw_scope_file(scope)
    return (0..<file.pointee.record_count).compactMap { lw_record_at(file, $0)?.pointee }.filter { $0.rule == rule }
  }
  func record(_ rule: lw_rule, sourceLocation: SourceLocation = #_sourceLocation) throws -> lw_record {
    try #require(records(rule).first, "no record of LW\(rule)", sourceLocation: sourceLocation)
  }
}

/// The API name of loans in tests, in static storage as the header asks for.
var registerWaitWithQueue: UnsafePointer<CChar> { staticText("RegisterWaitWithQueue") }

func staticText(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

extension lw_record {
  /// The stack of a moment; thread 0 when it did not happen.
  func moment(_ moment: lw_moment) -> lw_record_stack {
    withUnsafeBytes(of: moments) { $0.bindMemory(to: lw_record_stack.self)[Int(moment.rawValue)] }
  }
  func happened(_ moment: lw_moment) -> Bool { self.moment(moment).thread != 0 }
  var damageBefore: [UInt8] { withUnsafeBytes(of: before) { Array($0.prefix(Int(window_bytes))) } }
  var damageAfter: [UInt8] { withUnsafeBytes(of: after) { Array($0.prefix(Int(window_bytes))) } }
}

/// Writes eight bytes of the value through the loan, as a borrower does.
@discardableResult
func write(_ value: UInt64, through loan: lw_loan, at offset: Int = 0) -> lw_landing {
  var value = value
  return lw_write_bytes(loan, offset, &value, 8)
}

/// Makes `count` frees of blocks of the size, so that a quarantine moves on.
func churn(_ arena: TestArena, _ count: Int, bytes: Int = 32) {
  for _ in 0..<count { arena.free(arena.allocate(bytes)) }
}

/// A thread of CSchedule that runs a closure. Exactly one `join`.
struct ArenaThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  private let handle: OpaquePointer

  init(_ name: String, _ run: @escaping @Sendable () -> Void) {
    handle = lw_thread_create(
      name, { Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run() },
      Unmanaged.passRetained(Body(run)).toOpaque())!
  }
  func join() { lw_thread_join(handle) }
}

/// Runs the closures at once, each on a thread of its own, and waits for all.
func atOnce(_ bodies: [@Sendable () -> Void]) {
  let threads = bodies.enumerated().map { ArenaThread("worker-\($0)", $1) }
  for thread in threads { thread.join() }
}
