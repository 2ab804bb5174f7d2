// Every situation, in the order of the matrix.

extension Situation {
  /// All rows: those of the published account first, then what else the history knows.
  public static let all: [Situation] = [
    completes, completesEarly, cancelled, cancelledTwice, addressReused, promiseBroken, signalledBefore, closedPending,
    closedCancelled, cancelledLate, readAtOnce, readBroken, readCancelledTwice, readOfClosedPipe, closedReading,
    receiveLost, selfRead, acceptedAtOnce, objectless, unregisteredTwice, portKept, immediatePollHides, portRecycled,
    serverStopped, connectCancelled, serverClosedLate, serverClosed, readCompletes, postedTwice,
    receiveOfClosedSocket, datagramUnreachable, doneInBetween, packetTaken, pipeClosedByOthers, clientGone,
    timeBelowZero, readAfterClose, pipeLetGo, listenerClosed, eventRefused, errorUnheard,
    loopStopped, runInside, timerFar, servingClosed, letGoOpen, usedClosed, runInsideForever, errorsTogether,
  ]
}
