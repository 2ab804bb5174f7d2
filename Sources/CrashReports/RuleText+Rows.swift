// The words of the table, in order of the rules' numbers.

extension RuleText {
  struct Row: Sendable {
    var severity = "error"
    let breach: String
    let fix: String
    let explanation: String
  }

  static let rows: [Row] = memoryRows + completionRows + accountRows

  /// LW001 ... LW003
  private static let memoryRows: [Row] = [
    Row(
      breach: "A block was freed while an operation still had the right to write into it.",
      fix: "Keep the memory until the operation's completion was seen: cancelling is a request, not an end.",
      explanation: """
        This is the cause of late writes, and it is reported at the free, whatever the timing. A cancel that \
        returned, a CancelIoEx that returned, an UnregisterWait that returned with ERROR_IO_PENDING settle nothing: \
        the borrower may be on its way. Wait for the packet or for the completion event of UnregisterWaitEx, and free \
        after it.
        """),
    Row(
      breach: "A borrower wrote into a block after it was freed.",
      fix:
        "Keep the memory until the operation's completion was seen; for a wait that is the event of UnregisterWaitEx.",
      explanation: """
        The free is where to look, not the write: the writer did what it was asked to. A checked write is reported \
        with the writer's stack; a raw store or a write of the kernel is found later, when the poison of the freed \
        block is read, and then nobody knows who wrote. In that case the loan tells which operation still had the \
        right to.
        """),
    Row(
      breach: "A borrower wrote through an old incarnation into the block that has the address now.",
      fix: "Keep the memory until the operation's completion was seen; an address is no identity.",
      explanation: """
        The same late write as LW002, but the allocator has handed the address out again: now another operation's \
        memory is changed, and it will misbehave although its own code is right. OWNER NOW names the victim; the bug \
        is in FREED.
        """),
  ]

  /// LW004 ... LW009
  private static let completionRows: [Row] = [
    Row(
      breach: "A packet left a completion port and belongs to no operation that is registered.",
      fix: "Unregister an operation only when its packet was dequeued.",
      explanation: """
        The program forgot the operation before its packet came: it was cancelled, timed out or shut down, and freed. \
        That the packet finds nobody is the harmless half; had the address been used again, it would have completed a \
        stranger.
        """),
    Row(
      breach: "A packet of an old operation completed a new one at the same address.",
      fix: "Match packets by something that is never used twice, or keep the memory until its packet was dequeued.",
      explanation: """
        The completion port hands back an address. When the old operation's memory was freed and the address given to \
        a new operation, the old packet looks like the new operation's completion. The new operation ends too early, \
        with a result that is not its own.
        """),
    Row(
      breach: "A packet that carries a loan completed an operation that is still pending.",
      fix: "Look at the operation's status before taking the packet for its end.",
      explanation: """
        The packet belongs to this operation, but the operation goes on: its memory may not be freed yet.
        """),
    Row(
      breach: "A block was freed twice, or something was freed that is no block.",
      fix: "Let one owner free the block, once; clear the pointer with the free.",
      explanation: """
        Nothing was touched by the second free. FREED shows the first one, DETECTED the second. An invalid free is \
        one of an address that is not the start of a block of the arena.
        """),
    Row(
      breach: "A registered wait was unregistered that had been unregistered before.",
      fix: "Forget the wait handle when you unregister it.",
      explanation: """
        The handle's value may belong to another wait by now, and then a stranger's wait ends. Application Verifier \
        has no stop for this.
        """),
    Row(
      breach: "A handle was used after it was closed, or after its value was given to another object.",
      fix: "Close a handle when nobody uses it any more, and forget its value.",
      explanation: """
        Handle values are used again, the last closed first, so the next use may hit a stranger's object. CLOSED shows \
        the close, USED the use, and OWNER NOW who opened the object that has the value by now; where that has the \
        same type as the old one, a use cannot be told from a right one.
        """),
  ]

  /// LW010 ... LW018
  private static let accountRows: [Row] = [
    Row(
      breach: "Bytes changed beyond the size that was asked for.",
      fix: "Ask for as many bytes as are written, and tell the borrower the same length.",
      explanation: """
        At least eight bytes of slack lie behind every block; they are checked when the block is verified. A checked \
        write is reported when it begins.
        """),
    Row(
      severity: "warning",
      breach: "A loan was never settled, or a block never freed, when its arena closed.",
      fix: "See every operation to its end before closing, and free what it used.",
      explanation: """
        A loan that is open at the end is an operation that nobody waited for: its borrower may still write. The \
        range of such an arena stays reserved for the life of the process.
        """),
    Row(
      breach: "Nothing can run any more and nothing outside is pending, or closing never ends.",
      fix: "Find who was to wake the waiting threads, and whether its signal came before the wait.",
      explanation: """
        DETECTED shows where a thread waits. A close that waits for completions that were lost waits for ever.
        """),
    Row(
      breach: "The free happened between the begin and the end of a borrower's write.",
      fix: "Keep the memory until the operation's completion was seen.",
      explanation: """
        The closest form of the race: half of the write is in a live block, half in a freed one. LW001 of the same \
        block names the same free.
        """),
    Row(
      breach: "The kernel's write met a guard: the operation completed with EFAULT.",
      fix: "Keep the buffer until the kernel's completion was seen.",
      explanation: """
        A system call reports EFAULT to nobody but its completion. Data that the kernel could not store is lost or \
        stays in the pipe or socket. The stack shown is that of the submission: a kernel write has none of its own.
        """),
    Row(
      breach: "An operation structure was submitted again while its loan was open.",
      fix: "Use a structure of its own for each operation in flight.",
      explanation: """
        Two operations share one structure, and the completion of the first is taken for that of the second. \
        Application Verifier calls it stop 0x803.
        """),
    Row(
      breach: "Stack memory is lent, and its frame has returned.",
      fix: "Wait for the operation before returning, or put its memory on the heap.",
      explanation: """
        The borrower will write into whatever function runs next. In programs of tools/cc it is found at the next call \
        that waits, starts or ends something, elsewhere of memory that was announced. Application Verifier calls it \
        stop 0x800.
        """),
    Row(
      breach: "A handle was closed while a registered wait uses it.",
      fix: "Unregister the wait, wait for that to be done, and then close the handle.",
      explanation: """
        What the wait does then is undefined on Windows: it may never fire, or fire for the object that has the value \
        next.
        """),
    Row(
      breach: "A wait's own callback unregisters the wait and waits for itself.",
      fix: "Unregister from the callback without waiting (no event, or an event of your own).",
      explanation: """
        UnregisterWaitEx with INVALID_HANDLE_VALUE returns when the callback has returned; called from that callback \
        it never does.
        """),
  ]
}
