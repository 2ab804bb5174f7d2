// The environment of the process: variables, command line, working directory, standard handles.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// Copies a variable's value (names match in any case); returns its length, or the size it needs with its terminator
/// when `size` is too small. 0 and ERROR_ENVVAR_NOT_FOUND when there is none.
DWORD GetEnvironmentVariableA(LPCSTR _Nullable name, LPSTR _Nullable value, DWORD size);
DWORD GetEnvironmentVariableW(LPCWSTR _Nullable name, LPWSTR _Nullable value, DWORD size);
/// Sets a variable, or removes it with a NULL value. FALSE: ERROR_INVALID_PARAMETER for a name that is none,
/// ERROR_ENVVAR_NOT_FOUND for NULL.
BOOL SetEnvironmentVariableA(LPCSTR _Nullable name, LPCSTR _Nullable value);
BOOL SetEnvironmentVariableW(LPCWSTR _Nullable name, LPCWSTR _Nullable value);
/// All variables as one block of strings, ended by an empty one. NULL when there is no memory. Give it back with
/// `FreeEnvironmentStrings`.
LPSTR _Nullable GetEnvironmentStringsA(void);
LPWSTR _Nullable GetEnvironmentStringsW(void);
BOOL FreeEnvironmentStringsA(LPSTR _Nullable block);
BOOL FreeEnvironmentStringsW(LPWSTR _Nullable block);
/// Copies `text` with each %NAME% of a variable that there is replaced by its value. Returns the size needed with the
/// terminator, whether it fits or not; 0 and ERROR_INVALID_PARAMETER for NULL.
DWORD ExpandEnvironmentStringsA(LPCSTR _Nullable text, LPSTR _Nullable to, DWORD size);
DWORD ExpandEnvironmentStringsW(LPCWSTR _Nullable text, LPWSTR _Nullable to, DWORD size);

/// The command line of the process, as CreateProcess was given it, or quoted from its arguments; static storage.
LPSTR GetCommandLineA(void);
LPWSTR GetCommandLineW(void);

/// The working directory, with a drive and backslashes; returns its length, or the size it needs with its terminator.
DWORD GetCurrentDirectoryA(DWORD size, LPSTR _Nullable path);
DWORD GetCurrentDirectoryW(DWORD size, LPWSTR _Nullable path);
/// Changes it. FALSE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_DIRECTORY for a file, ERROR_INVALID_NAME.
BOOL SetCurrentDirectoryA(LPCSTR _Nullable path);
BOOL SetCurrentDirectoryW(LPCWSTR _Nullable path);

#define STD_INPUT_HANDLE ((DWORD) - 10)
#define STD_OUTPUT_HANDLE ((DWORD) - 11)
#define STD_ERROR_HANDLE ((DWORD) - 12)
/// The handle of a standard stream, a synchronous file that shares its position with the C run time's stream but not
/// its buffer. NULL when there is no such stream, INVALID_HANDLE_VALUE and ERROR_INVALID_HANDLE for another `name`.
HANDLE _Nullable GetStdHandle(DWORD name);
/// Replaces it for `GetStdHandle` and for children; the C run time's stream stays what it is.
BOOL SetStdHandle(DWORD name, HANDLE _Nullable handle);

#ifdef UNICODE
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetEnvironmentVariable SetEnvironmentVariableW
#define GetEnvironmentStrings GetEnvironmentStringsW
#define FreeEnvironmentStrings FreeEnvironmentStringsW
#define GetCommandLine GetCommandLineW
#define GetCurrentDirectory GetCurrentDirectoryW
#define SetCurrentDirectory SetCurrentDirectoryW
#define ExpandEnvironmentStrings ExpandEnvironmentStringsW
#else
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetEnvironmentVariable SetEnvironmentVariableA
#define GetEnvironmentStrings GetEnvironmentStringsA
#define FreeEnvironmentStrings FreeEnvironmentStringsA
#define GetCommandLine GetCommandLineA
#define GetCurrentDirectory GetCurrentDirectoryA
#define SetCurrentDirectory SetCurrentDirectoryA
#define ExpandEnvironmentStrings ExpandEnvironmentStringsA
#endif

#pragma clang assume_nonnull end
