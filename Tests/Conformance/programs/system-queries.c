// What programs ask about memory, heaps, processors, priorities and the names of open files.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *what, const void *address) {
  MEMORY_BASIC_INFORMATION m;
  SIZE_T bytes = VirtualQuery(address, &m, sizeof m);
  printf("%s: %d, state 0x%lx, protection 0x%lx of 0x%lx, type 0x%lx, %lu bytes from +%ld\n", what, bytes == sizeof m,
         m.State, m.Protect, m.AllocationProtect, m.Type, (unsigned long)m.RegionSize,
         (long)((char *)m.BaseAddress - (char *)m.AllocationBase));
}

static void memory(void) {
  DWORD before = 0;
  char secret[8] = "secret";
  char *range = VirtualAlloc(NULL, 100000, MEM_RESERVE, PAGE_READWRITE);
  show("reserved", range);
  VirtualAlloc(range + 8192, 4096, MEM_COMMIT, PAGE_READWRITE);
  show("before the committed page", range);
  show("committed", range + 8200);
  show("behind it", range + 12288);
  VirtualProtect(range + 8192, 1, PAGE_READONLY, &before);
  show("protected", range + 8192);
  MEMORY_BASIC_INFORMATION m;
  SetLastError(0);
  printf("no room: %d", (int)VirtualQuery(range, &m, 8));
  printf(", error %lu\n", GetLastError());
  VirtualFree(range, 0, MEM_RELEASE);
  SecureZeroMemory(secret, sizeof secret);
  printf("zero: %d, equal: %d %d\n", secret[0], RtlEqualMemory("ab", "ab", 2), RtlEqualMemory("ab", "ac", 2));

  HANDLE heap = HeapCreate(0, 0, 0);
  void *block = HeapAlloc(heap, 0, 10);
  printf("valid: %d %d\n", HeapValidate(heap, 0, NULL), HeapValidate(heap, 0, block));
  HeapDestroy(heap);
}

static void processors(void) {
  DWORD_PTR own = 0, system = 0;
  ULONGLONG ticks = 0;
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  BOOL done = GetProcessAffinityMask(GetCurrentProcess(), &own, &system);
  printf("processors: %d %d %d\n", done, own != 0, (own & ~system) == 0);
  printf("one for the thread: %d, ", SetThreadAffinityMask(GetCurrentThread(), own) != 0);
  printf("none: %d", SetThreadAffinityMask(GetCurrentThread(), 0) != 0);
  printf(", error %lu\n", GetLastError());
  printf("runs on one of them: %d\n", GetCurrentProcessorNumber() < info.dwNumberOfProcessors);
  printf("has: %d %d %d\n", IsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE),
         IsProcessorFeaturePresent(PF_RDTSC_INSTRUCTION_AVAILABLE), IsProcessorFeaturePresent(9999));
  done = QueryUnbiasedInterruptTime(&ticks);
  printf("time: %d %d\n", done, ticks > 0);
  printf("class: 0x%lx, ", GetPriorityClass(GetCurrentProcess()));
  printf("set: %d, ", SetPriorityClass(GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS));
  printf("class: 0x%lx, ", GetPriorityClass(GetCurrentProcess()));
  printf("what is none: %d", SetPriorityClass(GetCurrentProcess(), 3));
  printf(", error %lu\n", GetLastError());
  printf("class of nothing: %lu", GetPriorityClass(NULL));
  printf(", error %lu\n", GetLastError());
}

static void names(void) {
  char path[MAX_PATH] = "";
  WCHAR wide[MAX_PATH];
  HANDLE file = CreateFileA("final.tmp", GENERIC_WRITE | DELETE, 7, NULL, CREATE_ALWAYS, 0, NULL);
  DWORD length = GetFinalPathNameByHandleA(file, path, MAX_PATH, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
  printf("name: %d %.4s %s\n", length == strlen(path), path, strrchr(path, '\\'));
  printf("wide: %d\n", GetFinalPathNameByHandleW(file, wide, MAX_PATH, 0) == length && wcslen(wide) == length);
  GetFinalPathNameByHandleA(file, path, MAX_PATH, VOLUME_NAME_NONE);
  printf("without a drive: %d %s\n", path[0] == '\\' && path[1] != '\\', strrchr(path, '\\'));
  CloseHandle(file);
  DeleteFileA("final.tmp");
  printf("no file: %lu", GetFinalPathNameByHandleA(NULL, path, MAX_PATH, 0));
  printf(", error %lu\n", GetLastError());
}

int main(void) {
  CRITICAL_SECTION section;
  InitializeCriticalSectionAndSpinCount(&section, 0);
  SetCriticalSectionSpinCount(&section, 100);
  DeleteCriticalSection(&section);
  memory();
  processors();
  names();
  return 0;
}
