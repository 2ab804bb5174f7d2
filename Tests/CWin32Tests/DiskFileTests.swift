// Disk files: what their operations lend, and that nothing of them stays open.
import CArena
import CWin32
import Foundation
import Testing

/// A folder of its own, gone with the value.
final class TestFolder: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("latewrite-\(UUID().uuidString)").path
    guard CreateDirectoryA(path, nil) == 1 else { fatalError("no folder: \(GetLastError())") }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A file in it with `contents`; the caller closes the handle.
  func file(_ contents: String = "", flags: DWORD = 0) -> HANDLE {
    let all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE
    let name = path + "\\file.tmp"
    if !contents.isEmpty {
      let plain = CreateFileA(name, GENERIC_WRITE, all, nil, CREATE_ALWAYS, 0, nil)
      var written: DWORD = 0
      let bytes = Array(contents.utf8)
      #expect(WriteFile(plain, bytes, DWORD(bytes.count), &written, nil) == 1 && written == bytes.count)
      CloseHandle(plain)
    }
    let file = CreateFileA(
      name, GENERIC_READ | GENERIC_WRITE, all, nil, contents.isEmpty ? CREATE_ALWAYS : OPEN_EXISTING, flags, nil)
    if file == lw_invalid_handle_value() { fatalError("no file: \(GetLastError())") }
    return file
  }
}

@Suite struct DiskFileTests {
  let arena = TestArena()
  let folder = TestFolder()

  @Test func `The bytes of an overlapped read arrive by another thread, and then its loans are over`() {
    let file = folder.file("0123456789", flags: FILE_FLAG_OVERLAPPED)
    let event = newEvent(manual: true)
    let request = Request(arena, event: event)
    #expect(request.read(file) == ERROR_IO_PENDING)
    CWin32Tests.wait(for: event)
    #expect(arena.loansOpen == 0)
    #expect(request.overlapped.pointee.Internal == 0 && request.overlapped.pointee.InternalHigh == 10)
    #expect(request.buffer.load(as: UInt8.self) == 48)
    request.free()
    #expect(arena.findings(1) == 0)
    CloseHandle(file)
    CloseHandle(event)
  }

  @Test func `A failed read past the end gives its memory back too`() {
    let file = folder.file("0123456789", flags: FILE_FLAG_OVERLAPPED)
    let event = newEvent(manual: true)
    let request = Request(arena, event: event)
    request.overlapped.pointee.Offset = 10
    #expect(request.read(file) == ERROR_IO_PENDING)
    var bytes: DWORD = 7
    #expect(GetOverlappedResult(file, request.overlapped, &bytes, 1) == 0 && GetLastError() == ERROR_HANDLE_EOF)
    #expect(bytes == 0 && arena.loansOpen == 0)
    request.free()
    CloseHandle(file)
    CloseHandle(event)
  }

  @Test func `Handles and descriptors are given back, whatever came of the calls`() async {
    await #expect(processExitsWith: .success) {
      let folder = TestFolder()
      let before = descriptorCount()
      // An exit test hands on what is said of a failure, and not which it was.
      func expect(_ holds: Bool, _ what: String) { #expect(holds, "\(what), error \(GetLastError())") }
      for flags in [0, FILE_FLAG_OVERLAPPED, FILE_FLAG_DELETE_ON_CLOSE] {
        let file = folder.file("contents", flags: flags)
        let name = folder.path + "\\file.tmp", copy = folder.path + "\\copy.tmp"
        let none = lw_invalid_handle_value()
        expect(CreateFileA(name, GENERIC_READ, 0, nil, OPEN_EXISTING, 0, nil) == none, "opened alone")
        expect(CreateFileA(name, GENERIC_READ, 7, nil, CREATE_NEW, 0, nil) == none, "made anew")
        // Copying does not share the deletion that FILE_FLAG_DELETE_ON_CLOSE has claimed.
        let copies = flags != FILE_FLAG_DELETE_ON_CLOSE
        expect(CopyFileA(name, copy, 1) == (copies ? 1 : 0), "copied, flags \(flags)")
        expect(CopyFileA(name, copy, 1) == 0, "copied over it")
        expect(MoveFileA(copy, name) == 0, "moved over it")
        var found = WIN32_FIND_DATAA()
        let search = FindFirstFileA(folder.path + "\\*", &found)
        expect(FindNextFileA(search, &found) == 1 && FindClose(search) == 1, "found")
        expect(DeleteFileA(copy) == (copies ? 1 : 0), "deleted, flags \(flags)")
        CloseHandle(file)
        _ = DeleteFileA(name)
      }
      expect(lw_win32_count().handles == 0, "\(lw_win32_count().handles) handles are open")
      expect(descriptorCount() == before, "\(descriptorCount()) descriptors are open after \(before)")
    }
  }

  @Test func `A device is no file of ours to delete`() {
    #expect(DeleteFileA("NUL") == 0 && GetLastError() == ERROR_ACCESS_DENIED)
    #expect(MoveFileA("NUL", folder.path + "\\null") == 0 && GetLastError() == ERROR_ACCESS_DENIED)
    #expect(SetFileAttributesA("NUL", FILE_ATTRIBUTE_READONLY) == 0 && GetLastError() == ERROR_ACCESS_DENIED)
    #expect(access("/dev/null", W_OK) == 0)
  }
}

@Suite struct ErrorTests {
  @Test func `Every known status has a code with a text`() {
    for status in [
      STATUS_CANCELLED, STATUS_END_OF_FILE, STATUS_PIPE_BROKEN, STATUS_PIPE_DISCONNECTED, STATUS_BUFFER_OVERFLOW,
      STATUS_SHARING_VIOLATION, STATUS_CONNECTION_REFUSED, STATUS_ACCESS_VIOLATION, STATUS_DISK_FULL, STATUS_TIMEOUT,
    ] {
      let code = RtlNtStatusToDosError(NTSTATUS(bitPattern: status))
      var text = [CChar](repeating: 0, count: 512)
      let flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS
      #expect(FormatMessageA(flags, nil, code, 0, &text, 512, nil) > 2, "status \(String(status, radix: 16))")
    }
    #expect(RtlNtStatusToDosError(NTSTATUS(bitPattern: 0xC0FF_FFFF)) == ERROR_MR_MID_NOT_FOUND)
    #expect(RtlNtStatusToDosError(NTSTATUS(bitPattern: 0xE000_1234)) == 0xE000_1234, "a program's own")
  }
}
