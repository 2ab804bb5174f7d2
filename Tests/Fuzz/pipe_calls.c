// Calls about pipes and about overlapped operations of any file. Ends are overlapped, and every operation that may have
// to wait is given a structure, so that no call blocks.
#include <stddef.h>

#include "fuzz.h"

static const char *pipe_name(void) {
  static const char *const names[] = {
      "\\\\.\\pipe\\fuzz", "\\\\.\\pipe\\fuzz2", "\\\\.\\PIPE\\FUZZ", "\\\\.\\pipe\\", "fuzz", ""};
  DWORD choice = fuzz_below(16);
  return choice < 6 ? names[choice] : names[choice % 2];
}
static const WCHAR *wide_pipe_name(void) { return fuzz_chance(8) ? NULL : L"\\\\.\\pipe\\fuzz"; }

static void create_pipe_a(void) {
  DWORD open_mode = (fuzz_chance(8) ? fuzz_number() : 1 + fuzz_below(3)) | FILE_FLAG_OVERLAPPED;
  DWORD pipe_mode = fuzz_chance(8) ? fuzz_number() : fuzz_below(8) & ~1u;
  DWORD instances = fuzz_chance(4) ? fuzz_number() : 1 + fuzz_below(4), out = fuzz_number(), in = fuzz_number();
  fuzz_keep(CreateNamedPipeA(fuzz_chance(32) ? NULL : pipe_name(), open_mode, pipe_mode, instances, out, in, 1, NULL),
            FUZZ_PIPE);
}
static void create_pipe_w(void) {
  DWORD pipe_mode = fuzz_below(8) & ~1u;
  fuzz_keep(CreateNamedPipeW(wide_pipe_name(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, pipe_mode, 255,
                             fuzz_below(64), fuzz_below(64), 1, NULL),
            FUZZ_PIPE);
}
static void open_pipe(void) {
  DWORD access = fuzz_chance(4) ? fuzz_number() : GENERIC_READ | GENERIC_WRITE, sharing = fuzz_below(8);
  DWORD flags = fuzz_chance(8) ? fuzz_number() & ~(DWORD)FILE_FLAG_DELETE_ON_CLOSE : 0;
  DWORD disposition = fuzz_chance(8) ? fuzz_number() : OPEN_EXISTING;
  const char *name = pipe_name();
  if (name[0] != '\\') name = "\\\\.\\pipe\\fuzz3";
  fuzz_keep(CreateFileA(name, access, sharing, NULL, disposition, flags | FILE_FLAG_OVERLAPPED, NULL), FUZZ_PIPE);
}
static void open_pipe_w(void) {
  const WCHAR *name = wide_pipe_name();
  fuzz_keep(CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL),
            FUZZ_PIPE);
}
static void connect_pipe(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  ConnectNamedPipe(pipe, fuzz_overlapped_there());
}
static void disconnect_pipe(void) { DisconnectNamedPipe(fuzz_handle(FUZZ_PIPE)); }
static void wait_pipe(void) { WaitNamedPipeA(fuzz_chance(16) ? NULL : pipe_name(), 1); }
static void wait_pipe_w(void) { WaitNamedPipeW(wide_pipe_name(), 1); }
static void peek_pipe(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  DWORD bytes = fuzz_size();
  void *buffer = fuzz_memory(bytes);
  DWORD *read = fuzz_memory(4), *available = fuzz_memory(4), *left = fuzz_memory(4);
  PeekNamedPipe(pipe, buffer, bytes, read, available, left);
}
static void set_pipe_state(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  DWORD *mode = fuzz_memory(4), *most = fuzz_chance(8) ? fuzz_memory(4) : NULL,
        *ms = fuzz_chance(8) ? fuzz_memory(4) : NULL;
  if (mode) *mode = fuzz_chance(8) ? fuzz_number() : fuzz_below(4) & ~(DWORD)PIPE_NOWAIT;
  SetNamedPipeHandleState(pipe, mode, most, ms);
}
static void get_pipe_state(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  DWORD *mode = fuzz_memory(4), *instances = fuzz_memory(4), *most = fuzz_memory(4), *ms = fuzz_memory(4);
  DWORD size = fuzz_chance(4) ? fuzz_size() : 0;
  if (fuzz_chance(2))
    GetNamedPipeHandleStateA(pipe, mode, instances, most, ms, size ? fuzz_memory(size) : NULL, size);
  else
    GetNamedPipeHandleStateW(pipe, mode, instances, most, ms, size ? fuzz_memory(2 * size) : NULL, size);
}
static void pipe_info(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  DWORD *flags = fuzz_memory(4), *out = fuzz_memory(4), *in = fuzz_memory(4), *most = fuzz_memory(4);
  GetNamedPipeInfo(pipe, flags, out, in, most);
}
static void transact_pipe(void) {
  HANDLE pipe = fuzz_handle(FUZZ_PIPE);
  DWORD in = fuzz_size(), out = fuzz_size();
  void *from = fuzz_memory(in), *to = fuzz_memory(out);
  TransactNamedPipe(pipe, from, in, to, out, fuzz_memory(4), fuzz_overlapped_there());
}
static void call_pipe(void) {
  CallNamedPipeA("\\\\.\\pipe\\nobody", fuzz_memory(3), 3, fuzz_memory(3), 3, fuzz_memory(4), 1);
}

/// An anonymous pipe, whose ends are synchronous: used as far as it does not block.
static void anonymous_pipe(void) {
  HANDLE read = NULL, write = NULL;
  DWORD bytes = 1 + fuzz_below(64), moved = 0;
  if (!CreatePipe(fuzz_chance(16) ? NULL : &read, &write, NULL, 64 | (fuzz_number() & 0xFFFF))) return;
  if (!read) return;
  WriteFile(write, fuzz_memory_there(bytes), bytes, &moved, NULL);
  ReadFile(read, fuzz_memory_there(bytes), bytes, &moved, NULL);
  CloseHandle(write);
  ReadFile(read, fuzz_memory(4), 4, fuzz_memory(4), NULL);
  CloseHandle(read);
}

// ------------------------------------------------------------------------------------------------- operations of files

static void read_file(void) {
  HANDLE file = fuzz_handle(FUZZ_PIPE);
  DWORD bytes = fuzz_size();
  void *buffer = fuzz_memory(bytes);
  DWORD *moved = fuzz_memory(4);
  ReadFile(file, buffer, bytes, moved, fuzz_overlapped_there());
}
static void write_file(void) {
  HANDLE file = fuzz_handle(FUZZ_PIPE);
  DWORD bytes = fuzz_size();
  void *buffer = fuzz_memory(bytes);
  DWORD *moved = fuzz_memory(4);
  WriteFile(file, buffer, bytes, moved, fuzz_overlapped_there());
}
static void get_result(void) {
  HANDLE file = fuzz_handle(FUZZ_PIPE);
  OVERLAPPED *overlapped = fuzz_overlapped();
  DWORD *moved = fuzz_memory(4);
  if (fuzz_chance(2))
    GetOverlappedResult(file, overlapped, moved, FALSE);
  else
    GetOverlappedResultEx(file, overlapped, moved, fuzz_ms(), fuzz_chance(2));
}
static void cancel(void) { CancelIo(fuzz_handle(FUZZ_PIPE)); }
static void cancel_ex(void) {
  HANDLE file = fuzz_handle(FUZZ_PIPE);
  CancelIoEx(file, fuzz_overlapped());
}
static void file_type(void) { GetFileType(fuzz_handle(FUZZ_PIPE)); }
static void flush(void) {
  // On a pipe it waits for the reader.
  FlushFileBuffers(fuzz_handle(FUZZ_EVENT));
}
static void bind_to_port(void) {
  HANDLE file = fuzz_handle(fuzz_chance(2) ? FUZZ_PIPE : FUZZ_SOCKET), port = fuzz_handle(FUZZ_PORT);
  ULONG_PTR key = fuzz_byte();
  if (port) CreateIoCompletionPort(file, port, key, 0);
}
static void set_modes(void) {
  HANDLE file = fuzz_handle(FUZZ_PIPE);
  SetFileCompletionNotificationModes(file, fuzz_chance(8) ? fuzz_byte() : (UCHAR)fuzz_below(4));
}

const fuzz_call fuzz_pipe_calls[] = {
    {"CreateNamedPipeA", create_pipe_a},
    {"CreateNamedPipeW", create_pipe_w},
    {"CreateFileA (pipe)", open_pipe},
    {"CreateFileA (pipe)", open_pipe},
    {"CreateFileW (pipe)", open_pipe_w},
    {"ConnectNamedPipe", connect_pipe},
    {"DisconnectNamedPipe", disconnect_pipe},
    {"WaitNamedPipeA", wait_pipe},
    {"WaitNamedPipeW", wait_pipe_w},
    {"PeekNamedPipe", peek_pipe},
    {"SetNamedPipeHandleState", set_pipe_state},
    {"GetNamedPipeHandleState", get_pipe_state},
    {"GetNamedPipeInfo", pipe_info},
    {"TransactNamedPipe", transact_pipe},
    {"CallNamedPipeA", call_pipe},
    {"CreatePipe", anonymous_pipe},
    {"ReadFile", read_file},
    {"ReadFile", read_file},
    {"WriteFile", write_file},
    {"WriteFile", write_file},
    {"GetOverlappedResult(Ex)", get_result},
    {"CancelIo", cancel},
    {"CancelIoEx", cancel_ex},
    {"GetFileType", file_type},
    {"FlushFileBuffers", flush},
    {"CreateIoCompletionPort (pipe)", bind_to_port},
    {"SetFileCompletionNotificationModes", set_modes},
    {NULL, NULL},
};
