// What the tests of findings do inside exit tests. The default scope belongs to a process and ends it, so each of these
// tests is a process of its own.
import CArena
import Glibc
import Testing

/// Sets LATEWRITE_OPTIONS of this process. Must come before the first use of a scope or an arena.
func setOptions(_ text: String) { setenv("LATEWRITE_OPTIONS", text, 1) }

/// Reports a use of a closed handle in the scope of `arena`; `api` makes the key.
func reportStaleHandle(_ api: StaticString, in arena: OpaquePointer? = nil) {
  var finding = lw_finding()
  finding.rule = 9
  finding.api = UnsafeRawPointer(api.utf8Start).assumingMemoryBound(to: CChar.self)
  finding.address = UnsafeRawPointer(bitPattern: 0x44)
  finding.result = 6
  lw_report(arena, &finding)
}

/// Forks; Swift hides the C function because a child may not run much of the runtime. These children only report.
func forkProcess() -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  return unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork"), to: Fork.self)()
}

/// A new directory under the system's temporary one, for raw files.
func makeDirectory() -> String {
  var template = Array("/tmp/latewrite-finding-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { fatalError("no temporary directory: errno \(errno)") }
  return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

func removeDirectory(_ path: String) {
  for name in filesIn(path) { unlink("\(path)/\(name)") }
  rmdir(path)
}

/// The names in a directory, sorted, without "." and "..".
func filesIn(_ path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// A raw file read back the way a report reads it.
struct RawFile {
  let bytes: UnsafeMutableRawPointer
  let size: Int

  init?(path: String) {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= MemoryLayout<lw_record_file>.size,
      let mapping = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0), mapping != MAP_FAILED
    else { return nil }
    bytes = mapping
    size = Int(status.st_size)
  }

  var head: UnsafePointer<lw_record_file> { UnsafePointer(bytes.assumingMemoryBound(to: lw_record_file.self)) }
  var records: [UnsafePointer<lw_record>] { (0..<head.pointee.record_count).compactMap { lw_record_at(head, $0) } }
  func count(of rule: lw_rule) -> UInt64 { latewriteCount(head, rule) }
}

/// The occurrences of a rule in a record file.
func latewriteCount(_ file: UnsafePointer<lw_record_file>, _ rule: lw_rule) -> UInt64 {
  withUnsafeBytes(of: file.pointee.counts) { $0.bindMemory(to: UInt64.self)[Int(rule)] }
}

/// A fixed array of C characters as text.
func text<Characters>(_ characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

extension ExitTest.Result {
  /// What the child printed on standard error.
  var errorText: String { String(decoding: standardErrorContent, as: UTF8.self) }
}
