// The program's own path, and handles that stand for it and for the system's libraries.
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "libloaderapi.h"
#include "lw_utf16.h"
#include "modules.h"
#include "object.h"
#include "paths.h"

/// The program's first byte, as the linker names it.
extern const char program_start __asm__("__executable_start");

static const struct {
  const char *name;
  lw_library library;
} libraries[] = {{"kernel32", LW_LIBRARY_KERNEL}, {"kernelbase", LW_LIBRARY_KERNEL}, {"ntdll", LW_LIBRARY_KERNEL},
                 {"ws2_32", LW_LIBRARY_SOCKETS},  {"mswsock", LW_LIBRARY_SOCKETS},   {"msvcrt", LW_LIBRARY_OTHER}};
enum { LIBRARIES = sizeof libraries / sizeof *libraries };

static HMODULE program(void) { return (HMODULE)(uintptr_t)&program_start; } // const on the other side only

/// Writes the program's path; false and the last error when `module` is another or the system does not tell.
static bool program_name(HMODULE _Nullable module, char name[LW_PATH_BYTES]) {
  char path[LW_PATH_BYTES - 2];
  ssize_t length = module && module != program() ? -1 : readlink("/proc/self/exe", path, sizeof path - 1);
  if (length >= 0) {
    path[length] = 0;
    return lw_path_name_(path, name, LW_PATH_BYTES);
  }
  return lw_failed_(ERROR_MOD_NOT_FOUND);
}

/// What a call that filled `size` with a text of `length` returns.
static DWORD filled(size_t length, DWORD size) {
  SetLastError(length < size ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
  return length < size ? (DWORD)length : size;
}

DWORD GetModuleFileNameA(HMODULE module, LPSTR path, DWORD size) {
  char name[LW_PATH_BYTES];
  if (!program_name(module, name)) return 0;
  size_t length = strlen(name), kept = length < size ? length : size > 0 ? size - 1 : 0;
  if (!path) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  memcpy(path, name, kept);
  if (size > 0) path[kept] = 0;
  return filled(length, size);
}

DWORD GetModuleFileNameW(HMODULE module, LPWSTR path, DWORD size) {
  char name[LW_PATH_BYTES];
  if (!program_name(module, name)) return 0;
  if (!path) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  size_t length = lw_utf8_to_utf16_(name, strlen(name), path, size > 0 ? size - 1 : 0);
  if (size > 0) path[length < size ? length : size - 1] = 0;
  return filled(length, size);
}

HMODULE GetModuleHandleA(LPCSTR name) {
  if (!name) return program();
  size_t bytes = strlen(name);
  if (bytes > 4 && strcasecmp(name + bytes - 4, ".dll") == 0) bytes -= 4;
  for (size_t i = 0; i < LIBRARIES; i++) {
    if (strlen(libraries[i].name) == bytes && strncasecmp(libraries[i].name, name, bytes) == 0)
      return (HMODULE)(uintptr_t)&libraries[i];
  }
  lw_failed_(ERROR_MOD_NOT_FOUND);
  return NULL;
}

HMODULE GetModuleHandleW(LPCWSTR name) {
  char narrow[MAX_PATH];
  if (!name) return program();
  if (lw_narrow_(name, narrow, sizeof narrow)) return GetModuleHandleA(narrow);
  lw_failed_(ERROR_MOD_NOT_FOUND);
  return NULL;
}

HMODULE LoadLibraryA(LPCSTR name) {
  if (name) return GetModuleHandleA(name);
  lw_failed_(ERROR_INVALID_PARAMETER);
  return NULL;
}

HMODULE LoadLibraryW(LPCWSTR name) {
  if (name) return GetModuleHandleW(name);
  lw_failed_(ERROR_INVALID_PARAMETER);
  return NULL;
}

BOOL FreeLibrary(HMODULE module) { return module ? TRUE : lw_failed_(ERROR_INVALID_HANDLE); }

lw_library lw_library_of_(HMODULE module) {
  if (!module || module == program()) return LW_LIBRARY_PROGRAM;
  for (size_t i = 0; i < LIBRARIES; i++)
    if (module == (HMODULE)(uintptr_t)&libraries[i]) return libraries[i].library;
  return LW_LIBRARY_NONE;
}
