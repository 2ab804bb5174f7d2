// Calls about the heap, the clock and the process itself.
#include "fuzz.h"

#define BLOCKS_MAX 16

static void *volatile blocks[BLOCKS_MAX];

static HANDLE heap(void) { return fuzz_chance(8) ? fuzz_handle(FUZZ_EVENT) : GetProcessHeap(); }

/// Takes a block out of the table, so that two threads do not free the same one.
static void *take(void) { return InterlockedExchangePointer(&blocks[fuzz_below(BLOCKS_MAX)], NULL); }
static void put(void *block) {
  void *before = InterlockedExchangePointer(&blocks[fuzz_below(BLOCKS_MAX)], block);
  if (before) HeapFree(GetProcessHeap(), 0, before);
}

static void heap_alloc(void) {
  HANDLE from = heap();
  DWORD flags = fuzz_chance(4) ? fuzz_number() : HEAP_ZERO_MEMORY;
  put(HeapAlloc(from, flags, fuzz_chance(16) ? (SIZE_T)fuzz_number() << fuzz_below(32) : fuzz_size()));
}
static void heap_realloc(void) {
  HANDLE from = heap();
  DWORD flags = fuzz_chance(4) ? fuzz_number() : HEAP_ZERO_MEMORY;
  void *block = take();
  void *moved = HeapReAlloc(from, flags, block, fuzz_size());
  put(moved ? moved : block);
}
static void heap_size(void) {
  HANDLE from = heap();
  void *block = take();
  HeapSize(from, fuzz_number(), fuzz_chance(8) ? (const void *)(ULONG_PTR)fuzz_number() : block);
  HeapValidate(from, fuzz_number(), fuzz_chance(8) ? (const void *)(ULONG_PTR)fuzz_number() : block);
  put(block);
}
static void heap_free(void) {
  HANDLE from = heap();
  void *block = take();
  if (!HeapFree(from, fuzz_number(), block)) put(block);
  if (fuzz_chance(16)) HeapFree(from, 0, (void *)(ULONG_PTR)fuzz_number());
}

static void module_name(void) {
  HMODULE module = fuzz_chance(4) ? fuzz_handle(FUZZ_EVENT) : NULL;
  DWORD bytes = fuzz_size();
  GetModuleFileNameA(module, fuzz_memory_there(bytes), bytes);
}
static void ask_clock(void) {
  QueryPerformanceCounter(fuzz_memory(sizeof(LARGE_INTEGER)));
  QueryPerformanceFrequency(fuzz_memory(sizeof(LARGE_INTEGER)));
  GetTickCount64();
}
static void ask_machine(void) {
  QueryUnbiasedInterruptTime(fuzz_memory(sizeof(ULONGLONG)));
  IsProcessorFeaturePresent(fuzz_number());
  GetPriorityClass(fuzz_handle(FUZZ_PROCESS));
  SetPriorityClass(fuzz_handle(FUZZ_PROCESS), fuzz_number());
  GetProcessAffinityMask(fuzz_handle(FUZZ_PROCESS), fuzz_memory(8), fuzz_memory(8));
  SetThreadAffinityMask(fuzz_handle(FUZZ_THREAD), fuzz_number());
  GetProcessHandleCount(fuzz_handle(FUZZ_PROCESS), fuzz_memory(4));
  DWORD bytes = fuzz_size();
  GetFinalPathNameByHandleA(fuzz_handle(FUZZ_FILE), fuzz_memory(bytes), bytes, fuzz_chance(4) ? fuzz_number() : 0);
}
static void last_error(void) { SetLastError(fuzz_number()); }

const fuzz_call fuzz_system_calls[] = {
    {"HeapAlloc", heap_alloc},
    {"HeapReAlloc", heap_realloc},
    {"HeapSize", heap_size},
    {"HeapFree", heap_free},
    {"GetModuleFileNameA", module_name},
    {"QueryPerformanceCounter", ask_clock},
    {"IsProcessorFeaturePresent", ask_machine},
    {"SetLastError", last_error},
    {NULL, NULL},
};
