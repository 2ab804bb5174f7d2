// What programs ask once: versions, names, modules, locks of memory that are none, statuses as errors.
#include <stdio.h>
#include <windows.h>
#include <winternl.h>

int main(void) {
  static const DWORD statuses[] = {0,          0xC0000008, 0xC0000022, 0xC0000034, 0xC000009A, 0xC0000120,
                                   0xC000014B, 0x80000005, 0xC00000B0, 0xC0000011, 0x103,      0x102};
  for (size_t i = 0; i < ARRAYSIZE(statuses); i++)
    printf("%lx is %lu\n", statuses[i], RtlNtStatusToDosError((NTSTATUS)statuses[i]));

  SYSTEM_INFO info;
  GetNativeSystemInfo(&info);
  printf("native: pages of %lu, architecture %u\n", info.dwPageSize, info.wProcessorArchitecture);
  printf("version: %d\n", GetVersion() != 0);
  FILETIME before, after;
  GetSystemTimePreciseAsFileTime(&before);
  GetSystemTimePreciseAsFileTime(&after);
  printf("time goes on: %d\n", CompareFileTime(&before, &after) <= 0);

  WCHAR name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD size = ARRAYSIZE(name);
  BOOL done = GetComputerNameW(name, &size);
  printf("name: %d %d\n", done, size > 0 && (int)size == lstrlenW(name));
  size = 0;
  SetLastError(0);
  done = GetComputerNameW(name, &size);
  printf("no room: %d error %lu, needs some %d\n", done, GetLastError(), size > 0);

  STARTUPINFOW startup = {0};
  GetStartupInfoW(&startup);
  printf("startup: %d\n", startup.cb == sizeof startup);

  HLOCAL local = LocalAlloc(LMEM_FIXED, 8);
  printf("lock: %d", LocalLock(local) == local);
  SetLastError(0);
  done = LocalUnlock(local);
  printf(" unlock: %d error %lu\n", done, GetLastError());
  LocalFree(local);
  HGLOBAL global = GlobalAlloc(GMEM_FIXED, 8);
  printf("lock: %d\n", GlobalLock(global) == global);
  GlobalUnlock(global);
  GlobalFree(global);

  HMODULE module = LoadLibraryW(L"kernel32.dll");
  printf("module: %d, free: %d\n", module != NULL, FreeLibrary(module) != 0);
  OutputDebugStringW(L"nobody listens");
  HANDLE semaphore = CreateSemaphoreExA(NULL, 1, 2, NULL, 0, SYNCHRONIZE);
  printf("semaphore: %lu", WaitForSingleObject(semaphore, 0));
  SetLastError(0);
  done = ReleaseSemaphore(semaphore, 1, NULL);
  printf(" release without the right: %d error %lu\n", done, GetLastError());
  CloseHandle(semaphore);
  return 0;
}
