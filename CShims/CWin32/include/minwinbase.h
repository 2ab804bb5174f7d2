// The structures that several of the headers share.
#pragma once

#include "minwindef.h"
#include "winerror.h"
#include "winnt.h"

#pragma clang assume_nonnull begin

/// The status block of an operation. It belongs to the operation from the call that starts it until its completion has
/// been seen; freeing or reusing it before is the error that this project is about.
typedef struct _OVERLAPPED {
  ULONG_PTR Internal;     ///< status: STATUS_PENDING while the operation runs
  ULONG_PTR InternalHigh; ///< bytes transferred
  union {
    struct {
      DWORD Offset;
      DWORD OffsetHigh;
    };
    PVOID _Nullable Pointer;
  };
  HANDLE _Nullable hEvent;
} OVERLAPPED, *LPOVERLAPPED;

/// Whether the operation behind `overlapped` has stored its status. An acquiring load, because another thread stores
/// it.
static inline BOOL HasOverlappedIoCompleted(const OVERLAPPED *overlapped) {
  // acquire: what the operation wrote into its buffers before the status is visible once the status is.
  return (DWORD)__atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE) != STATUS_PENDING;
}

/// Called on the thread that started the operation, in an alertable wait of that thread, when it has ended.
typedef void(WINAPI *LPOVERLAPPED_COMPLETION_ROUTINE)(DWORD error, DWORD bytes, LPOVERLAPPED _Nullable overlapped);

/// Accepted everywhere and without effect: there is no access control between the parts of one process.
typedef struct _SECURITY_ATTRIBUTES {
  DWORD nLength;
  LPVOID _Nullable lpSecurityDescriptor;
  BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

/// 100 ns since the beginning of 1601, UTC.
typedef struct _FILETIME {
  DWORD dwLowDateTime;
  DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _SYSTEMTIME {
  WORD wYear;
  WORD wMonth;     ///< 1 ... 12
  WORD wDayOfWeek; ///< 0 Sunday
  WORD wDay;
  WORD wHour;
  WORD wMinute;
  WORD wSecond;
  WORD wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

/// What a search finds. Short names are always empty.
typedef struct _WIN32_FIND_DATAA {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime;
  FILETIME ftLastAccessTime;
  FILETIME ftLastWriteTime;
  DWORD nFileSizeHigh;
  DWORD nFileSizeLow;
  DWORD dwReserved0;
  DWORD dwReserved1;
  CHAR cFileName[MAX_PATH];
  CHAR cAlternateFileName[14];
} WIN32_FIND_DATAA, *PWIN32_FIND_DATAA, *LPWIN32_FIND_DATAA;
typedef struct _WIN32_FIND_DATAW {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime;
  FILETIME ftLastAccessTime;
  FILETIME ftLastWriteTime;
  DWORD nFileSizeHigh;
  DWORD nFileSizeLow;
  DWORD dwReserved0;
  DWORD dwReserved1;
  WCHAR cFileName[MAX_PATH];
  WCHAR cAlternateFileName[14];
} WIN32_FIND_DATAW, *PWIN32_FIND_DATAW, *LPWIN32_FIND_DATAW;
#ifdef UNICODE
#define WIN32_FIND_DATA WIN32_FIND_DATAW
#define LPWIN32_FIND_DATA LPWIN32_FIND_DATAW
#else
#define WIN32_FIND_DATA WIN32_FIND_DATAA
#define LPWIN32_FIND_DATA LPWIN32_FIND_DATAA
#endif

typedef enum _GET_FILEEX_INFO_LEVELS { GetFileExInfoStandard, GetFileExMaxInfoLevel } GET_FILEEX_INFO_LEVELS;

typedef DWORD(WINAPI *PTHREAD_START_ROUTINE)(LPVOID _Nullable parameter);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;

#pragma clang assume_nonnull end
