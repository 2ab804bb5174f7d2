// Requests on sockets, started as those on pipes are: each returns what the call said when the request has failed or
// ended without a packet, else nil. A count of bytes that no call takes is a wrong parameter.
internal import COverlapped
package import Latewrite

extension Overlapped {
  /// WSARecv of at most `bytes` into a buffer of its own.
  package mutating func receive(_ socket: WaitableHandle, bytes: Int) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: bytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_receive(&request, socket.socket, bytes, 0))
  }

  /// WSARecv into `block`, which stays the caller's and has to live until the request has ended.
  package mutating func receive(_ socket: WaitableHandle, into block: Block) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: block.requestedBytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_receive_into(&request, socket.socket, block.start, bytes, 0))
  }

  /// WSARecvFrom of one datagram.
  package mutating func receiveFrom(_ socket: WaitableHandle, bytes: Int) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: bytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_receive_from(&request, socket.socket, bytes, 0))
  }

  /// WSARecvFrom of one datagram into `block`; see `receive(_:into:)`.
  package mutating func receiveFrom(_ socket: WaitableHandle, into block: Block) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: block.requestedBytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_receive_from_into(&request, socket.socket, block.start, bytes, 0))
  }

  /// WSASend of a copy of `data`.
  package mutating func send(_ socket: WaitableHandle, _ data: [UInt8]) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: data.count) else { return .invalidParameter }
    return unsafe withBytes(of: data) { data in
      Self.code(unsafe lw_request_send(&request, socket.socket, data.baseAddress!, bytes, 0))
    }
  }

  /// WSASendTo of a copy of `data`; nil: where the socket is connected to.
  package mutating func send(
    _ socket: WaitableHandle, _ data: [UInt8], to address: SocketAddress?
  ) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: data.count) else { return .invalidParameter }
    let name = address?.bytes ?? []
    return unsafe withBytes(of: data) { data in
      unsafe name.withUnsafeBytes { name in
        Self.code(
          unsafe lw_request_send_to(
            &request, socket.socket, data.baseAddress!, bytes, 0, name.isEmpty ? nil : name.baseAddress,
            Int32(name.count)))
      }
    }
  }

  /// AcceptEx of the next connection of `listener` into `accepted`.
  package mutating func accept(_ listener: WaitableHandle, into accepted: WaitableHandle) -> Win32Error.Code? {
    Self.code(unsafe lw_request_accept(&request, listener.socket, accepted.socket))
  }

  /// ConnectEx of a bound socket.
  package mutating func connect(_ socket: WaitableHandle, to address: SocketAddress) -> Win32Error.Code? {
    unsafe address.bytes.withUnsafeBytes { name in
      Self.code(unsafe lw_request_connect(&request, socket.socket, name.baseAddress!, Int32(name.count)))
    }
  }

  /// TransmitFile of `bytes` (0: to its end) of `file` from `offset`.
  package mutating func transmit(
    _ socket: WaitableHandle, file: borrowing DiskFile, offset: UInt64, bytes: Int
  ) -> Win32Error.Code? {
    guard let bytes = UInt32(exactly: bytes) else { return .invalidParameter }
    return Self.code(unsafe lw_request_transmit_file(&request, socket.socket, file.handle.pointer, offset, bytes))
  }

  /// Who sent the datagram that was received; nil when nobody did.
  package var sender: SocketAddress? {
    guard let sender = unsafe request.sender else { return nil }
    let count = Int(unsafe sender.pointee.length)
    let bytes = (0..<min(count, Int(LW_REQUEST_ADDRESS_BYTES))).map {
      unsafe lw_load8(UnsafeRawPointer(sender) + $0)
    }
    return bytes.count >= 16 && bytes[0] != 0 ? SocketAddress(bytes: bytes) : nil
  }
}

extension Block {
  /// Where it begins, for calls that store into it.
  @unsafe var start: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped }
}

/// Calls with bytes that have an address also when there are none.
func withBytes<Result>(of data: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
  unsafe data.withUnsafeBytes { data in
    guard unsafe data.baseAddress == nil else { return unsafe body(data) }
    var nothing: UInt8 = 0
    return unsafe withUnsafePointer(to: &nothing) { nothing in
      unsafe body(UnsafeRawBufferPointer(start: nothing, count: 0))
    }
  }
}
