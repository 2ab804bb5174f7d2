// Futures that are used again, with the boxes of their results. To make both and to let go of them takes longer than
// what happens to them in between; and whoever reads and writes in turn needs one of each, over and over.
//
// Only who knows that nobody else will ask for a future gives it back here, as the async front does with those whose
// results it has. One that the cache still has, until its packet has come, is used again once that is so.

extension PortObject {
  /// Keeps the future of a read that has come to its end, unless it keeps something itself, for the next read. Its
  /// result is gone with that.
  package final func keep(_ reading: consuming OverlappedFuture<[UInt8]>) {
    guard reading.isSpent else { return }
    _ = try? reading.takeResult()
    unsafe spareReading = consume reading
  }

  /// The same of a write.
  package final func keep(_ writing: consuming OverlappedFuture<Int>) {
    guard writing.isSpent else { return }
    unsafe spareWriting = consume writing
  }

  /// The future of a read that was kept, if nobody has it any more.
  final func takeReading(of context: ProactorContext) -> OverlappedFuture<[UInt8]>? {
    guard unsafe isKnownUniquelyReferenced(&spareReading), unsafe spareReading?.context === context else { return nil }
    return unsafe spareReading.take()
  }

  /// The same of a write.
  final func takeWriting(of context: ProactorContext) -> OverlappedFuture<Int>? {
    guard unsafe isKnownUniquelyReferenced(&spareWriting), unsafe spareWriting?.context === context else { return nil }
    return unsafe spareWriting.take()
  }
}

extension OverlappedFuture {
  /// The future of an operation: `spare`, which was one of the same kind and so finishes as it did, or a new one.
  static func make(
    from spare: consuming OverlappedFuture?, by proactor: IOCPProactor, _ overlapped: OverlappedReference,
    finish: @escaping Finish
  ) -> OverlappedFuture {
    guard let spare = consume spare else {
      return OverlappedFuture(proactor: proactor, overlapped: overlapped, finish: finish)
    }
    spare.renew(overlapped)
    return spare
  }
}
