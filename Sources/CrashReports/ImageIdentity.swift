// Whether the file that an image was loaded from is still the one on disk. Lines taken from a rebuilt file are wrong
// without looking wrong, so the build ids are compared; a file without one is judged by its time.
internal import CArena
internal import Glibc

/// What became of an image's file since it was loaded.
enum ImageIdentity: Hashable, Sendable {
  /// The same file; `version` names its content.
  case same(version: String)
  case rebuilt
  case missing

  /// Compares `image`, loaded by a process whose scope began at `unixNs`, with the file.
  init(of image: lw_image, loadedBefore unixNs: UInt64) {
    let path = string(of: image.path)
    guard let changed = FileContents.changed(path) else {
      self = .missing
      return
    }
    let loaded = elements(of: image.build_id, as: UInt8.self, count: image.build_id_bytes)
    if loaded.isEmpty {
      self = changed.unixNs > unixNs ? .rebuilt : .same(version: "\(changed.bytes)@\(changed.unixNs)")
    } else {
      self = BuildID.ofFile(path) == loaded ? .same(version: hexadecimal(loaded)) : .rebuilt
    }
  }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The GNU build id of an ELF file: a note that its program headers point at.
enum BuildID {
  /// Nil when the file is no 64-bit ELF file or has no build id.
  static func ofFile(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let head = part(descriptor, at: 0, bytes: 64), head.prefix(5) == [0x7F, 0x45, 0x4C, 0x46, 2] else {
      return nil
    }
    let tableOffset = number(head, at: 32, bytes: 8)
    let entryBytes = number(head, at: 54, bytes: 2)
    let entries = number(head, at: 56, bytes: 2)
    guard entryBytes >= 56, let table = part(descriptor, at: tableOffset, bytes: entryBytes * entries) else {
      return nil
    }
    for entry in 0..<entries {
      let start = entry * entryBytes
      let noteSegment = 4
      guard number(table, at: start, bytes: 4) == noteSegment else { continue }
      let offset = number(table, at: start + 8, bytes: 8)
      let bytes = number(table, at: start + 32, bytes: 8)
      if let notes = part(descriptor, at: offset, bytes: bytes), let id = find(in: notes) { return id }
    }
    return nil
  }

  /// Notes are (name bytes, content bytes, type), a name and a content, each padded to four bytes.
  private static func find(in notes: [UInt8]) -> [UInt8]? {
    var at = 0
    while at + 12 <= notes.count {
      let nameBytes = number(notes, at: at, bytes: 4)
      let contentBytes = number(notes, at: at + 4, bytes: 4)
      let type = number(notes, at: at + 8, bytes: 4)
      let content = at + 12 + (nameBytes + 3) / 4 * 4
      guard nameBytes <= notes.count, contentBytes <= notes.count, content + contentBytes <= notes.count else {
        return nil
      }
      let gnuBuildID = 3
      if type == gnuBuildID && notes[(at + 12)..<(at + 12 + nameBytes)] == [0x47, 0x4E, 0x55, 0] {
        return Array(notes[content..<(content + contentBytes)])
      }
      at = content + (contentBytes + 3) / 4 * 4
    }
    return nil
  }

  /// A part of the file, at most a megabyte; nil when it is not all there.
  private static func part(_ descriptor: Int32, at offset: Int, bytes: Int) -> [UInt8]? {
    guard (0...(1 << 20)).contains(bytes), offset >= 0 else { return nil }
    var part = [UInt8](repeating: 0, count: bytes)
    let got = unsafe part.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, bytes, off_t(offset)) }
    return got == bytes ? part : nil
  }

  /// A little-endian number; values that no real file has become Int.max.
  private static func number(_ bytes: [UInt8], at offset: Int, bytes width: Int) -> Int {
    Int(clamping: bytes[offset..<(offset + width)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
