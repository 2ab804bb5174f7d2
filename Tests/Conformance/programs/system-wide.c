// The wide forms of names: directories, temporary files, modules, start-up information, memory that is never locked.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *what, const WCHAR *text) {
  char narrow[MAX_PATH];
  WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, sizeof narrow, NULL, NULL);
  printf("%s: %s\n", what, narrow);
}

static void directories(void) {
  WCHAR home[MAX_PATH], path[MAX_PATH], name[MAX_PATH], *last;
  DWORD length = GetCurrentDirectoryW(MAX_PATH, home);
  printf("home: %d, needs %d\n", length == wcslen(home), GetCurrentDirectoryW(1, path) == length + 1);
  printf("made: %d\n", CreateDirectoryW(L"lw-W\u00e4rme", NULL));
  printf("changed: %d\n", SetCurrentDirectoryW(L"lw-W\u00e4rme"));
  GetCurrentDirectoryW(MAX_PATH, path);
  show("there", wcsrchr(path, L'\\') + 1);
  GetFullPathNameW(L"a\\.\\b\\..\\c\u20ac.txt", MAX_PATH, path, &last);
  show("last", last);
  UINT number = GetTempFileNameW(L".", L"lw", 0, name);
  printf("temporary: %d, there %d\n", number != 0, GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES);
  printf("copied: %d\n", CopyFileW(name, L"copy", TRUE));
  printf("moved: %d\n", MoveFileW(L"copy", L"moved"));
  printf("replaced: %d\n", MoveFileExW(L"moved", name, MOVEFILE_REPLACE_EXISTING));
  WIN32_FILE_ATTRIBUTE_DATA data;
  printf("extended: %d\n", GetFileAttributesExW(name, GetFileExInfoStandard, &data));
  printf("read-only: %d", SetFileAttributesW(name, FILE_ATTRIBUTE_READONLY));
  printf(" %lx\n", GetFileAttributesW(name) & FILE_ATTRIBUTE_READONLY);
  SetFileAttributesW(name, FILE_ATTRIBUTE_NORMAL);
  printf("deleted: %d\n", DeleteFileW(name));
  SetCurrentDirectoryW(home);
  printf("removed: %d\n", RemoveDirectoryW(L"lw-W\u00e4rme"));
}

int main(void) {
  directories();
  SetLastError(0);
  printf("library: %d", LoadLibraryW(L"lw-none.dll") == NULL);
  printf(" error %lu\n", GetLastError());
  HMODULE kernel = LoadLibraryW(L"kernel32.dll");
  printf("kernel32: %d freed %d\n", kernel == GetModuleHandleA("kernel32"), FreeLibrary(kernel));
  STARTUPINFOW startup;
  memset(&startup, 1, sizeof startup);
  GetStartupInfoW(&startup);
  printf("startup: %d\n", startup.cb == sizeof startup);
  WCHAR name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD size = MAX_COMPUTERNAME_LENGTH + 1;
  BOOL done = GetComputerNameW(name, &size);
  printf("computer: %d %d\n", done, size == wcslen(name));
  SYSTEM_INFO info, native;
  GetSystemInfo(&info);
  GetNativeSystemInfo(&native);
  printf("the same machine: %d\n", info.dwPageSize == native.dwPageSize);
  printf("version: %d\n", (GetVersion() & 0xFF) >= 6);
  FILETIME precise;
  GetSystemTimePreciseAsFileTime(&precise);
  printf("precise: %d\n", precise.dwHighDateTime > 0);
  HLOCAL block = LocalAlloc(LPTR, 8);
  printf("locked: %d", LocalLock(block) == block);
  SetLastError(0);
  printf(", unlocked %d\n", LocalUnlock(block));
  LocalFree(block);
  OutputDebugStringW(L"nobody hears this");
  WCHAR text[8];
  lstrcpyW(text, L"ABC");
  printf("%d %d\n", lstrcmpiW(text, L"abc"), lstrcmpW(text, L"ABC"));
  return 0;
}
