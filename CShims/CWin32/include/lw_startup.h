// What a program starts another with: STARTUPINFO and lists of attributes, a part of <processthreadsapi.h>.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

#define STARTF_USESHOWWINDOW 0x00000001u
#define STARTF_USESTDHANDLES 0x00000100u

/// The fields of both forms; `text` is the type of a string.
#define LW_STARTUPINFO_FIELDS(text)                                                                                    \
  DWORD cb;                                                                                                            \
  text _Nullable lpReserved;                                                                                           \
  text _Nullable lpDesktop;                                                                                            \
  text _Nullable lpTitle;                                                                                              \
  DWORD dwX;                                                                                                           \
  DWORD dwY;                                                                                                           \
  DWORD dwXSize;                                                                                                       \
  DWORD dwYSize;                                                                                                       \
  DWORD dwXCountChars;                                                                                                 \
  DWORD dwYCountChars;                                                                                                 \
  DWORD dwFillAttribute;                                                                                               \
  DWORD dwFlags;                                                                                                       \
  WORD wShowWindow;                                                                                                    \
  WORD cbReserved2;                                                                                                    \
  LPBYTE _Nullable lpReserved2;                                                                                        \
  HANDLE _Nullable hStdInput;                                                                                          \
  HANDLE _Nullable hStdOutput;                                                                                         \
  HANDLE _Nullable hStdError;

typedef struct _STARTUPINFOA {
  LW_STARTUPINFO_FIELDS(LPSTR)
} STARTUPINFOA, *LPSTARTUPINFOA;

typedef struct _STARTUPINFOW {
  LW_STARTUPINFO_FIELDS(LPWSTR)
} STARTUPINFOW, *LPSTARTUPINFOW;
#undef LW_STARTUPINFO_FIELDS

/// What a process is started with beyond STARTUPINFO, in memory of the caller's: first asked how much, then made there.
typedef struct _PROC_THREAD_ATTRIBUTE_LIST *PPROC_THREAD_ATTRIBUTE_LIST, *LPPROC_THREAD_ATTRIBUTE_LIST;
typedef struct _STARTUPINFOEXA {
  STARTUPINFOA StartupInfo;
  LPPROC_THREAD_ATTRIBUTE_LIST _Nullable lpAttributeList;
} STARTUPINFOEXA, *LPSTARTUPINFOEXA;
typedef struct _STARTUPINFOEXW {
  STARTUPINFOW StartupInfo;
  LPPROC_THREAD_ATTRIBUTE_LIST _Nullable lpAttributeList;
} STARTUPINFOEXW, *LPSTARTUPINFOEXW;
#define PROC_THREAD_ATTRIBUTE_NUMBER 0x0000FFFFu
#define PROC_THREAD_ATTRIBUTE_HANDLE_LIST 0x00020002u
/// Makes a list with room for `count` attributes. FALSE and ERROR_INSUFFICIENT_BUFFER without enough memory; `*bytes`
/// becomes what is needed.
BOOL InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST _Nullable list, DWORD count, DWORD flags,
                                       SIZE_T *_Nullable bytes);
/// Adds PROC_THREAD_ATTRIBUTE_HANDLE_LIST, an array of handles, which stays the caller's: of the inheritable ones the
/// child gets only these. FALSE: ERROR_NOT_SUPPORTED for any other, ERROR_GEN_FAILURE for a full list,
/// ERROR_OBJECT_NAME_EXISTS, ERROR_BAD_LENGTH.
BOOL UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST _Nullable list, DWORD flags, DWORD_PTR name,
                               PVOID _Nullable value, SIZE_T bytes, PVOID _Nullable before, SIZE_T *_Nullable returned);
void DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST _Nullable list);

#ifdef UNICODE
#define STARTUPINFO STARTUPINFOW
#define STARTUPINFOEX STARTUPINFOEXW
#define LPSTARTUPINFO LPSTARTUPINFOW
#else
#define STARTUPINFO STARTUPINFOA
#define STARTUPINFOEX STARTUPINFOEXA
#define LPSTARTUPINFO LPSTARTUPINFOA
#endif

#pragma clang assume_nonnull end
