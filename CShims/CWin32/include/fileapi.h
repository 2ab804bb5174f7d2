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
/// Without an OVERLAPPED the call waits; an overlapped disk file needs one (ERROR_INVALID_PARAMETER).
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

BOOL lw_read_file_ex_(HANDLE _Nullable file, LPVOID _Nullable buffer, DWORD bytes, LPOVERLAPPED _Nullable overlapped,
                      LPOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);
/// Reads, and has `routine` called in an alertable wait of the calling thread when that has ended. TRUE: it has begun;
/// buffer and OVERLAPPED belong to it until the routine has run. The event of `overlapped` is not looked at. FALSE: no
/// routine will run; ERROR_INVALID_PARAMETER on a file that is bound to a port. On one that is not overlapped it has
/// ended when the call returns.
static inline BOOL ReadFileEx(HANDLE _Nullable file, LPVOID _Nullable buffer, DWORD bytes,
                              LPOVERLAPPED _Nullable overlapped, LPOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  BOOL done = lw_read_file_ex_(file, buffer, bytes, overlapped, routine);
  LW_KEEP_CALLER_FRAME();
  return done;
}
BOOL lw_write_file_ex_(HANDLE _Nullable file, LPCVOID _Nullable buffer, DWORD bytes, LPOVERLAPPED _Nullable overlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE _Nullable routine);
/// Writes as `ReadFileEx` reads.
static inline BOOL WriteFileEx(HANDLE _Nullable file, LPCVOID _Nullable buffer, DWORD bytes,
                               LPOVERLAPPED _Nullable overlapped, LPOVERLAPPED_COMPLETION_ROUTINE _Nullable routine) {
  BOOL done = lw_write_file_ex_(file, buffer, bytes, overlapped, routine);
  LW_KEEP_CALLER_FRAME();
  return done;
}

/// Waits until what was written has reached the disk, or the other end of a pipe has read it.
BOOL FlushFileBuffers(HANDLE _Nullable file);

/// FILE_TYPE_PIPE for pipes and sockets, FILE_TYPE_DISK, FILE_TYPE_CHAR; FILE_TYPE_UNKNOWN and ERROR_INVALID_HANDLE for
/// what is no file.
DWORD GetFileType(HANDLE _Nullable file);

// --------------------------------------------------------------------------------------------------- open disk files

/// Moves the file pointer of a synchronous disk file (`method` FILE_BEGIN, FILE_CURRENT, FILE_END). FALSE:
/// ERROR_NEGATIVE_SEEK, ERROR_INVALID_PARAMETER, ERROR_INVALID_HANDLE, ERROR_SEEK_ON_DEVICE for what has none.
BOOL SetFilePointerEx(HANDLE _Nullable file, LARGE_INTEGER distance, LARGE_INTEGER *_Nullable position, DWORD method);
/// The same with the halves of the distance apart; INVALID_SET_FILE_POINTER on failure, and as the low half of a
/// position, then with the last error ERROR_SUCCESS.
DWORD SetFilePointer(HANDLE _Nullable file, LONG distance, LONG *_Nullable distance_high, DWORD method);
/// Ends the file at the file pointer: cuts it, or fills it up with zeros. FALSE: ERROR_ACCESS_DENIED.
BOOL SetEndOfFile(HANDLE _Nullable file);
/// FALSE: ERROR_INVALID_PARAMETER, ERROR_INVALID_HANDLE, ERROR_INVALID_FUNCTION for what has no size.
BOOL GetFileSizeEx(HANDLE _Nullable file, LARGE_INTEGER *_Nullable size);
/// The low half; INVALID_FILE_SIZE on failure, and as a low half, then with the last error ERROR_SUCCESS.
DWORD GetFileSize(HANDLE _Nullable file, DWORD *_Nullable high);

typedef struct _BY_HANDLE_FILE_INFORMATION {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime; ///< the system keeps the time of the last change of a file's state instead
  FILETIME ftLastAccessTime;
  FILETIME ftLastWriteTime;
  DWORD dwVolumeSerialNumber;
  DWORD nFileSizeHigh;
  DWORD nFileSizeLow;
  DWORD nNumberOfLinks;
  DWORD nFileIndexHigh;
  DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;
BOOL GetFileInformationByHandle(HANDLE _Nullable file, BY_HANDLE_FILE_INFORMATION *_Nullable information);
BOOL GetFileTime(HANDLE _Nullable file, FILETIME *_Nullable created, FILETIME *_Nullable accessed,
                 FILETIME *_Nullable written);
/// `created` is without effect.
BOOL SetFileTime(HANDLE _Nullable file, const FILETIME *_Nullable created, const FILETIME *_Nullable accessed,
                 const FILETIME *_Nullable written);
/// -1, 0 or 1.
LONG CompareFileTime(const FILETIME *first, const FILETIME *second);

#define LOCKFILE_FAIL_IMMEDIATELY 0x00000001u
#define LOCKFILE_EXCLUSIVE_LOCK 0x00000002u
BOOL lw_lock_file_ex_(HANDLE _Nullable file, DWORD flags, DWORD reserved, DWORD bytes, DWORD bytes_high,
                      LPOVERLAPPED _Nullable overlapped);
/// Locks `bytes` bytes at the offset in `overlapped`, for reading or (LOCKFILE_EXCLUSIVE_LOCK) for this handle alone,
/// against other handles of this process: what a lock forbids fails with ERROR_LOCK_VIOLATION. While the range is not
/// free it waits, or fails so too (LOCKFILE_FAIL_IMMEDIATELY); the answers are those of `ReadFile`. It ends with
/// `UnlockFileEx` for the same range, or the handle.
static inline BOOL LockFileEx(HANDLE _Nullable file, DWORD flags, DWORD reserved, DWORD bytes, DWORD bytes_high,
                              LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_lock_file_ex_(file, flags, reserved, bytes, bytes_high, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// The same, exclusive and without waiting.
BOOL LockFile(HANDLE _Nullable file, DWORD offset, DWORD offset_high, DWORD bytes, DWORD bytes_high);
/// FALSE and ERROR_NOT_LOCKED for a range that is not exactly one of the handle's locks.
BOOL UnlockFileEx(HANDLE _Nullable file, DWORD reserved, DWORD bytes, DWORD bytes_high,
                  LPOVERLAPPED _Nullable overlapped);
BOOL UnlockFile(HANDLE _Nullable file, DWORD offset, DWORD offset_high, DWORD bytes, DWORD bytes_high);

// ------------------------------------------------------------------------------------------------------ files by name

/// FILE_ATTRIBUTE_ARCHIVE or FILE_ATTRIBUTE_DIRECTORY, with READONLY, HIDDEN and SYSTEM where they were set.
/// INVALID_FILE_ATTRIBUTES: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_INVALID_NAME.
DWORD GetFileAttributesA(LPCSTR _Nullable name);
DWORD GetFileAttributesW(LPCWSTR _Nullable name);
typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime;
  FILETIME ftLastAccessTime;
  FILETIME ftLastWriteTime;
  DWORD nFileSizeHigh;
  DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;
/// Stores a WIN32_FILE_ATTRIBUTE_DATA; `level` is GetFileExInfoStandard.
BOOL GetFileAttributesExA(LPCSTR _Nullable name, GET_FILEEX_INFO_LEVELS level, LPVOID _Nullable data);
BOOL GetFileAttributesExW(LPCWSTR _Nullable name, GET_FILEEX_INFO_LEVELS level, LPVOID _Nullable data);
/// READONLY, HIDDEN and SYSTEM; others are without effect. FALSE: ERROR_NOT_SUPPORTED where the file system has no room
/// for HIDDEN and SYSTEM.
BOOL SetFileAttributesA(LPCSTR _Nullable name, DWORD attributes);
BOOL SetFileAttributesW(LPCWSTR _Nullable name, DWORD attributes);
/// Deletes a file; while somebody has it open (with FILE_SHARE_DELETE) it stays until he closes it and cannot be opened
/// any more. FALSE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED (a folder, read-only, deleted
/// already), ERROR_SHARING_VIOLATION.
BOOL DeleteFileA(LPCSTR _Nullable name);
BOOL DeleteFileW(LPCWSTR _Nullable name);
/// FALSE: ERROR_ALREADY_EXISTS, ERROR_PATH_NOT_FOUND.
BOOL CreateDirectoryA(LPCSTR _Nullable name, LPSECURITY_ATTRIBUTES _Nullable attributes);
BOOL CreateDirectoryW(LPCWSTR _Nullable name, LPSECURITY_ATTRIBUTES _Nullable attributes);
/// FALSE: ERROR_DIR_NOT_EMPTY, ERROR_DIRECTORY for a file, ERROR_FILE_NOT_FOUND.
BOOL RemoveDirectoryA(LPCSTR _Nullable name);
BOOL RemoveDirectoryW(LPCWSTR _Nullable name);

/// Begins a search for the names that match the last component of `name` (? and *, any case), in the order of the
/// names. INVALID_HANDLE_VALUE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND. End it with `FindClose`.
HANDLE _Nullable FindFirstFileA(LPCSTR _Nullable name, WIN32_FIND_DATAA *_Nullable data);
HANDLE _Nullable FindFirstFileW(LPCWSTR _Nullable name, WIN32_FIND_DATAW *_Nullable data);
/// FALSE and ERROR_NO_MORE_FILES at the end.
BOOL FindNextFileA(HANDLE _Nullable search, WIN32_FIND_DATAA *_Nullable data);
BOOL FindNextFileW(HANDLE _Nullable search, WIN32_FIND_DATAW *_Nullable data);
BOOL FindClose(HANDLE _Nullable search);

// ------------------------------------------------------------------------------------------------------------ names

/// Where temporary files go (the variables TMP, TEMP, TMPDIR, else the system's own place), ending in a backslash.
/// Returns its length, or the size it needs with its terminator.
DWORD GetTempPathA(DWORD size, LPSTR _Nullable path);
DWORD GetTempPathW(DWORD size, LPWSTR _Nullable path);
/// Writes folder\preNNNN.tmp into `name`, which has MAX_PATH characters; with `unique` 0 the number is one that no file
/// has, and the file is made. Returns the number; 0: ERROR_DIRECTORY, ERROR_INVALID_PARAMETER, ERROR_FILE_EXISTS.
UINT GetTempFileNameA(LPCSTR _Nullable folder, LPCSTR _Nullable prefix, UINT unique, LPSTR _Nullable name);
UINT GetTempFileNameW(LPCWSTR _Nullable folder, LPCWSTR _Nullable prefix, UINT unique, LPWSTR _Nullable name);
/// The absolute name, as text: with a drive and backslashes, without "." and ".."; the file need not exist.
/// "\\\\server\\share",
/// "\\\\.\\" and "\\\\?\\" at the start stay; a last component such as NUL becomes "\\\\.\\NUL". `*file` gets where its
/// last component stands in `to`, NULL when there is none. Returns the length, or the size it needs with its
/// terminator; 0: ERROR_INVALID_NAME, ERROR_FILENAME_EXCED_RANGE.
DWORD GetFullPathNameA(LPCSTR _Nullable name, DWORD size, LPSTR _Nullable to, LPSTR _Nullable *_Nullable file);
DWORD GetFullPathNameW(LPCWSTR _Nullable name, DWORD size, LPWSTR _Nullable to, LPWSTR _Nullable *_Nullable file);

#define FILE_NAME_NORMALIZED 0x0
#define FILE_NAME_OPENED 0x8
#define VOLUME_NAME_DOS 0x0
#define VOLUME_NAME_NONE 0x4
/// The name that a file of a disk has now, with "\\?\" before its drive, or without a drive (VOLUME_NAME_NONE). The
/// length without the terminator, or the size needed; 0: ERROR_INVALID_HANDLE, ERROR_INVALID_FUNCTION for what has no
/// name, ERROR_INVALID_PARAMETER.
DWORD GetFinalPathNameByHandleA(HANDLE _Nullable file, LPSTR _Nullable path, DWORD size, DWORD flags);
DWORD GetFinalPathNameByHandleW(HANDLE _Nullable file, LPWSTR _Nullable path, DWORD size, DWORD flags);

#ifdef UNICODE
#define GetFinalPathNameByHandle GetFinalPathNameByHandleW
#define GetFileAttributes GetFileAttributesW
#define GetFileAttributesEx GetFileAttributesExW
#define SetFileAttributes SetFileAttributesW
#define DeleteFile DeleteFileW
#define CreateDirectory CreateDirectoryW
#define RemoveDirectory RemoveDirectoryW
#define FindFirstFile FindFirstFileW
#define FindNextFile FindNextFileW
#define GetTempPath GetTempPathW
#define GetTempFileName GetTempFileNameW
#define GetFullPathName GetFullPathNameW
#else
#define GetFinalPathNameByHandle GetFinalPathNameByHandleA
#define GetFileAttributes GetFileAttributesA
#define GetFileAttributesEx GetFileAttributesExA
#define SetFileAttributes SetFileAttributesA
#define DeleteFile DeleteFileA
#define CreateDirectory CreateDirectoryA
#define RemoveDirectory RemoveDirectoryA
#define FindFirstFile FindFirstFileA
#define FindNextFile FindNextFileA
#define GetTempPath GetTempPathA
#define GetTempFileName GetTempFileNameA
#define GetFullPathName GetFullPathNameA
#endif

#pragma clang assume_nonnull end
