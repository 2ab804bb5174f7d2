// The running program as a module. There are no others: the names of the system's libraries stand for what this layer
// has of them.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

typedef long long(WINAPI *FARPROC)(void);

/// The path of the running program (`module` NULL or its own handle), with a drive and backslashes; returns its length,
/// or 0 and ERROR_MOD_NOT_FOUND. A buffer that is too small gets a cut, terminated path, `size`, and
/// ERROR_INSUFFICIENT_BUFFER.
DWORD GetModuleFileNameA(HMODULE _Nullable module, LPSTR _Nullable path, DWORD size);
DWORD GetModuleFileNameW(HMODULE _Nullable module, LPWSTR _Nullable path, DWORD size);

/// The program's own handle for NULL; one that stands for kernel32, kernelbase, ntdll, ws2_32 or mswsock, with or
/// without ".dll". NULL and ERROR_MOD_NOT_FOUND for another name.
HMODULE _Nullable GetModuleHandleA(LPCSTR _Nullable name);
HMODULE _Nullable GetModuleHandleW(LPCWSTR _Nullable name);
/// The same; nothing is ever loaded.
HMODULE _Nullable LoadLibraryA(LPCSTR _Nullable name);
HMODULE _Nullable LoadLibraryW(LPCWSTR _Nullable name);
/// FALSE and ERROR_INVALID_HANDLE for NULL.
BOOL FreeLibrary(HMODULE _Nullable module);
/// A function of this layer by its name, from the handle of the library that has it on Windows (kernelbase and ntdll
/// are as kernel32; mswsock as ws2_32). NULL and ERROR_PROC_NOT_FOUND for another name, a number, and the program
/// itself; ERROR_MOD_NOT_FOUND for what is no module.
FARPROC _Nullable GetProcAddress(HMODULE _Nullable module, LPCSTR _Nullable name);

#ifdef UNICODE
#define GetModuleFileName GetModuleFileNameW
#define GetModuleHandle GetModuleHandleW
#define LoadLibrary LoadLibraryW
#else
#define GetModuleFileName GetModuleFileNameA
#define GetModuleHandle GetModuleHandleA
#define LoadLibrary LoadLibraryA
#endif

#pragma clang assume_nonnull end
