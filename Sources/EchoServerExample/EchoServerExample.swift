// An echo server and its clients, on one thread: `swift run echo-server-example`.
//
//   swift run echo-server-example          talks to itself
//   swift run echo-server-example 7777     serves port 7777 of this machine until it is interrupted
import AsyncProactor

@main
struct EchoServerExample {
  static func main() throws {
    let port = CommandLine.arguments.dropFirst().first.flatMap(UInt16.init)
    try EventLoop.run { loop in
      let listener = try await loop.listen(on: .loopback(port: port ?? 0))
      print("listening on \(listener.address)")
      try await withThrowingTaskGroup { group in
        group.addTask { try await serve(listener) }
        if port != nil { return try await group.waitForAll() }
        try await talk(to: listener, on: loop)
        listener.close()
        try await group.waitForAll()
      }
    }
  }

  /// A task for each client. One that breaks its connection harms nobody else.
  static func serve(_ listener: SocketListener) async throws {
    try await withThrowingDiscardingTaskGroup { clients in
      for try await client in listener {
        clients.addTask {
          defer { client.close() }
          do {
            for try await bytes in client { try await client.write(bytes) }
          } catch { print("a client is gone: \(error)") }
        }
      }
    }
  }

  /// Three clients at once; what each one hears is printed in their order.
  static func talk(to listener: SocketListener, on loop: EventLoop) async throws {
    let heard = try await withThrowingTaskGroup { group in
      for name in ["Ada", "Grace", "Barbara"] {
        group.addTask {
          let server = try await loop.connect(to: listener.address)
          defer { server.close() }
          try await server.write("hello, \(name)\n")
          var lines = server.lines.makeAsyncIterator()
          return try await lines.next() ?? "nothing"
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for line in heard.sorted() { print(line) }
  }
}
