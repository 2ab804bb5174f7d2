// The scalar types of Win32, with the sizes they have on 64-bit Windows (LLP64: `long` is 32 bits there and 64 here, so
// nothing below is spelled `long`). The headers beside this one are named as the SDK's, so that a program may include
// <windows.h> or just the part it uses.
#pragma once

#include <stddef.h>

// Calling conventions do not exist on x86-64.
#define WINAPI
#define CALLBACK
#define APIENTRY
#define WINBASEAPI
#define CONST const
#define VOID void
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif

// Source annotations.
#define IN
#define OUT
#define OPTIONAL

typedef char CHAR, *PCHAR, *LPSTR, *PSTR;
typedef const char *LPCSTR, *PCSTR;
/// A UTF-16 code unit; L"..." literals match it under -fshort-wchar.
typedef unsigned short WCHAR, *PWCHAR, *LPWSTR, *PWSTR;
typedef const unsigned short *LPCWSTR, *PCWSTR;
#ifdef UNICODE
typedef WCHAR TCHAR;
typedef LPWSTR LPTSTR;
typedef LPCWSTR LPCTSTR;
#define TEXT(literal) L##literal
#else
typedef CHAR TCHAR;
typedef LPSTR LPTSTR;
typedef LPCSTR LPCTSTR;
#define TEXT(literal) literal
#endif

typedef signed char INT8, *PINT8;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE, BOOLEAN, *PBOOLEAN, UINT8, *PUINT8;
typedef short SHORT, *PSHORT, INT16, *PINT16;
typedef unsigned short USHORT, *PUSHORT, WORD, *PWORD, *LPWORD, UINT16, *PUINT16;
typedef int INT, *PINT, *LPINT, BOOL, *PBOOL, *LPBOOL, LONG, *PLONG, *LPLONG, INT32, *PINT32, LONG32;
typedef unsigned int UINT, *PUINT, *LPUINT, ULONG, *PULONG, DWORD, *PDWORD, *LPDWORD, UINT32, *PUINT32, DWORD32,
    ULONG32;
typedef long long LONGLONG, *PLONGLONG, LONG64, *PLONG64, INT64, *PINT64;
typedef unsigned long long ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, DWORD64, *PDWORD64, UINT64, *PUINT64, DWORDLONG;
typedef long long INT_PTR, *PINT_PTR, LONG_PTR, *PLONG_PTR, SSIZE_T;
typedef unsigned long long UINT_PTR, *PUINT_PTR, ULONG_PTR, *PULONG_PTR, DWORD_PTR, *PDWORD_PTR, SIZE_T, *PSIZE_T;
typedef float FLOAT;
typedef double DOUBLE;
typedef LONG NTSTATUS, HRESULT;

typedef void *PVOID, *LPVOID;
typedef const void *LPCVOID;
typedef PVOID HANDLE;
typedef HANDLE *PHANDLE, *LPHANDLE;
typedef HANDLE HMODULE, HINSTANCE;

typedef union _LARGE_INTEGER {
  struct {
    DWORD LowPart;
    LONG HighPart;
  };
  struct {
    DWORD LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
  struct {
    DWORD LowPart;
    DWORD HighPart;
  };
  struct {
    DWORD LowPart;
    DWORD HighPart;
  } u;
  ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

#define TRUE 1
#define FALSE 0
#define MAX_PATH 260
#define MINLONG ((LONG)0x80000000)
#define MAXLONG 0x7FFFFFFF
#define MAXDWORD 0xFFFFFFFFu
#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))

#define MAKELONG(low, high) ((LONG)(((DWORD)(WORD)(low)) | ((DWORD)(WORD)(high)) << 16))
#define MAKEWORD(low, high) ((WORD)(((BYTE)(low)) | ((WORD)(BYTE)(high)) << 8))
#define LOWORD(value) ((WORD)(DWORD_PTR)(value))
#define HIWORD(value) ((WORD)((DWORD_PTR)(value) >> 16))
#define LOBYTE(value) ((BYTE)(DWORD_PTR)(value))
#define HIBYTE(value) ((BYTE)((DWORD_PTR)(value) >> 8))

#define CONTAINING_RECORD(address, type, field) ((type *)((PCHAR)(address) - offsetof(type, field)))
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#define RTL_NUMBER_OF(array) (sizeof(array) / sizeof((array)[0]))
#define ARRAYSIZE(array) RTL_NUMBER_OF(array)
#define C_ASSERT(condition) _Static_assert(condition, #condition)
#define HandleToULong(handle) ((ULONG)(ULONG_PTR)(handle))
#define ULongToHandle(value) ((HANDLE)(ULONG_PTR)(value))
#define PtrToUlong(pointer) ((ULONG)(ULONG_PTR)(pointer))
#define UlongToPtr(value) ((PVOID)(ULONG_PTR)(value))
#ifndef NOMINMAX
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#endif

#define ZeroMemory(target, bytes) ((void)__builtin_memset((target), 0, (bytes)))
#define FillMemory(target, bytes, value) ((void)__builtin_memset((target), (value), (bytes)))
#define CopyMemory(target, source, bytes) ((void)__builtin_memcpy((target), (source), (bytes)))
#define MoveMemory(target, source, bytes) ((void)__builtin_memmove((target), (source), (bytes)))
/// The same, where nobody looks at the memory any more.
static inline void *lw_zero_for_good_(void *target, unsigned long long bytes) {
  __builtin_memset(target, 0, bytes);
  __asm__ volatile("" : : "r"(target) : "memory");
  return target;
}
#define SecureZeroMemory(target, bytes) lw_zero_for_good_((target), (bytes))
#define RtlSecureZeroMemory SecureZeroMemory
#define RtlEqualMemory(one, other, bytes) (!__builtin_memcmp((one), (other), (bytes)))
#define RtlZeroMemory ZeroMemory
#define RtlFillMemory FillMemory
#define RtlCopyMemory CopyMemory
#define RtlMoveMemory MoveMemory
