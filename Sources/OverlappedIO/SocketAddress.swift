// Addresses of sockets as values: text and port outside, Winsock's bytes inside.
internal import COverlapped

/// An IPv4 or IPv6 address with a port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
  /// The two kinds of addresses.
  public enum Family: Sendable, Hashable {
    /// IPv4.
    case ipv4
    /// IPv6.
    case ipv6

    var number: Int32 { Int32(self == .ipv4 ? LW_AF_INET : LW_AF_INET6) }
    var hostOffset: Int { self == .ipv4 ? 4 : 8 }
    var addressBytes: Int { self == .ipv4 ? 16 : 28 }
  }

  /// As Winsock takes it: 16 bytes of IPv4 or 28 of IPv6.
  package let bytes: [UInt8]

  /// The address that is written as `host` ("127.0.0.1", "::1"); nil when it is none. Nothing is asked of the network.
  public init?(_ host: String, port: UInt16) {
    guard !host.utf8.contains(0) else { return nil }
    let family: Family = host.contains(":") ? .ipv6 : .ipv4
    var bytes = Self.empty(family, port: port)
    let isAddress = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe lw_inet_pton(family.number, host, bytes.baseAddress! + family.hostOffset) == 1
    }
    guard isAddress else { return nil }
    self.bytes = bytes
  }

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// 127.0.0.1; port 0 has the system choose one.
  public static func loopback(port: UInt16 = 0) -> SocketAddress {
    var bytes = empty(.ipv4, port: port)
    bytes[4] = 127
    bytes[7] = 1
    return SocketAddress(bytes: bytes)
  }

  /// Every address of this machine, with any port: what a socket is bound to that only wants to be bound.
  package static func any(_ family: Family) -> SocketAddress { SocketAddress(bytes: empty(family, port: 0)) }

  private static func empty(_ family: Family, port: UInt16) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: family.addressBytes)
    bytes[0] = UInt8(family.number)
    bytes[2] = UInt8(port >> 8)
    bytes[3] = UInt8(port & 0xFF)
    return bytes
  }

  /// Which kind it is.
  public var family: Family { Int(bytes[0]) == Int(LW_AF_INET6) ? .ipv6 : .ipv4 }

  /// The port.
  public var port: UInt16 { UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }

  /// The address as text, without the port.
  public var host: String {
    var text = [CChar](repeating: 0, count: 65)
    unsafe bytes.withUnsafeBytes { bytes in
      _ = unsafe lw_inet_ntop(family.number, bytes.baseAddress! + family.hostOffset, &text, UInt64(text.count))
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// "127.0.0.1:80", "[::1]:80".
  public var description: String { family == .ipv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
