// P, AD, AE and AF: what becomes of a receive that is cancelled too late, whose socket is closed, whose datagram met
// nobody, and whose future ends while it is asked for its result.
internal import Latewrite
internal import OverlappedIO
internal import Proactor

extension Situation {
  /// P. (bpo-33694)
  static let receiveLost = Situation(
    "P", "receive-lost", "A receive is cancelled when its bytes have arrived, and the next one should get them.",
    declared: [.since("fea6a100^", .bytesLost)]
  ) { stage in
    let (here, there) = try SocketHandle.pair()
    let first = try stage.receive(here)
    try there.sendNow([1])
    try stage.letWorldIn()
    stage.cancel(first)
    stage.poll()
    let second = try stage.receive(here)
    try there.sendNow([2])
    // In another order the first receive may get both, and the second waits for the end.
    try there.endSending()
    stage.pollUntilEmpty()
    stage.tell(second, expecting: [1])
    stage.letGo(first)
    stage.letGo(second)
    here.close()
    there.close()
    stage.close()
  }

  /// AD.
  static let receiveOfClosedSocket = Situation(
    "AD", "receive-of-closed-socket", "A socket is closed while it receives.",
    declared: [
      .since("fea6a100^", .raises),
      .since("fc459980^", .reset),
    ]
  ) { stage in
    let (here, there) = try SocketHandle.pair()
    let read = try stage.receive(here)
    here.close()
    stage.pollUntilEmpty()
    stage.tell(read, expecting: [])
    stage.letGo(read)
    there.close()
    stage.close()
  }

  /// AE. (gh-91227)
  static let datagramUnreachable = Situation(
    "AE", "datagram-unreachable", "A datagram meets nobody, and the socket that sent it receives.",
    declared: [
      .since("fea6a100^", .raises),
      .since("today"),
    ]
  ) { stage in
    let here = try SocketHandle.datagrams()
    let gone = try SocketHandle.datagrams()
    _ = try stage.proactor.connect(here, to: try gone.localAddress)
    gone.close()
    let read = try stage.proactor.receiveFrom(here, atMost: 16)
    try here.sendNow([1])
    stage.pollUntilEmpty()
    stage.tell(of: "receive", read)
    stage.letGo(read)
    here.close()
    stage.close()
  }

  /// AF. (gh-149123)
  static let doneInBetween = Situation(
    "AF", "done-in-between", "Another thread cancels a receive while the poll asks for its result.",
    declared: [.since("fea6a100^", .invalidState)]
  ) { stage in
    let (here, there) = try SocketHandle.pair()
    let read = try stage.receive(here)
    try there.sendNow([1])
    stage.proactor.whileAskingForResult { stage.cancel(read) }
    stage.pollUntilEmpty()
    stage.proactor.whileAskingForResult(nil)
    stage.letGo(read)
    here.close()
    there.close()
    stage.close()
  }
}
