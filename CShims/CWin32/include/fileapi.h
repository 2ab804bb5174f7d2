// Files of every kind: opening, reading and writing. Disk files, pipe ends and sockets go through the same calls.
//
// An operation on a handle opened with FILE_FLAG_OVERLAPPED lends its OVERLAPPED and its buffers, where they lie in an
// arena or were announced, from the call until the end that DESIGN.md's table gives its kind. A call that fails at once
// has lent nothing. It leaves Internal at STATUS_PENDING and the event reset, as Windows does.
#pragma once

#include "handleapi.h"
#include "winbase.h"

#pragma clang assume_nonnull begin

#define CREATE_NEW 1u
#define CREATE_ALWAYS 2u
#define OPEN_EXISTING 3u
#define OPEN_ALWAYS 4u
#define TRUNCATE_EXISTING 5u

/// Opens a file. Names that begin with `\\.\pipe\` are named pipes; see `CreateNamedPipeA`. INVALID_HANDLE_VALUE on
/// failure: ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_PIPE_BUSY, ERROR_INVALID_PARAMETER,
/// ERROR_PATH_NOT_FOUND. Close it with `CloseHandle`, which ends what is still in flight.
HANDLE CreateFileA(LPCSTR _Nullable name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES _Nullable attributes,
                   DWORD disposition, DWORD flags, HANDLE _Nullable template_file);

/// `CreateFileA` with a UTF-16 name.
HANDLE CreateFileW(LPCWSTR _Nullable name, DWORD access, DWORD sharing, LPSECURITY_ATTRIBUTES _Nullable attributes,
                   DWORD disposition, DWORD flags, HANDLE _Nullable template_file);
#ifdef UNICODE
#define CreateFile CreateFileW
#else
#define CreateFile CreateFileA
#endif

BOOL lw_read_file_(HANDLE _Nullable file, LPVOID _Nullable buffer, DWORD bytes, DWORD *_Nullable transferred,
                   LPOVERLAPPED _Nullable overlapped);
/// Reads at most `bytes`. TRUE: done, and `*transferred` says how much came. FALSE and ERROR_IO_PENDING: it goes on,
/// and buffer and OVERLAPPED belong to the operation until its completion was seen. FALSE and another error: it has
/// failed. ERROR_MORE_DATA: the rest of a message is still there.
static inline BOOL ReadFile(HANDLE _Nullable file, LPVOID _Nullable buffer, DWORD bytes, DWORD *_Nullable transferred,
                            LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_read_file_(file, buffer, bytes, transferred, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_write_file_(HANDLE _Nullable file, LPCVOID _Nullable buffer, DWORD bytes, DWORD *_Nullable transferred,
                    LPOVERLAPPED _Nullable overlapped);
/// Writes `bytes`; the answers are those of `ReadFile`.
static inline BOOL WriteFile(HANDLE _Nullable file, LPCVOID _Nullable buffer, DWORD bytes, DWORD *_Nullable transferred,
                             LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_write_file_(file, buffer, bytes, transferred, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}

/// Waits until what was written has reached the disk, or the other end of a pipe has read it.
BOOL FlushFileBuffers(HANDLE _Nullable file);

/// FILE_TYPE_PIPE for pipes and sockets, FILE_TYPE_DISK, FILE_TYPE_CHAR; FILE_TYPE_UNKNOWN and ERROR_INVALID_HANDLE for
/// what is no file.
DWORD GetFileType(HANDLE _Nullable file);

// ------------------------------------------------------------------------------------------------------------ names

/// Where temporary files go (the variables TMP, TEMP, TMPDIR, else the system's own place), ending in a backslash.
/// Returns its length, or the size it needs with its terminator.
DWORD GetTempPathA(DWORD size, LPSTR _Nullable path);
DWORD GetTempPathW(DWORD size, LPWSTR _Nullable path);
/// Writes folder\preNNNN.tmp into `name`, which has MAX_PATH characters; with `unique` 0 the number is one that no file
/// has, and the file is made. Returns the number; 0: ERROR_DIRECTORY, ERROR_INVALID_PARAMETER, ERROR_FILE_EXISTS.
UINT GetTempFileNameA(LPCSTR _Nullable folder, LPCSTR _Nullable prefix, UINT unique, LPSTR _Nullable name);
UINT GetTempFileNameW(LPCWSTR _Nullable folder, LPCWSTR _Nullable prefix, UINT unique, LPWSTR _Nullable name);
/// The absolute name, with a drive and backslashes and without "." and ".."; the file need not exist. `*file` gets
/// where its last component stands in `to`, NULL when there is none. Returns the length, or the size it needs with its
/// terminator; 0: ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE.
DWORD GetFullPathNameA(LPCSTR _Nullable name, DWORD size, LPSTR _Nullable to, LPSTR _Nullable *_Nullable file);
DWORD GetFullPathNameW(LPCWSTR _Nullable name, DWORD size, LPWSTR _Nullable to, LPWSTR _Nullable *_Nullable file);

#ifdef UNICODE
#define GetTempPath GetTempPathW
#define GetTempFileName GetTempFileNameW
#define GetFullPathName GetFullPathNameW
#else
#define GetTempPath GetTempPathA
#define GetTempFileName GetTempFileNameA
#define GetFullPathName GetFullPathNameA
#endif

#pragma clang assume_nonnull end
