// Which image an address of a record lies in, and whether the image's file can still say what is there.
internal import CArena

struct AddressBook: Sendable {
  private struct Entry: Sendable {
    let path: String
    let buildID: String?
    let base: UInt64
    let start: UInt64
    let end: UInt64
    let identity: ImageIdentity
  }

  /// A frame's address, and its place in a file that may be asked about it.
  struct Place {
    let address: UInt64
    let isExact: Bool
    let image: String?
    let imageOffset: UInt64?
    let code: CodeAddress?
  }

  private let entries: [Entry]

  init(_ file: RawRecordFile) {
    entries = file.images.map { image in
      let id = elements(of: image.build_id, as: UInt8.self, count: image.build_id_bytes)
      return Entry(
        path: string(of: image.path), buildID: id.isEmpty ? nil : hexadecimal(id), base: image.base, start: image.start,
        end: image.end, identity: ImageIdentity(of: image, loadedBefore: file.header.start_unix_ns))
    }
  }

  /// The images for reports.
  var reported: [CrashReport.Image] {
    entries.map { CrashReport.Image(path: $0.path, buildID: $0.buildID, base: $0.base, end: $0.end) }
  }

  /// The frames of a stack. A return address points behind its call, so the byte before it is asked about.
  func places(of stack: lw_record_stack) -> [Place] {
    elements(of: stack.frames, as: UInt64.self, count: stack.frame_count).enumerated().map { index, address in
      let isExact = index == 0 && stack.first_exact != 0
      let instruction = isExact ? address : address &- 1
      guard let entry = entries.first(where: { $0.start <= instruction && instruction < $0.end }) else {
        return Place(address: address, isExact: isExact, image: nil, imageOffset: nil, code: nil)
      }
      let offset = instruction &- entry.base
      var code: CodeAddress?
      if case .same(let version) = entry.identity {
        code = CodeAddress(image: entry.path, version: version, offset: offset)
      }
      return Place(
        address: address, isExact: isExact, image: entry.path, imageOffset: address &- entry.base, code: code)
    }
  }

  /// What to say about those of the images in `used` whose frames cannot be resolved.
  func notes(for used: Set<String>) -> [String] {
    entries.filter { used.contains($0.path) && !$0.path.hasPrefix("[") }.compactMap { entry in
      switch entry.identity {
      case .same: nil
      case .rebuilt: "\(entry.path) was rebuilt since this was recorded: its frames are shown as image+offset"
      case .missing: "\(entry.path) is not there any more: its frames are shown as image+offset"
      }
    }
  }

  /// All moments that happened, with their frames by name.
  func moments(
    of stacks: [lw_record_stack], _ resolved: [CodeAddress: [ResolvedFrame]]
  ) -> [CrashReport.Moment: CrashReport.Stack] {
    var moments: [CrashReport.Moment: CrashReport.Stack] = [:]
    for (moment, stack) in zip(CrashReport.Moment.allCases, stacks) where stack.thread != 0 || stack.frame_count != 0 {
      moments[moment] = CrashReport.Stack(
        thread: Int(stack.thread), threadName: stringIfKnown(of: stack.thread_name),
        timeNs: stack.time_ns == 0 ? nil : stack.time_ns, step: stack.step == 0 ? nil : stack.step,
        isLost: stack.lost != 0, frames: places(of: stack).flatMap { frames(at: $0, resolved) })
    }
    return moments
  }

  private func frames(at place: Place, _ resolved: [CodeAddress: [ResolvedFrame]]) -> [CrashReport.Frame] {
    let bare = CrashReport.Frame(
      isExact: place.isExact, address: place.address, image: place.image, imageOffset: place.imageOffset,
      isInlined: false)
    guard let code = place.code, let found = resolved[code], !found.isEmpty else { return [bare] }
    return found.map { function in
      var frame = bare
      frame.symbol = function.symbol
      frame.name = function.name
      frame.description = function.description
      frame.offset = function.offset
      frame.isInlined = function.isInlined
      frame.location = function.file.map {
        CrashReport.SourceLocation(file: $0, line: function.line, column: function.column)
      }
      return frame
    }
  }
}
