// Calls about disk files, in the folder that tools/fuzz runs in, and about their names.
#include "fuzz.h"

static const char *name(void) {
  static const char *const names[] = {"f0", "f1", "d", "d\\f2", "d/f3", ".\\f0", "*", "f?", "", "missing\\f", "a:b"};
  return fuzz_chance(32) ? NULL : names[fuzz_below(11)];
}
static const WCHAR *wide_name(void) {
  static const WCHAR *const names[] = {L"f0", L"d\\f2", L"*", L"", L"\xD800"};
  return fuzz_chance(32) ? NULL : names[fuzz_below(5)];
}

static DWORD open_flags(void) {
  DWORD flags = fuzz_chance(4) ? fuzz_number() : FILE_ATTRIBUTE_NORMAL;
  return fuzz_chance(2) ? flags | FILE_FLAG_OVERLAPPED : flags & ~(DWORD)FILE_FLAG_OVERLAPPED;
}
static void open_file(void) {
  const char *file = name();
  DWORD access = fuzz_chance(4) ? fuzz_number() : GENERIC_READ | GENERIC_WRITE, sharing = fuzz_below(8);
  DWORD disposition = fuzz_chance(8) ? fuzz_number() : 1 + fuzz_below(5);
  fuzz_keep(CreateFileA(file, access, sharing, NULL, disposition, open_flags(), NULL), FUZZ_FILE);
}
static void open_file_w(void) {
  const WCHAR *file = wide_name();
  DWORD disposition = 1 + fuzz_below(5);
  fuzz_keep(CreateFileW(file, GENERIC_READ | GENERIC_WRITE, 7, NULL, disposition, open_flags(), NULL), FUZZ_FILE);
}

static void transfer(BOOL writes) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  DWORD bytes = fuzz_size();
  void *buffer = fuzz_memory(bytes);
  DWORD *moved = fuzz_memory(4);
  // Any other file might have to wait when it gets none.
  OVERLAPPED *overlapped = GetFileType(file) == FILE_TYPE_DISK ? fuzz_overlapped() : fuzz_overlapped_there();
  // Sparse, but within what a disk file may have.
  if (overlapped) overlapped->OffsetHigh = 0;
  if (writes)
    WriteFile(file, buffer, bytes, moved, overlapped);
  else
    ReadFile(file, buffer, bytes, moved, overlapped);
}
static void read_disk(void) { transfer(FALSE); }
static void write_disk(void) { transfer(TRUE); }

static void CALLBACK done(DWORD error, DWORD bytes, OVERLAPPED *overlapped) {
  SetLastError(error + bytes + !overlapped);
}
static void with_routine(void) {
  HANDLE file = fuzz_handle(fuzz_chance(2) ? FUZZ_FILE : FUZZ_PIPE);
  DWORD bytes = fuzz_size();
  void *buffer = fuzz_memory(bytes);
  OVERLAPPED *overlapped = fuzz_overlapped_there();
  LPOVERLAPPED_COMPLETION_ROUTINE routine = fuzz_chance(16) ? NULL : done;
  if (fuzz_chance(2))
    ReadFileEx(file, buffer, bytes, overlapped, routine);
  else
    WriteFileEx(file, buffer, bytes, overlapped, routine);
}

static void move_pointer(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  LARGE_INTEGER distance;
  distance.QuadPart = fuzz_chance(4) ? (LONGLONG)fuzz_number() << 32 | fuzz_number() : fuzz_byte();
  DWORD method = fuzz_below(4);
  if (fuzz_chance(2))
    SetFilePointerEx(file, distance, fuzz_memory(8), method);
  else
    SetFilePointer(file, (LONG)distance.LowPart, fuzz_memory(4), method);
}
static void set_end(void) { SetEndOfFile(fuzz_handle(FUZZ_FILE)); }
static void sizes(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  GetFileSizeEx(file, fuzz_memory(8));
  GetFileSize(file, fuzz_memory(4));
  GetFileType(file);
  FlushFileBuffers(fuzz_handle(FUZZ_EVENT));
}
static void information(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  GetFileInformationByHandle(file, fuzz_memory(sizeof(BY_HANDLE_FILE_INFORMATION)));
}
static void times(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  FILETIME *created = fuzz_memory(8), *accessed = fuzz_memory(8), *written = fuzz_memory(8);
  if (fuzz_chance(2))
    SetFileTime(file, created, accessed, written);
  else
    GetFileTime(file, created, accessed, written);
}

// ------------------------------------------------------------------------------------------------------------- names

static void attributes(void) {
  GetFileAttributesA(name());
  GetFileAttributesW(wide_name());
  GetFileAttributesExA(name(), (GET_FILEEX_INFO_LEVELS)fuzz_below(3), fuzz_memory(sizeof(WIN32_FILE_ATTRIBUTE_DATA)));
  SetFileAttributesA(name(), fuzz_chance(4) ? fuzz_number() : FILE_ATTRIBUTE_NORMAL);
}
static void delete_file(void) { DeleteFileA(name()); }
static void delete_file_w(void) { DeleteFileW(wide_name()); }
static void folders(void) {
  if (fuzz_chance(2))
    CreateDirectoryA(name(), NULL);
  else
    RemoveDirectoryA(name());
}
static void copy_file(void) {
  const char *from = name(), *to = name();
  CopyFileA(from, to, fuzz_chance(2));
}
static void move_file(void) {
  const char *from = name(), *to = name();
  MoveFileExA(from, to, fuzz_number());
}
static void find(void) {
  HANDLE search = FindFirstFileA(name(), fuzz_memory(sizeof(WIN32_FIND_DATAA)));
  for (int i = 0; i < 3; i++) FindNextFileA(search, fuzz_memory(sizeof(WIN32_FIND_DATAA)));
  if (search != INVALID_HANDLE_VALUE) FindClose(search);
  search = FindFirstFileW(wide_name(), fuzz_memory(sizeof(WIN32_FIND_DATAW)));
  FindNextFileW(search, fuzz_memory(sizeof(WIN32_FIND_DATAW)));
  if (search != INVALID_HANDLE_VALUE) FindClose(search);
  FindClose(fuzz_handle(FUZZ_FILE));
}
static void paths(void) {
  DWORD size = fuzz_size();
  GetTempPathA(size, fuzz_memory(size));
  GetFullPathNameA(name(), size, fuzz_memory(size), fuzz_memory(8));
  GetFullPathNameW(wide_name(), size, fuzz_memory(2 * size), fuzz_memory(8));
  GetCurrentDirectoryA(size, fuzz_memory(size));
  GetTempFileNameA(fuzz_chance(8) ? NULL : ".", name(), 1 + fuzz_byte(), fuzz_memory_there(MAX_PATH));
}

const fuzz_call fuzz_disk_calls[] = {
    {"CreateFileA", open_file},
    {"CreateFileW", open_file_w},
    {"ReadFile (disk)", read_disk},
    {"WriteFile (disk)", write_disk},
    {"ReadFileEx, WriteFileEx", with_routine},
    {"SetFilePointer(Ex)", move_pointer},
    {"SetEndOfFile", set_end},
    {"GetFileSize(Ex)", sizes},
    {"GetFileInformationByHandle", information},
    {"Get/SetFileTime", times},
    {"Get/SetFileAttributes", attributes},
    {"DeleteFileA", delete_file},
    {"DeleteFileW", delete_file_w},
    {"Create/RemoveDirectoryA", folders},
    {"CopyFileA", copy_file},
    {"MoveFileExA", move_file},
    {"FindFirstFile", find},
    {"GetTempPathA", paths},
    {NULL, NULL},
};
