// A C program that is compiled while a test runs and says at which offsets its calls return: real code with real debug
// information, which the test can shift, rebuild or take away.
import CArena
import Foundation

@testable import CrashReports

/// A folder that goes away with the value.
final class ScratchFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latewrite-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct CompiledSubject {
  static let source = """
    #include <stdio.h>
    extern char __executable_start;
    __attribute__((noinline)) static void called(const char *moment, void *inner, void *outer) {
      printf("%s %lx %lx\\n", moment, (long)((char *)inner - &__executable_start),
             (long)((char *)outer - &__executable_start));
    }
    __attribute__((noinline)) static void lw_free_stand_in(const char *moment) {
      called(moment, __builtin_return_address(0), __builtin_return_address(1));
    }
    static inline __attribute__((always_inline)) void release_overlapped(void) {
      lw_free_stand_in("freed"); // line of the free
    }
    static inline __attribute__((always_inline)) void drop_wait(void) {
      release_overlapped(); // line of its caller
    }
    __attribute__((noinline)) static void cancel_wait(void) {
      drop_wait(); // line of the outermost
      __asm__ volatile("");
    }
    __attribute__((noinline)) static void start_wait(void) {
      lw_free_stand_in("lent"); // line of the loan
      __asm__ volatile("");
    }
    int main(void) {
      start_wait();
      cancel_wait(); // line in main
      return 0;
    }

    """

  private let folder: ScratchFolder
  let program: String
  let source: String
  /// Return addresses within the program, inner and outer, by moment.
  let returns: [String: [UInt64]]

  /// Compiles `text` to `folder`/subject.
  init(in folder: ScratchFolder, text: String = source, options: [String] = []) throws {
    self.folder = folder
    program = folder.path + "/subject"
    source = folder.path + "/subject.c"
    try Data(text.utf8).write(to: URL(fileURLWithPath: source))
    let clang =
      SymbolizerTools.found().symbolizer.map { $0.dropLast("llvm-symbolizer".count) + "clang" } ?? "/usr/bin/clang"
    _ = try Self.output(
      String(clang), ["-g", "-O2", "-fPIE", "-pie", "-fno-omit-frame-pointer", source, "-o", program] + options)
    let lines = try Self.output(program, []).split(separator: "\n")
    returns = Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let parts = line.split(separator: " ")
        return (String(parts[0]), parts.dropFirst().compactMap { UInt64($0, radix: 16) })
      })
  }

  /// What a program prints; an error when it fails.
  static func output(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw SubjectError(tool: tool, status: process.terminationStatus) }
    return String(decoding: output, as: UTF8.self)
  }

  struct SubjectError: Error {
    let tool: String
    let status: Int32
  }

  /// The number, from 1, of the line that holds `mark`.
  static func line(of mark: String, in text: String = source) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.firstIndex { $0.contains("// " + mark) } ?? -1) + 1
  }

  private static let base: UInt64 = 0x5555_0000_0000

  /// A raw record of this program, in which a wait lent in start_wait was freed in cancel_wait.
  func recorded(victim: UInt64 = 3, buildID: [UInt8]? = nil) -> RecordMaker {
    var image = lw_image()
    image.base = Self.base
    image.start = Self.base
    image.end = Self.base + 0x10_0000
    setBytes(of: &image.path, to: Array(program.utf8))
    if let id = buildID ?? BuildID.ofFile(program) {
      image.build_id_bytes = UInt32(id.count)
      setBytes(of: &image.build_id, to: id)
    }
    var record = lw_record(rule: 1)
    record.generation_now = victim
    record.set(.LW_MOMENT_FREED, frames: addresses("freed"), ms: 2)
    record.set(.LW_MOMENT_LENT, frames: addresses("lent"), ms: 1)
    var maker = RecordMaker(images: [image])
    maker.add(record)
    return maker
  }

  private func addresses(_ moment: String) -> [UInt64] { (returns[moment] ?? []).map { Self.base + $0 } }
}
