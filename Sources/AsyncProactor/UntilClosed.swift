// How listeners and datagram sockets are iterated: until somebody closes them.
internal import Proactor

/// What `next` gives; nil when it fails because its source has been closed.
func untilClosed<Value>(
  isolation actor: isolated (any Actor)? = #isolation, _ next: () async throws(ProactorError) -> Value,
  isClosed: () async -> Bool
) async throws(ProactorError) -> Value? {
  do throws(ProactorError) { return try await next() } catch {
    if await isClosed() { return nil }
    throw error
  }
}
