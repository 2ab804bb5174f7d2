// Child processes for tasks: asyncio's subprocess transport. The child's streams are pipes for overlapped I/O, its end
// is a wait for its handle.
internal import OverlappedIO
public import Proactor

/// A running child process and the pipes to it.
///
/// Any task may use it. `close()` it, or wait for its exit code and close the pipes that were asked for.
public final class SubprocessTransport: Sendable {
  /// What a child has as a standard stream.
  public enum Stream: Sendable, Hashable {
    /// A pipe to this process.
    case pipe
    /// Nothing: it reads the end at once, and what it writes is lost.
    case null
    /// What this process has.
    case inherited
  }

  /// The system's number of the process.
  public let processID: UInt32
  private let process: ChildProcess
  private let loop: EventLoop
  private let pipes: [ByteStream?]

  fileprivate init(_ process: consuming ChildProcess, pipes: [ByteStream?], of loop: EventLoop) {
    processID = process.processID
    self.process = process
    self.pipes = pipes
    self.loop = loop
  }

  /// Where the child reads from: what is written here. Closing it is the end of the child's input.
  public var input: ByteStream { pipe(0, "input") }
  /// What the child writes.
  public var output: ByteStream { pipe(1, "output") }
  /// What the child writes for its errors.
  public var errors: ByteStream { pipe(2, "errors") }

  private func pipe(_ number: Int, _ name: String) -> ByteStream {
    guard let pipe = pipes[number] else { fatalError("this child's \(name) is no pipe: spawn(..., \(name): .pipe)") }
    return pipe
  }

  /// Waits for the child's end and gives its exit code. The end comes after all that the child has written into pipes,
  /// so read them, or close them.
  ///
  /// A cancelled wait leaves the child alone.
  public func exitCode() async throws(ProactorError) -> Int32 {
    _ = try await loop.wait(for: process.handle)
    // It has ended: 259 is then no sign of a running one.
    return process.exitCode ?? 259
  }

  /// Whether the child has ended, as of now: what `exitCode()` waits for. (An exit code of 259 says nothing.)
  public var hasEnded: Bool {
    do throws(Win32Error) { return try OverlappedIO.wait(for: process.handle, timeout: .zero) == .signalled } catch {
      fatalError("\(error)")
    }
  }

  /// Asks for the child's end with `code`; wait for `exitCode()` to see it gone. Nothing happens to one that has ended.
  public func kill(code: UInt32 = 1) {
    // An error says that it has ended.
    try? process.terminate(code: code)
  }

  /// Closes the pipes - input, output, errors - and then kills the child unless it has ended. Nothing is waited for.
  public func close() {
    for pipe in pipes { pipe?.close() }
    if !hasEnded { kill() }
  }

  /// Writes `input` and closes it, reads what the child writes meanwhile, and waits for its end.
  ///
  /// A child that stops reading its input has a reason; that is no error. Cancelled, it leaves the child running.
  public func communicate(_ input: [UInt8] = []) async throws(ProactorError) -> Communication {
    async let fed = feed(input)
    async let output = Self.all(of: pipes[1])
    async let errors = Self.all(of: pipes[2])
    let results = await (fed, output, errors)
    try results.0.get()
    return Communication(
      output: try results.1.get(), errors: try results.2.get(), exitCode: try await exitCode())
  }

  private func feed(_ bytes: [UInt8]) async -> Result<Void, ProactorError> {
    guard let input = pipes[0] else { return .success(()) }
    defer { input.close() }
    do throws(ProactorError) { try await input.write(bytes) } catch {
      let isChildGone = error.isWin32(.brokenPipe) || error.isWin32(.noData)
      if !isChildGone { return .failure(error) }
    }
    return .success(())
  }

  private static func all(of stream: ByteStream?) async -> Result<[UInt8], ProactorError> {
    guard let stream else { return .success([]) }
    var bytes: [UInt8] = []
    do throws(ProactorError) {
      for try await chunk in stream { bytes += chunk }
    } catch { return .failure(error) }
    stream.close()
    return .success(bytes)
  }
}

/// What came of a child.
public struct Communication: Sendable, Hashable {
  /// What it wrote.
  public let output: [UInt8]
  /// What it wrote for its errors.
  public let errors: [UInt8]
  /// Its exit code.
  public let exitCode: Int32

  /// Made of these.
  public init(output: [UInt8], errors: [UInt8], exitCode: Int32) {
    self.output = output
    self.errors = errors
    self.exitCode = exitCode
  }
}

extension EventLoop {
  /// Starts a program, which is looked for along PATH when its name has no separator.
  /// - Parameters:
  ///   - environment: all its variables; nil for those of this process.
  ///   - directory: where it starts; nil for the working directory.
  /// - Throws: error 2 when there is no such program, 5 when it may not be run.
  public func spawn(
    _ program: String, _ arguments: [String] = [], input: SubprocessTransport.Stream = .pipe,
    output: SubprocessTransport.Stream = .pipe, errors: SubprocessTransport.Stream = .inherited,
    environment: [String: String]? = nil, directory: String? = nil
  ) throws(ProactorError) -> SubprocessTransport {
    try checkOpen()
    var pipes: [RedirectedPipe?] = []
    do throws(ProactorError) {
      for (number, stream) in [input, output, errors].enumerated() {
        pipes.append(
          stream == .pipe
            ? try win32 { () throws(Win32Error) in try RedirectedPipe(childReads: number == 0) } : nil)
      }
      let own = ChildProcess.Streams.own
      var streams = ChildProcess.Streams()
      streams.input = pipes[0]?.child ?? (input == .inherited ? own.input : nil)
      streams.output = pipes[1]?.child ?? (output == .inherited ? own.output : nil)
      streams.errors = pipes[2]?.child ?? (errors == .inherited ? own.errors : nil)
      let variables = environment?.map { "\($0)=\($1)" }.sorted()
      let process = try win32 { () throws(Win32Error) in
        try ChildProcess(program, arguments, streams: streams, environment: variables, directory: directory)
      }
      let ends = pipes.map { pipe in pipe.map { ByteStream(taking: $0, of: self) } }
      return SubprocessTransport(process, pipes: ends, of: self)
    } catch {
      for pipe in pipes { pipe?.close() }
      throw error
    }
  }
}

extension ByteStream {
  /// The parent's end of a pipe; the child has its own by now.
  fileprivate convenience init(taking pipe: RedirectedPipe, of loop: isolated EventLoop) {
    NamedPipe.close(pipe.child)
    self.init(PipeHandle(pipe.parent), of: loop)
  }
}
