// Raw records as C lays them out, made by hand, so that a test decides every fact of a finding and the program counters
// are those of real functions.
import CArena

@testable import CrashReports

/// A raw record file in the making.
struct RecordMaker {
  var header = lw_record_file()
  var records: [lw_record] = []

  /// A file of a process with number 4711 that began 2 s after the epoch and has the images of this process.
  init(images: [lw_image] = RecordMaker.ownImages) {
    setBytes(of: &header.magic, to: [0x4C, 0x57, 0x52, 0x41, 0x57, 0, 0, 1])
    header.header_bytes = UInt32(MemoryLayout<lw_record_file>.size)
    header.record_bytes = UInt32(MemoryLayout<lw_record>.stride)
    header.pid = 4711
    header.start_stamp = 1000
    header.start_unix_ns = UInt64.max / 2
    header.stamp_hz = 1_000_000_000
    header.image_count = UInt32(images.count)
    setElements(of: &header.images, to: images)
    setBytes(of: &header.program, to: Array("/opt/app/server".utf8))
  }

  static let ownImages: [lw_image] = {
    let limit = Int(LW_RECORD_IMAGES)
    return [lw_image](unsafeUninitializedCapacity: limit) { buffer, count in
      count = lw_images(buffer.baseAddress!, limit)
    }
  }()

  mutating func add(_ record: lw_record) {
    records.append(record)
    header.record_count = UInt32(records.count)
    header.record_capacity = UInt32(records.count)
  }

  /// The file, as it would be read.
  var bytes: [UInt8] {
    records.reduce(into: memory(of: header)) { $0 += memory(of: $1) }
  }

  func file() throws -> RawRecordFile { try RawRecordFile(bytes: bytes, origin: "test.raw") }

  /// The reports of the file, symbolized with `tools`.
  func reports(
    _ tools: SymbolizerTools = .found(), run: RunContext = RunContext()
  ) async throws -> [CrashReport] {
    await CrashReport.reports(of: try file(), run: run, symbolizer: Symbolizer(tools: tools))
  }
}

extension lw_record {
  /// A whole record of `rule` about the OVERLAPPED of operation 104, 32 bytes in a 64-byte slot.
  init(rule: UInt32, seed: UInt64 = 0) {
    self.init()
    version = UInt32(LW_RECORD_VERSION)
    state = 2
    self.rule = rule
    arena = 1
    setBytes(of: &name, to: Array(String(cString: lw_rule_name(rule)).utf8))
    setBytes(of: &api, to: Array("RegisterWaitWithQueue".utf8))
    setBytes(of: &arena_name, to: Array("loop".utf8))
    setBytes(of: &layout, to: Array("OVERLAPPED".utf8))
    serial = 1
    occurrences = 1
    self.seed = seed
    operation = 104
    address = 0x7f31_c004_0240
    slot = 9
    slot_bytes = 64
    requested = 32
    generation = 3
    generation_now = 3
    state_now = 3
  }

  mutating func setWindow(before: [UInt8], after: [UInt8], fields: [(String, Int, Int)]) {
    window_bytes = UInt32(before.count)
    setBytes(of: &self.before, to: before)
    setBytes(of: &self.after, to: after)
    field_count = UInt32(fields.count)
    setElements(
      of: &self.fields,
      to: fields.map { name, offset, bytes in
        var field = lw_record_field()
        setBytes(of: &field.name, to: Array(name.utf8))
        field.offset = UInt32(offset)
        field.bytes = UInt32(bytes)
        return field
      })
  }

  /// Says when and where a moment was.
  mutating func set(
    _ moment: lw_moment, frames: [UInt64], thread: UInt32 = 1, name: String = "loop", ms: Double = 0, step: UInt64 = 0
  ) {
    var stack = lw_record_stack()
    stack.thread = thread
    stack.frame_count = UInt32(frames.count)
    stack.time_ns = UInt64(ms * 1_000_000)
    stack.step = step
    setBytes(of: &stack.thread_name, to: Array(name.utf8))
    setElements(of: &stack.frames, to: frames)
    withUnsafeMutableBytes(of: &moments) { memory in
      memory.storeBytes(
        of: stack, toByteOffset: Int(moment.rawValue) * MemoryLayout<lw_record_stack>.stride, as: lw_record_stack.self)
    }
  }
}

func setBytes<Field>(of field: inout Field, to bytes: [UInt8]) { setElements(of: &field, to: bytes) }

func setElements<Field, Element>(of field: inout Field, to elements: [Element]) {
  withUnsafeMutableBytes(of: &field) { memory in
    elements.withUnsafeBytes { memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(memory.count))) }
  }
}

private func memory<Value>(of value: Value) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

/// The calling thread's stack from the caller on.
@inline(never)
func capturedFrames() -> [UInt64] {
  let id = lw_stack_capture(.LW_STACKS_FRAME_POINTERS)
  let limit = Int(LW_RECORD_FRAMES)
  let frames = [UInt64](unsafeUninitializedCapacity: limit) { buffer, count in
    count = lw_stack_frames(id, buffer.baseAddress!, limit)
  }
  return Array(frames.dropFirst())
}
