// Streams of bytes as lines of text.
public import Proactor

/// The lines of a stream, without the line feeds that end them. Bytes that are no UTF-8 are replaced.
public struct LineSequence: AsyncSequence, Sendable {
  fileprivate let stream: ByteStream

  /// The lines of what was read.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private var chunks: ByteStream.AsyncIterator
    private var rest: ArraySlice<UInt8> = []
    private var isEnded = false

    fileprivate init(_ stream: ByteStream) { chunks = stream.makeAsyncIterator() }

    /// The next line; the last one may lack its line feed.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(ProactorError)
      -> String?
    {
      while true {
        if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          defer { rest = rest[(end + 1)...] }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard !isEnded, let chunk = try await chunks.next(isolation: actor) else { break }
        rest += chunk
      }
      isEnded = true
      defer { rest = [] }
      return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
    }
  }

  /// Begins to read.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream) }
}

extension ByteStream {
  /// What comes, line by line.
  public var lines: LineSequence { LineSequence(stream: self) }
}
