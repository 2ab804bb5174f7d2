// Parts as C takes them: a name and a function each, and what the function calls is a value of Swift's that may throw.
internal import CSchedule
internal import Latewrite

/// Parts as C takes them, in memory that one execution after the other uses.
@safe struct PreparedParts: ~Copyable {
  /// What C's context pointer is the address of. A function by itself would be wrapped up anew for it.
  private struct Body {
    let run: @Sendable () throws -> Void
    var error: (any Error)?
  }

  private static let nameBytes = Int(LW_THREAD_NAME_BYTES)
  private static let most = Int(LW_MEMBERS_MAX)

  @unsafe let first: UnsafeMutablePointer<lw_part>
  @unsafe private let names: UnsafeMutablePointer<CChar>
  @unsafe private let bodies: UnsafeMutablePointer<Body>
  private var count = 0

  init() {
    unsafe first = .allocate(capacity: Self.most)
    unsafe names = .allocate(capacity: Self.most * Self.nameBytes)
    unsafe bodies = .allocate(capacity: Self.most)
  }

  /// Takes `parts` for the next execution.
  mutating func take(_ parts: [Part]) {
    guard parts.count <= Self.most else { fatalError("an execution has more parts than a session has threads") }
    for (index, part) in parts.enumerated() {
      let name = unsafe names + index * Self.nameBytes
      unsafe name.initialize(repeating: 0, count: Self.nameBytes)
      var text = part.name
      text.withUTF8 { bytes in
        unsafe UnsafeMutableRawBufferPointer(start: name, count: Self.nameBytes - 1)
          .copyBytes(from: bytes.prefix(Self.nameBytes - 1))
      }
      let body = unsafe bodies + index
      unsafe body.initialize(to: Body(run: part.body))
      part.cue?.belong(toPartAt: UInt32(index))
      unsafe (first + index).initialize(
        to: lw_part(name: name, entry: Self.perform, context: body, awaits_cue: part.cue != nil))
    }
    count = parts.count
  }

  private static let perform: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
    let body = unsafe context!.assumingMemoryBound(to: Body.self)
    do { try unsafe body.pointee.run() } catch { unsafe body.pointee.error = error }
  }

  /// What the parts threw that have ended, a sentence each.
  var errors: [String] {
    var errors: [String] = []
    for index in 0..<count {
      guard let error = unsafe bodies[index].error else { continue }
      errors.append("\(unsafe String(cString: names + index * Self.nameBytes)) threw: \(error)")
    }
    return errors
  }

  /// All parts have ended.
  mutating func giveBack() {
    unsafe bodies.deinitialize(count: count)
    count = 0
  }

  /// Their threads stand in them for good.
  mutating func forget() { count = 0 }

  deinit {
    guard count == 0 else { return }
    unsafe first.deallocate()
    unsafe names.deallocate()
    unsafe bodies.deallocate()
  }
}
