// GetProcAddress: functions of the system's libraries by name, called; names that are none; CompareObjectHandles, which
// is found so.
#include <stdio.h>
#include <string.h>
#include <windows.h>

typedef HANDLE(WINAPI *create_event)(LPSECURITY_ATTRIBUTES, BOOL, BOOL, LPCSTR);
typedef DWORD(WINAPI *wait_for)(HANDLE, DWORD);
typedef BOOL(WINAPI *write_file)(HANDLE, LPCVOID, DWORD, LPDWORD, LPOVERLAPPED);
typedef BOOL(WINAPI *compare)(HANDLE, HANDLE);
typedef ULONGLONG(WINAPI *tick_count)(void);

static void none(HMODULE module, const char *name) {
  SetLastError(0);
  FARPROC found = GetProcAddress(module, name);
  printf("%s: %d error %lu\n", name, found != NULL, GetLastError());
}

int main(void) {
  HMODULE kernel = GetModuleHandleA("kernel32.dll"), base = LoadLibraryA("kernelbase.dll");
  create_event create = (create_event)(void *)GetProcAddress(kernel, "CreateEventA");
  wait_for wait = (wait_for)(void *)GetProcAddress(kernel, "WaitForSingleObject");
  write_file write = (write_file)(void *)GetProcAddress(kernel, "WriteFile");
  compare same = (compare)(void *)GetProcAddress(base, "CompareObjectHandles");
  tick_count ticks = (tick_count)(void *)GetProcAddress(kernel, "GetTickCount64");
  printf("found: %d %d %d %d %d\n", create != NULL, wait != NULL, write != NULL, same != NULL, ticks != NULL);
  HANDLE event = create(NULL, TRUE, TRUE, NULL), copy = NULL, other = create(NULL, TRUE, FALSE, NULL);
  printf("wait: %lu, ticks: %d\n", wait(event, 0), ticks() > 0);
  DWORD bytes = 0;
  HANDLE file = CreateFileA("written.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
  BOOL done = write(file, "abc", 3, &bytes, NULL);
  printf("write: %d %lu\n", done, bytes);
  CloseHandle(file);

  DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
  printf("same: %d\n", same(event, copy));
  SetLastError(0);
  done = same(event, other);
  printf("other: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = same(event, NULL);
  printf("none: %d error %lu\n", done, GetLastError());

  none(kernel, "NoSuchFunction");
  none(kernel, "createeventa");
  none(GetModuleHandleA(NULL), "CreateEventA");
  printf("sockets: %d\n", GetProcAddress(LoadLibraryA("ws2_32.dll"), "WSASend") != NULL);
  none(kernel, "WSASend");
  return 0;
}
