// Requests: what asyncio's Overlapped object does over ReadFile, WriteFile and ConnectNamedPipe, call by call.
import CArena
import COverlapped
import CWin32
import Testing

/// A pipe whose server end is on the fixture's port.
private final class PipeFixture {
  let fixture = Fixture()
  let server: HANDLE?
  private(set) var client: HANDLE?

  init(_ name: String, connected: Bool = true) {
    let path = "\\\\.\\pipe\\request-\(name)"
    server = CreateNamedPipeA(
      path, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
      PIPE_UNLIMITED_INSTANCES, 8192, 8192, 0, nil)
    #expect(CreateIoCompletionPort(server, fixture.port, 0, 0) != nil)
    if connected { connect(path) }
  }

  func connect(_ path: String) {
    client = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, nil, OPEN_EXISTING, 0, nil)
  }

  deinit {
    if client != nil { CloseHandle(client) }
    CloseHandle(server)
  }

  func request() -> lw_request {
    var request = lw_request()
    request.arena = fixture.arena
    request.overlapped = fixture.create()
    return request
  }

  func write(_ text: String) {
    var written: DWORD = 0
    let done = Array(text.utf8).withUnsafeBytes { WriteFile(client, $0.baseAddress, DWORD($0.count), &written, nil) }
    #expect(done == 1)
  }

  func closeClient() {
    CloseHandle(client)
    client = nil
  }
}

@Suite("Requests")
struct RequestTests {
  @Test("a read that completes at once has its result, and a packet all the same")
  func readsAtOnce() {
    let pipe = PipeFixture("at-once")
    pipe.write("abc")
    var request = pipe.request()
    #expect(lw_request_read(&request, pipe.server, 100) == 0 && !lw_request_is_pending(&request))
    var bytes: DWORD = 0
    #expect(lw_request_result(&request, &bytes) == 0 && bytes == 3)
    #expect(pipe.fixture.loansOpen > 0, "until the packet leaves the port")
    var packet = pipe.fixture.next(0)!
    #expect(packet.overlapped == request.overlapped && pipe.fixture.loansOpen == 0)
    lw_packet_completed(&packet, packet.stamped, 1)
    #expect(lw_request_deallocate(&request) && pipe.fixture.findings(1) == 0)
  }

  @Test("a pending read has no result, is started once, is cancelled without waiting, and ends with its packet")
  func cancels() {
    let pipe = PipeFixture("cancel")
    var request = pipe.request()
    var bytes: DWORD = 0
    var asked = false
    #expect(lw_request_read(&request, pipe.server, 100) == 0 && lw_request_is_pending(&request))
    #expect(lw_request_read(&request, pipe.server, 100) == DWORD(ERROR_INVALID_PARAMETER))
    #expect(lw_request_result(&request, &bytes) == DWORD(ERROR_IO_INCOMPLETE))
    #expect(lw_request_cancel(&request, &asked) == 0 && asked)
    var packet = pipe.fixture.next()!
    #expect(packet.error == DWORD(ERROR_OPERATION_ABORTED))
    lw_packet_completed(&packet, packet.stamped, 1)
    #expect(lw_request_result(&request, &bytes) == DWORD(ERROR_OPERATION_ABORTED))
    #expect(lw_request_cancel(&request, &asked) == 0 && !asked, "it has ended")
    #expect(lw_request_deallocate(&request) && pipe.fixture.findings(1) == 0)
  }

  @Test("deallocating a pending read cancels it and waits; its packet still names the memory")
  func deallocates() {
    let pipe = PipeFixture("dealloc")
    var request = pipe.request()
    #expect(lw_request_read(&request, pipe.server, 100) == 0)
    #expect(lw_request_deallocate(&request))
    #expect(pipe.fixture.findings(1) > 0 && pipe.fixture.findings(2) == 0)
    var packet = pipe.fixture.next()!
    lw_packet_unexpected(&packet)
    #expect(pipe.fixture.findings(4) == 1 && pipe.fixture.loansOpen == 0)
  }

  @Test("a read of a broken pipe has completed with nothing, and no packet comes")
  func broken() {
    let pipe = PipeFixture("broken")
    pipe.closeClient()
    var request = pipe.request()
    var bytes: DWORD = 9
    #expect(lw_request_read(&request, pipe.server, 100) == DWORD(ERROR_BROKEN_PIPE))
    #expect(!lw_request_is_pending(&request) && pipe.fixture.loansOpen == 0)
    #expect(lw_request_result(&request, &bytes) == 0 && bytes == 0)
    #expect(pipe.fixture.next(0) == nil)
    #expect(lw_request_deallocate(&request) && pipe.fixture.findings(1) == 0)
  }

  @Test("a client that is there already is told, and no packet comes; one that comes later completes the request")
  func connects() {
    let early = PipeFixture("early")
    var request = early.request()
    #expect(lw_request_connect_pipe(&request, early.server) == DWORD(ERROR_PIPE_CONNECTED))
    #expect(!lw_request_is_pending(&request) && early.fixture.next(0) == nil)
    #expect(lw_request_deallocate(&request))

    let late = PipeFixture("late", connected: false)
    request = late.request()
    #expect(lw_request_connect_pipe(&request, late.server) == 0 && lw_request_is_pending(&request))
    late.connect("\\\\.\\pipe\\request-late")
    var packet = late.fixture.next()!
    lw_packet_completed(&packet, packet.stamped, 1)
    #expect(packet.error == 0 && !lw_request_is_pending(&request))
    #expect(lw_request_deallocate(&request))
  }

  @Test("a request that could not be started is not pending and has no buffer")
  func refuses() {
    let fixture = Fixture()
    var request = lw_request()
    request.arena = fixture.arena
    request.overlapped = fixture.create()
    #expect(lw_request_write(&request, nil, "x", 1) == DWORD(ERROR_INVALID_HANDLE))
    #expect(request.type == .LW_REQUEST_NOT_STARTED && request.buffer == nil && !lw_request_is_pending(&request))
    #expect(lw_request_deallocate(&request) && lw_arena_count(fixture.arena).blocks_live == 0)
  }

  @Test("a thread of the pool connects to a pipe and posts the client's handle as the key")
  func waitsForPipe() {
    let pipe = PipeFixture("wait", connected: false)
    var request = pipe.request()
    #expect(lw_request_wait_pipe(&request, "\\\\.\\pipe\\request-wait", pipe.fixture.port) == 0)
    #expect(!lw_request_is_pending(&request))
    var packet = pipe.fixture.next()!
    lw_packet_completed(&packet, packet.stamped, 1)
    #expect(packet.bytes == 0 && CloseHandle(HANDLE(bitPattern: UInt(packet.key))) == 1)
    #expect(lw_request_deallocate(&request))
  }
}
