// The echo of this project's proactor, for tools/bench: nanoseconds a round trip, one loop, with all instrumentation
// off, with loans and poison alone, and with all of it on.
internal import AsyncProactor
internal import EchoLoad
internal import Latewrite

@main
enum EchoBenchmark {
  static func main() throws {
    let connections = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 16
    var unchecked = Arena.Configuration()
    unchecked.isChecked = false
    print("echo.off \(connections) \(try measure(connections, unchecked))")
    var bare = Arena.Configuration(reuse: .immediate)
    bare.stacks = .off
    print("echo.bare \(connections) \(try measure(connections, bare))")
    // A full ring drops what comes: recording costs the same.
    try Trace.start(eventsPerThread: 1 << 16)
    print("echo.on \(connections) \(try measure(connections, Arena.Configuration()))")
  }

  /// The server has this thread, the client another one.
  private static func measure(_ connections: Int, _ configuration: Arena.Configuration) throws -> Double {
    let result = Shared(0.0)
    try EventLoop.run(arena: Arena(configuration)) { loop in
      let listener = try await loop.listen(backlog: 1024)
      let port = listener.address.port
      try LatewriteThread(named: "echo-client") {
        let figure = echo_load(port, Int32(connections), 1)
        result.withLock { $0 = figure }
        listener.close()
      }.detach()
      try await withThrowingDiscardingTaskGroup { clients in
        for try await client in listener {
          clients.addTask {
            defer { client.close() }
            // The client goes without saying good-bye.
            do {
              while true {
                let bytes = try await client.read()
                if bytes.isEmpty { break }
                try await client.write(bytes)
              }
            } catch {}
          }
        }
      }
    }
    return result.read()
  }
}
