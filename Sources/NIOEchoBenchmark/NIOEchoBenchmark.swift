// SwiftNIO's echo, for tools/bench: nanoseconds a round trip, one event loop.
internal import EchoLoad
internal import NIOCore
internal import NIOPosix

private final class Echo: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
}

@main
enum NIOEchoBenchmark {
  static func main() throws {
    let connections = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 16
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    let port = UInt16(server.localAddress!.port!)
    print("echo.nio \(connections) \(echo_load(port, Int32(connections), 1))")
    try server.close().wait()
    try group.syncShutdownGracefully()
  }
}
