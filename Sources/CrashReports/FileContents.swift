// Files as whole byte arrays, with the system's own reason when that fails. A report is never seen half-written: it is
// written under another name in the same directory, brought to disk, and renamed.
internal import Glibc

enum FileContents {
  /// A raw file of 65,536 records, the most that can be asked for, has less.
  private static let bytesMax = 1 << 30

  /// Reads a file as it is now.
  static func read(_ path: String) throws(CrashReportError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CrashReportError(
        .unreadable, "\(path) is not a file: name a raw record, a report.json or a report directory")
    }
    guard status.st_size <= bytesMax else {
      throw CrashReportError(.notARecord, "\(path) has \(status.st_size) bytes: too large for a record of Latewrite")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw unreadable(path) }
      if got == 0 { break }
      filled += got
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Replaces the file at `path` by `bytes`: all of them or, on an error, none, with nothing left behind.
  static func replace(_ path: String, with bytes: [UInt8]) throws(CrashReportError) {
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw notWritable(path, errno) }
    var failure = write(bytes, to: descriptor)
    if failure == 0 && fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0 && failure == 0 { failure = errno }
    if failure == 0, unsafe rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      _ = unsafe unlink(temporary)
      throw notWritable(path, failure)
    }
  }

  /// Makes a directory and those above it. Returns true when the last one is new.
  static func makeDirectory(_ path: String) throws(CrashReportError) -> Bool {
    if isDirectory(path) { return false }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex { _ = try makeDirectory(String(path[..<slash])) }
    if unsafe mkdir(path, 0o755) == 0 { return true }
    let reason = errno
    if reason == EEXIST && isDirectory(path) { return false }
    throw notWritable(path, reason == EEXIST ? ENOTDIR : reason)
  }

  /// Takes back a directory that was made for a file that could not be written.
  static func removeEmptyDirectory(_ path: String) { _ = unsafe rmdir(path) }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func isExecutable(_ path: String) -> Bool {
    let isAllowed = unsafe access(path, X_OK) == 0
    return isAllowed && !isDirectory(path)
  }

  /// Size and time of the last change, in nanoseconds since 1970; nil for what is no regular file.
  static func changed(_ path: String) -> (bytes: Int, unixNs: UInt64)? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let ns = UInt64(max(0, status.st_mtim.tv_sec)) * 1_000_000_000 + UInt64(max(0, status.st_mtim.tv_nsec))
    return (Int(status.st_size), ns)
  }

  /// Writes all of `bytes`. 0 or an error number. A file size limit is an error here, not a signal that ends the
  /// program.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(bytes.count) {
      return EFBIG
    }
    var written = 0
    while written < bytes.count {
      let put = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
      }
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { return put == 0 ? ENOSPC : errno }
      written += put
    }
    return 0
  }

  private static func unreadable(_ path: String) -> CrashReportError {
    CrashReportError(.unreadable, "\(path) cannot be read: \(reason(errno))")
  }

  private static func notWritable(_ path: String, _ number: Int32) -> CrashReportError {
    let advice =
      switch number {
      case ENOSPC, EDQUOT, EFBIG: "make room or name another place with --out"
      case EROFS, EACCES, EPERM: "name a place that may be written to with --out"
      default: "name a directory with --out"
      }
    return CrashReportError(.notWritable, "\(path) cannot be written (\(reason(number))): \(advice)")
  }

  private static func reason(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}
