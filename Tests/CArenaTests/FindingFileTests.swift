// The default scope: the line on standard error, the raw file that appears at the first finding, the exit code, and
// what happens where a file cannot be.
import CArena
import Glibc
import Testing

@Suite struct `The process's own scope` {
  @Test func `a program without findings leaves no file and prints nothing and ends as it wants`() async {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    let result = await #expect(processExitsWith: .exitCode(5), observing: [\.standardErrorContent]) {
      [directory = directory as String] in
      setOptions("log_path=\(directory)")
      _ = lw_scope_default()
      exit(5)
    }
    // A child that calls exit itself leaves the test library's mark on standard error.
    #expect(result?.errorText.contains("latewrite") == false)
    #expect(filesIn(directory) == [])
  }

  @Test func `a finding is one line and one record and decides the exit code`() async throws {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    let result = await #expect(processExitsWith: .exitCode(43), observing: [\.standardErrorContent]) {
      [directory = directory as String] in
      setOptions("log_path=\(directory):exitcode=43:records=10")
      for _ in 0..<3 { reportStaleHandle("CloseHandle") }
      reportStaleHandle("SetEvent")
      exit(0)
    }
    let names = filesIn(directory)
    #expect(names.count == 1)
    let name = try #require(names.first)
    let file = try #require(RawFile(path: "\(directory)/\(name)"))
    #expect(name == "latewrite.\(file.head.pointee.pid).raw")
    #expect(file.size == lw_record_file_bytes(10))
    #expect(file.head.pointee.header_bytes == UInt32(MemoryLayout<lw_record_file>.size))
    #expect(file.head.pointee.record_bytes == UInt32(MemoryLayout<lw_record>.size))
    #expect(withUnsafeBytes(of: file.head.pointee.magic) { Array($0) } == Array("LWRAW\0\0".utf8) + [1])
    #expect(file.count(of: 9) == 4)
    #expect(file.records.map { $0.pointee.occurrences } == [3, 1])
    #expect(file.records.map { text($0.pointee.api) } == ["CloseHandle", "SetEvent"])

    let lines = (result?.errorText ?? "").split(separator: "\n")
    let prefix = "==\(file.head.pointee.pid)==ERROR: Latewrite LW009 stale-handle: "
    #expect(lines.filter { $0.hasPrefix(prefix) }.count == 2)
    #expect(lines.last == "latewrite: 4 findings (LW009 x4); report: latewrite report show \(directory)/\(name)")
  }

  @Test func `quiet keeps the record and the exit code and drops the lines`() async {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [directory = directory as String] in
      setOptions("log_path=\(directory):quiet=1")
      reportStaleHandle("CloseHandle")
    }
    #expect(result?.standardErrorContent == [])
    #expect(filesIn(directory).count == 1)
  }

  @Test func `exit code 0 leaves the program's own status`() async {
    let result = await #expect(processExitsWith: .exitCode(7), observing: [\.standardErrorContent]) {
      setOptions("log_path=/nonexistent:exitcode=0")
      reportStaleHandle("CloseHandle")
      exit(7)
    }
    #expect(result?.errorText.hasSuffix("latewrite: 1 finding (LW009 x1); no raw record was kept\n") == true)
  }

  @Test func `on_finding exit ends at once with the exit code and a whole record`() async throws {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    await #expect(processExitsWith: .exitCode(9)) { [directory = directory as String] in
      setOptions("log_path=\(directory):on_finding=exit:exitcode=9")
      reportStaleHandle("CloseHandle")
      exit(3)
    }
    let name = try #require(filesIn(directory).first)
    #expect(RawFile(path: "\(directory)/\(name)")?.records.count == 1)
  }

  @Test func `a directory that does not exist or does not take the file is named with the way out`() async {
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      setOptions("log_path=/nonexistent")
      reportStaleHandle("CloseHandle")
      reportStaleHandle("SetEvent")
      #expect(lw_scope_file(lw_scope_default()).pointee.record_count == 2)
    }
    let said = (result?.errorText ?? "").split(separator: "\n").filter { $0.contains("no raw record can be written") }
    #expect(said.count == 1)
    #expect(
      said.first?.hasPrefix("latewrite: no raw record can be written in /nonexistent (No such file or directory): ")
        == true)
    #expect(said.first?.contains("set log_path in LATEWRITE_OPTIONS to a directory that takes a file of ") == true)
  }

  @Test func `a limit on the size of files is an error and no signal and leaves nothing behind`() async {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [directory = directory as String] in
      setOptions("log_path=\(directory)")
      // The thread that runs this test blocks most signals; a program's own threads do not.
      var fatal = sigset_t()
      sigemptyset(&fatal)
      sigaddset(&fatal, SIGXFSZ)
      pthread_sigmask(SIG_UNBLOCK, &fatal, nil)
      signal(SIGXFSZ, SIG_DFL)
      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      reportStaleHandle("CloseHandle")
    }
    #expect(result?.errorText.contains("(File too large)") == true)
    #expect(filesIn(directory) == [])
  }

  @Test(.enabled(if: getuid() == 0, "needs root to mount a small file system"))
  func `a full disk is an error and no signal and leaves nothing behind`() async {
    let directory = makeDirectory()
    guard mount("tmpfs", directory, "tmpfs", 0, "size=64k") == 0 else {
      removeDirectory(directory)
      return  // a container without the right to mount
    }
    defer {
      umount(directory)
      removeDirectory(directory)
    }
    let result = await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      [directory = directory as String] in
      setOptions("log_path=\(directory)")
      reportStaleHandle("CloseHandle")
    }
    #expect(result?.errorText.contains("(No space left on device)") == true)
    #expect(filesIn(directory) == [])
  }

  @Test func `a child after fork has its own file and its own exit code and leaves its parent's alone`() async throws {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    await #expect(processExitsWith: .exitCode(1)) { [directory = directory as String] in
      setOptions("log_path=\(directory)")
      reportStaleHandle("CloseHandle")
      let silent = forkProcess()
      if silent == 0 { exit(0) }
      let child = forkProcess()
      if child == 0 {
        reportStaleHandle("CloseHandle")
        reportStaleHandle("SetEvent")
        exit(0)
      }
      var status: Int32 = 0
      waitpid(silent, &status, 0)
      guard status == 0 else { fatalError("a child without findings ended with \(status)") }
      waitpid(child, &status, 0)
      guard status == 1 << 8 else { fatalError("a child with findings ended with \(status)") }
    }
    let files = filesIn(directory).compactMap { RawFile(path: "\(directory)/\($0)") }
    #expect(files.count == 2)
    let apis = files.map { $0.records.map { text($0.pointee.api) } }.sorted { $0.count < $1.count }
    #expect(apis == [["CloseHandle"], ["CloseHandle", "SetEvent"]])
    #expect(Set(files.map { $0.head.pointee.pid }).count == 2)
  }

  // Several times, because threads that are not quite at once test nothing.
  @Test(arguments: 1...6) func `the first findings of many threads at once end in one file`(round: Int) async throws {
    let directory = makeDirectory()
    defer { removeDirectory(directory) }
    await #expect(processExitsWith: .exitCode(1)) { [directory = directory as String] in
      setOptions("log_path=\(directory):quiet=1")
      _ = lw_scope_default()
      let together = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)
      pthread_barrier_init(together, nil, 8)
      let entry: @convention(c) (UnsafeMutableRawPointer?) -> Void = { together in
        pthread_barrier_wait(together!.assumingMemoryBound(to: pthread_barrier_t.self))
        for _ in 0..<100 { reportStaleHandle("CloseHandle") }
      }
      let threads = (0..<8).map { _ in lw_thread_create("finder", entry, together)! }
      for thread in threads { lw_thread_join(thread) }
    }
    let names = filesIn(directory)
    #expect(names.count == 1)
    let file = try #require(RawFile(path: "\(directory)/\(names[0])"))
    #expect(file.count(of: 9) == 800)
    #expect(file.records.map { $0.pointee.occurrences } == [800])
  }
}
