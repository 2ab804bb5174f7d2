// What the SDK declares in <winbase.h> of its own: flags of files, messages of error codes, local and global memory,
// and strings of either width.
#pragma once

#include <stdarg.h>

#include "lw_annotations.h"
#include "lw_local_memory.h"
#include "minwinbase.h"
#include "winnt.h"

#pragma clang assume_nonnull begin

#define FILE_FLAG_WRITE_THROUGH 0x80000000u
#define FILE_FLAG_OVERLAPPED 0x40000000u
#define FILE_FLAG_NO_BUFFERING 0x20000000u
#define FILE_FLAG_RANDOM_ACCESS 0x10000000u
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000u
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000u
#define FILE_FLAG_BACKUP_SEMANTICS 0x02000000u
#define FILE_FLAG_POSIX_SEMANTICS 0x01000000u
#define FILE_FLAG_OPEN_REPARSE_POINT 0x00200000u
#define FILE_FLAG_FIRST_PIPE_INSTANCE 0x00080000u
// How far the server of a pipe may act as its client; without effect.
#define SECURITY_ANONYMOUS 0x00000000u
#define SECURITY_IDENTIFICATION 0x00010000u
#define SECURITY_IMPERSONATION 0x00020000u
#define SECURITY_DELEGATION 0x00030000u
#define SECURITY_CONTEXT_TRACKING 0x00040000u
#define SECURITY_EFFECTIVE_ONLY 0x00080000u
#define SECURITY_SQOS_PRESENT 0x00100000u

#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x01u
#define FILE_SKIP_SET_EVENT_ON_HANDLE 0x02u

#define FILE_TYPE_UNKNOWN 0x0000u
#define FILE_TYPE_DISK 0x0001u
#define FILE_TYPE_CHAR 0x0002u
#define FILE_TYPE_PIPE 0x0003u

/// Chooses, for good, which ends of an overlapped file's operations are told less: with
/// FILE_SKIP_COMPLETION_PORT_ON_SUCCESS no packet comes of those that succeed at once, with
/// FILE_SKIP_SET_EVENT_ON_HANDLE the file itself is not signalled. FALSE: ERROR_INVALID_PARAMETER,
/// ERROR_INVALID_HANDLE.
BOOL SetFileCompletionNotificationModes(HANDLE _Nullable file, UCHAR flags);

#define FILE_BEGIN 0u
#define FILE_CURRENT 1u
#define FILE_END 2u
#define INVALID_FILE_SIZE 0xFFFFFFFFu
#define INVALID_SET_FILE_POINTER 0xFFFFFFFFu
#define INVALID_FILE_ATTRIBUTES 0xFFFFFFFFu
#define MOVEFILE_REPLACE_EXISTING 0x00000001u
#define MOVEFILE_COPY_ALLOWED 0x00000002u
#define MOVEFILE_WRITE_THROUGH 0x00000008u

/// Copies a file's bytes and its permissions. FALSE: ERROR_FILE_EXISTS (with `must_be_new`), ERROR_FILE_NOT_FOUND,
/// ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION.
BOOL CopyFileA(LPCSTR _Nullable from, LPCSTR _Nullable to, BOOL must_be_new);
BOOL CopyFileW(LPCWSTR _Nullable from, LPCWSTR _Nullable to, BOOL must_be_new);
/// Gives a file or a folder another name. FALSE: ERROR_ALREADY_EXISTS (unless MOVEFILE_REPLACE_EXISTING),
/// ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED, ERROR_NOT_SAME_DEVICE
/// (unless MOVEFILE_COPY_ALLOWED, which `MoveFile` has).
BOOL MoveFileExA(LPCSTR _Nullable from, LPCSTR _Nullable to, DWORD flags);
BOOL MoveFileExW(LPCWSTR _Nullable from, LPCWSTR _Nullable to, DWORD flags);
BOOL MoveFileA(LPCSTR _Nullable from, LPCSTR _Nullable to);
BOOL MoveFileW(LPCWSTR _Nullable from, LPCWSTR _Nullable to);

// --------------------------------------------------------------------------------------------------------- messages

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100u
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200u
#define FORMAT_MESSAGE_FROM_STRING 0x00000400u
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800u
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000u
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000u
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FFu

DWORD lw_format_message_a_(DWORD flags, LPCVOID _Nullable source, DWORD message, DWORD language, LPSTR _Nullable buffer,
                           DWORD size, va_list *_Nullable arguments);
/// Writes the text of a Win32 error code (FORMAT_MESSAGE_FROM_SYSTEM) or of `source` (FORMAT_MESSAGE_FROM_STRING) with
/// its inserts %1 ... %99, each with a printf format of its own (`%1!d!`; !s! when there is none), filled in. Returns
/// the characters without the terminator. With FORMAT_MESSAGE_ALLOCATE_BUFFER `buffer` is the address of a pointer, and
/// what is stored there is given back with `LocalFree`. 0: ERROR_MR_MID_NOT_FOUND for a code without a text,
/// ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER. Texts are English, whatever `language` says; there are no
/// message tables in modules. Floating point inserts are not supported, as on Windows.
static inline DWORD FormatMessageA(DWORD flags, LPCVOID _Nullable source, DWORD message, DWORD language,
                                   LPSTR _Nullable buffer, DWORD size, va_list *_Nullable arguments) {
  DWORD length = lw_format_message_a_(flags, source, message, language, buffer, size, arguments);
  LW_KEEP_CALLER_FRAME();
  return length;
}
DWORD lw_format_message_w_(DWORD flags, LPCVOID _Nullable source, DWORD message, DWORD language,
                           LPWSTR _Nullable buffer, DWORD size, va_list *_Nullable arguments);
/// `FormatMessageA` in UTF-16; inserts are wide strings unless their format says otherwise.
static inline DWORD FormatMessageW(DWORD flags, LPCVOID _Nullable source, DWORD message, DWORD language,
                                   LPWSTR _Nullable buffer, DWORD size, va_list *_Nullable arguments) {
  DWORD length = lw_format_message_w_(flags, source, message, language, buffer, size, arguments);
  LW_KEEP_CALLER_FRAME();
  return length;
}

/// `number` times `numerator` through `denominator`, rounded to the nearest; -1 when that is none.
int MulDiv(int number, int numerator, int denominator);

// ---------------------------------------------------------------------------------------------------------- strings

/// Characters before the terminator; 0 and ERROR_INVALID_PARAMETER for NULL.
int lstrlenA(LPCSTR _Nullable text);
int lstrlenW(LPCWSTR _Nullable text);
/// Copies with the terminator and returns `to`; NULL when either is NULL.
LPSTR _Nullable lstrcpyA(LPSTR _Nullable to, LPCSTR _Nullable from);
LPWSTR _Nullable lstrcpyW(LPWSTR _Nullable to, LPCWSTR _Nullable from);
/// At most `size` characters with the terminator.
LPSTR _Nullable lstrcpynA(LPSTR _Nullable to, LPCSTR _Nullable from, int size);
LPWSTR _Nullable lstrcpynW(LPWSTR _Nullable to, LPCWSTR _Nullable from, int size);
LPSTR _Nullable lstrcatA(LPSTR _Nullable to, LPCSTR _Nullable from);
LPWSTR _Nullable lstrcatW(LPWSTR _Nullable to, LPCWSTR _Nullable from);
/// -1, 0 or 1, letters before their capitals as in a dictionary; NULL comes first.
int lstrcmpA(LPCSTR _Nullable left, LPCSTR _Nullable right);
int lstrcmpW(LPCWSTR _Nullable left, LPCWSTR _Nullable right);
/// The same without a difference between small and capital letters.
int lstrcmpiA(LPCSTR _Nullable left, LPCSTR _Nullable right);
int lstrcmpiW(LPCWSTR _Nullable left, LPCWSTR _Nullable right);

#ifdef UNICODE
#define CopyFile CopyFileW
#define MoveFile MoveFileW
#define MoveFileEx MoveFileExW
#define FormatMessage FormatMessageW
#define lstrlen lstrlenW
#define lstrcpy lstrcpyW
#define lstrcpyn lstrcpynW
#define lstrcat lstrcatW
#define lstrcmp lstrcmpW
#define lstrcmpi lstrcmpiW
#else
#define CopyFile CopyFileA
#define MoveFile MoveFileA
#define MoveFileEx MoveFileExA
#define FormatMessage FormatMessageA
#define lstrlen lstrlenA
#define lstrcpy lstrcpyA
#define lstrcpyn lstrcpynA
#define lstrcat lstrcatA
#define lstrcmp lstrcmpA
#define lstrcmpi lstrcmpiA
#endif

#pragma clang assume_nonnull end
