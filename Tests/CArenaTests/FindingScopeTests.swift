// Scopes of their own: counting, one record a key, a full record file, the observer, the caller's mapping.
import CArena
import Glibc
import Synchronization
import Testing

/// A quiet scope with one small arena that reports into it.
private struct ScopeWithArena {
  let scope: OpaquePointer
  let arena: OpaquePointer

  init(capacity: UInt32, mapping: UnsafeMutableRawPointer? = nil, mappingBytes: Int = 0) {
    var config = lw_scope_config()
    config.record_capacity = capacity
    config.quiet = true
    config.mapping = mapping
    config.mapping_bytes = mappingBytes
    guard let scope = lw_scope_create(&config) else { fatalError("no scope") }
    var arenaConfig = lw_arena_config_default()
    arenaConfig.scope = scope
    arenaConfig.reserve_bytes = 1 << 20
    var status = lw_status.LW_OK
    guard let arena = lw_arena_open(&arenaConfig, &status) else {
      fatalError(String(cString: lw_status_sentence(status)))
    }
    self.scope = scope
    self.arena = arena
  }

  var file: UnsafePointer<lw_record_file> { lw_scope_file(scope) }

  func end() {
    lw_arena_close(arena)
    lw_scope_destroy(scope)
  }
}

@Suite struct `Scopes` {
  @Test func `rules have the names of the table and unknown ones say so`() {
    #expect(String(cString: lw_rule_name(1)) == "freed-while-lent")
    #expect(String(cString: lw_rule_name(18)) == "self-unregister")
    #expect(String(cString: lw_rule_name(0)) == "unknown-rule")
    #expect(String(cString: lw_rule_name(19)) == "unknown-rule")
  }

  @Test func `the same key is one record with its occurrences and another api is another`() {
    let subject = ScopeWithArena(capacity: 8)
    defer { subject.end() }
    lw_scope_set_execution(subject.scope, 77, 3)
    for _ in 0..<5 { reportStaleHandle("SetEvent", in: subject.arena) }
    for _ in 0..<2 { reportStaleHandle("ResetEvent", in: subject.arena) }
    #expect(lw_scope_count(subject.scope, 9) == 7)
    #expect(lw_scope_count(subject.scope, 1) == 0)
    #expect(subject.file.pointee.record_count == 2)
    let first = lw_record_at(subject.file, 0)!.pointee
    #expect(first.occurrences == 5)
    #expect(first.serial == 1)
    #expect(first.rule == 9)
    #expect(text(first.name) == "stale-handle")
    #expect(text(first.api) == "SetEvent")
    #expect(first.seed == 77)
    #expect(first.execution == 3)
    let second = lw_record_at(subject.file, 1)!.pointee
    #expect(second.occurrences == 2)
    #expect(second.serial == 6)
    #expect(text(second.api) == "ResetEvent")
    #expect(lw_record_at(subject.file, 2) == nil)
  }

  @Test func `a full record file counts what it cannot keep and goes on counting occurrences`() {
    let subject = ScopeWithArena(capacity: 2)
    defer { subject.end() }
    let apis: [StaticString] = ["One", "Two", "Three", "Three", "Three", "Three", "Four", "One"]
    for api in apis { reportStaleHandle(api, in: subject.arena) }
    #expect(subject.file.pointee.record_count == 2)
    #expect(subject.file.pointee.records_lost == 2)
    #expect(lw_scope_count(subject.scope, 9) == 8)
    #expect(lw_record_at(subject.file, 0)!.pointee.occurrences == 2)
    #expect(lw_record_at(subject.file, 1)!.pointee.occurrences == 1)
  }

  @Test func `a full record file is said once on standard error`() async {
    let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardErrorContent]) {
      let subject = ScopeWithArena(capacity: 1)
      reportStaleHandle("One", in: subject.arena)
      reportStaleHandle("Two", in: subject.arena)
      reportStaleHandle("Three", in: subject.arena)
      subject.end()
    }
    let said = (result?.errorText ?? "").split(separator: "\n").filter { $0.contains("raw record is full") }
    #expect(
      said == [
        "latewrite: the raw record is full (capacity 1): findings of further causes are only counted; set a higher "
          + "records in LATEWRITE_OPTIONS"
      ])
  }

  @Test func `threads that find the same and different things at once lose none`() {
    let subject = ScopeWithArena(capacity: 8)
    defer { subject.end() }
    final class Work: Sendable {
      let arena: UInt
      let ready = Atomic<Int>(0)
      init(arena: OpaquePointer) { self.arena = UInt(bitPattern: arena) }
    }
    let work = Work(arena: subject.arena)
    let rounds = 2000
    var threads: [OpaquePointer] = []
    for _ in 0..<2 {
      let entry: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        let work = Unmanaged<Work>.fromOpaque(context!).takeUnretainedValue()
        work.ready.add(1, ordering: .sequentiallyConsistent)
        let arena = OpaquePointer(bitPattern: work.arena)
        for _ in 0..<2000 {
          reportStaleHandle("Left", in: arena)
          reportStaleHandle("Right", in: arena)
        }
      }
      threads.append(lw_thread_create("finder", entry, Unmanaged.passUnretained(work).toOpaque())!)
    }
    for thread in threads { lw_thread_join(thread) }
    withExtendedLifetime(work) {}
    #expect(lw_scope_count(subject.scope, 9) == UInt64(4 * rounds))
    #expect(subject.file.pointee.serials == UInt64(4 * rounds))
    #expect(subject.file.pointee.record_count == 2)
    for index in 0..<UInt32(2) {
      #expect(lw_record_at(subject.file, index)?.pointee.occurrences == UInt64(2 * rounds))
    }
  }

  @Test func `an observer hears every finding with its arena until it is taken away`() {
    let subject = ScopeWithArena(capacity: 4)
    defer { subject.end() }
    struct Heard {
      var rules: [lw_rule] = []
      var arenas: Set<UInt32> = []
    }
    var heard = Heard()
    withUnsafeMutablePointer(to: &heard) { context in
      lw_scope_observe(
        subject.scope,
        { context, rule, arena, _ in
          let heard = context!.assumingMemoryBound(to: Heard.self)
          heard.pointee.rules.append(rule)
          heard.pointee.arenas.insert(arena)
        }, context)
      for _ in 0..<2 { reportStaleHandle("One", in: subject.arena) }
      lw_scope_observe(subject.scope, nil, nil)
      reportStaleHandle("One", in: subject.arena)
    }
    #expect(heard.rules == [9, 9])
    #expect(heard.arenas == [lw_arena_number_of(subject.arena)])
  }

  @Test func `a caller's mapping holds header and records and one that is too small is refused`() {
    let bytes = lw_record_file_bytes(3)
    let mapping = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)!
    defer { munmap(mapping, bytes) }
    var config = lw_scope_config()
    config.mapping = mapping
    config.mapping_bytes = lw_record_file_bytes(1) - 1
    #expect(lw_scope_create(&config) == nil)

    memset(mapping, 0xFF, bytes)
    let subject = ScopeWithArena(capacity: 0, mapping: mapping, mappingBytes: bytes)
    reportStaleHandle("CloseHandle", in: subject.arena)
    subject.end()
    let file = UnsafePointer(mapping.assumingMemoryBound(to: lw_record_file.self))
    #expect(file.pointee.record_capacity == 3)
    #expect(file.pointee.record_count == 1)
    #expect(file.pointee.pid == UInt64(getpid()))
    #expect(file.pointee.image_count > 0)
    #expect(file.pointee.stamp_hz > 1_000_000)
    #expect(file.pointee.start_unix_ns > 1_700_000_000_000_000_000)
    #expect(text(file.pointee.program).hasPrefix("/"))
    #expect(lw_record_at(file, 0)?.pointee.rule == 9)
    #expect(lw_record_at(file, 1) == nil)
  }

  @Test func `a moment carries the thread's name and the time since the scope began and frames of a known image`() {
    let subject = ScopeWithArena(capacity: 4)
    defer { subject.end() }
    reportStaleHandle("CloseHandle", in: subject.arena)
    let record = lw_record_at(subject.file, 0)!
    let moments = UnsafeRawPointer(record).advanced(by: MemoryLayout<lw_record>.offset(of: \.moments)!)
      .assumingMemoryBound(to: lw_record_stack.self)
    let detected = moments[Int(lw_moment.LW_MOMENT_DETECTED.rawValue)]
    #expect(detected.frame_count > 1)
    #expect(detected.thread == lw_thread_self())
    #expect(text(detected.thread_name) != "")
    #expect(detected.time_ns > 0)
    #expect(moments[Int(lw_moment.LW_MOMENT_FREED.rawValue)].frame_count == 0)
    let images = UnsafeRawPointer(subject.file).advanced(by: MemoryLayout<lw_record_file>.offset(of: \.images)!)
      .assumingMemoryBound(to: lw_image.self)
    let frame = detected.frames.0
    let known = (0..<Int(subject.file.pointee.image_count)).contains {
      frame >= images[$0].start && frame < images[$0].end
    }
    #expect(known)
  }

  @Test func `exit and abort end the program at the first finding of the scope`() async {
    await #expect(processExitsWith: .exitCode(41)) {
      var config = lw_scope_config()
      config.on_finding = .LW_ON_FINDING_EXIT
      config.exit_code = 41
      let scope = lw_scope_create(&config)
      var arenaConfig = lw_arena_config_default()
      arenaConfig.scope = scope
      var status = lw_status.LW_OK
      reportStaleHandle("CloseHandle", in: lw_arena_open(&arenaConfig, &status))
      fatalError("the finding did not end the program")
    }
    await #expect(processExitsWith: .signal(SIGABRT)) {
      setOptions("on_finding=abort:log_path=/nonexistent")
      reportStaleHandle("CloseHandle")
    }
  }
}
