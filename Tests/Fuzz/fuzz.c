// Drives random sequences of calls of the Win32 layer: libFuzzer makes the inputs, AddressSanitizer watches the memory.
// At the end of each input everything is taken back, and the handle table must be as it was.
#include "fuzz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lw_win32.h"

#define HANDLES_MAX 64
#define CLOSED_MAX 16
#define SIZES_MAX 1024
#define BLOCKS_OF_A_SIZE 4
#define OVERLAPPED_MAX 8
#define CALLS_MAX 64

static __thread const uint8_t *at, *end;

static CRITICAL_SECTION section;
static struct {
  HANDLE handle;
  fuzz_kind kind;
} handles[HANDLES_MAX];
static HANDLE closed[CLOSED_MAX];
static DWORD handle_count, closed_count;
static volatile LONG expected;

// ----------------------------------------------------------------------------------------------------------- numbers

BYTE fuzz_byte(void) { return at < end ? *at++ : 0; }

DWORD fuzz_below(DWORD bound) { return fuzz_byte() % bound; }

BOOL fuzz_chance(DWORD of) { return fuzz_below(of) == of - 1; }

DWORD fuzz_number(void) {
  BYTE choice = fuzz_byte();
  if (choice < 128) return choice % 8;
  if (choice < 160) return 1u << (choice & 31);
  if (choice < 176) return (1u << (choice & 31)) - 1;
  if (choice < 184) return MAXDWORD - (choice & 7);
  DWORD number = 0;
  for (int i = 0; i < 4; i++) number = number << 8 | fuzz_byte();
  return number;
}

DWORD fuzz_ms(void) { return fuzz_byte() % 8 == 7; }

DWORD fuzz_size(void) { return (DWORD)fuzz_byte() + (fuzz_chance(8) ? 45 : 0); }

// ----------------------------------------------------------------------------------------------------------- handles

void fuzz_keep(HANDLE handle, fuzz_kind kind) {
  if (!handle || handle == INVALID_HANDLE_VALUE) return;
  EnterCriticalSection(&section);
  BOOL kept = handle_count < HANDLES_MAX;
  if (kept) {
    handles[handle_count].handle = handle;
    handles[handle_count++].kind = kind;
  }
  LeaveCriticalSection(&section);
  if (!kept) CloseHandle(handle);
}

void fuzz_close(HANDLE handle) {
  EnterCriticalSection(&section);
  for (DWORD i = 0; i < handle_count; i++)
    if (handles[i].handle == handle) {
      handles[i] = handles[--handle_count];
      break;
    }
  closed[closed_count++ % CLOSED_MAX] = handle;
  LeaveCriticalSection(&section);
  CloseHandle(handle);
}

static HANDLE any_handle(void) {
  switch (fuzz_below(6)) {
  case 0:
    return NULL;
  case 1:
    return INVALID_HANDLE_VALUE;
  case 2:
    return closed[fuzz_below(CLOSED_MAX)];
  case 3:
    return (HANDLE)(ULONG_PTR)fuzz_number();
  case 4:
    return (HANDLE)(LONG_PTR)-2;
  default:
    return handle_count ? handles[fuzz_byte() % handle_count].handle : NULL;
  }
}

HANDLE fuzz_handle(fuzz_kind kind) {
  HANDLE found = NULL;
  EnterCriticalSection(&section);
  if (fuzz_chance(5)) {
    found = any_handle();
  } else {
    DWORD start = fuzz_byte();
    for (DWORD i = 0; i < handle_count && !found; i++)
      if (handles[(start + i) % handle_count].kind == kind) found = handles[(start + i) % handle_count].handle;
  }
  LeaveCriticalSection(&section);
  return found;
}

HANDLE fuzz_victim(fuzz_kind kind) {
  HANDLE handle = fuzz_handle(kind);
  return (LONG_PTR)handle < 0 ? NULL : handle;
}

// ------------------------------------------------------------------------------------------------------------ memory

void *fuzz_memory_there(DWORD bytes) {
  static void *blocks[SIZES_MAX][BLOCKS_OF_A_SIZE];
  if (bytes >= SIZES_MAX) bytes = SIZES_MAX - 1;
  DWORD which = fuzz_below(BLOCKS_OF_A_SIZE);
  EnterCriticalSection(&section);
  if (!blocks[bytes][which]) blocks[bytes][which] = calloc(1, bytes ? bytes : 1);
  LeaveCriticalSection(&section);
  return blocks[bytes][which];
}

void *fuzz_memory(DWORD bytes) { return fuzz_chance(16) ? NULL : fuzz_memory_there(bytes); }

OVERLAPPED *fuzz_overlapped(void) { return fuzz_chance(4) ? NULL : fuzz_overlapped_there(); }

OVERLAPPED *fuzz_overlapped_there(void) {
  static OVERLAPPED *lasting[OVERLAPPED_MAX], *passing[OVERLAPPED_MAX];
  DWORD choice = fuzz_below(3), which = fuzz_below(OVERLAPPED_MAX);
  EnterCriticalSection(&section);
  OVERLAPPED **place = choice == 1 ? &passing[which] : &lasting[which];
  if (choice == 1 && *place && fuzz_chance(2)) {
    HeapFree(GetProcessHeap(), 0, *place);
    *place = NULL;
  }
  if (!*place) {
    *place = choice == 1 ? HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof **place) : calloc(1, sizeof **place);
    if (*place && fuzz_chance(2)) (*place)->hEvent = (HANDLE)((ULONG_PTR)any_handle() | fuzz_below(2));
    if (*place) (*place)->Offset = fuzz_chance(4) ? fuzz_number() : 0;
  }
  OVERLAPPED *found = *place;
  LeaveCriticalSection(&section);
  return found;
}

// --------------------------------------------------------------------------------------------------------- callbacks

void *fuzz_expect(void) {
  InterlockedIncrement(&expected);
  return (void *)(ULONG_PTR)fuzz_byte();
}

void fuzz_expect_no_more(void) { InterlockedDecrement(&expected); }

void fuzz_called(void *context) {
  HANDLE event = NULL;
  EnterCriticalSection(&section);
  if (handle_count) event = handles[(ULONG_PTR)context % handle_count].handle;
  LeaveCriticalSection(&section);
  if ((ULONG_PTR)context % 3 == 0) SetEvent(event);
  InterlockedDecrement(&expected);
}

// --------------------------------------------------------------------------------------------------------- the input

static void make_calls(void) {
  static const fuzz_call *const tables[] = {fuzz_object_calls,  fuzz_sync_calls,   fuzz_pool_calls, fuzz_pipe_calls,
                                            fuzz_disk_calls,    fuzz_socket_calls, fuzz_text_calls, fuzz_system_calls,
                                            fuzz_further_calls, fuzz_newer_calls,  fuzz_timer_calls};
  static const fuzz_call *calls[256]; // as many as a byte tells apart
  static volatile LONG count;
  if (!count) {
    LONG found = 0;
    for (size_t i = 0; i < ARRAYSIZE(tables); i++)
      for (const fuzz_call *call = tables[i]; call->name; call++) calls[found++] = call;
    count = found;
  }
  static int verbose = -1;
  if (verbose < 0) verbose = getenv("LATEWRITE_FUZZ_CALLS") != NULL;
  for (int i = 0; i < CALLS_MAX && at < end; i++) {
    const fuzz_call *call = calls[fuzz_byte() % count];
    if (verbose) fprintf(stderr, "%s\n", call->name);
    call->make();
  }
}

struct part {
  const uint8_t *bytes;
  size_t size;
  int number;
};

/// Counted apart from the thread's handle, which the calls may close.
static volatile LONG parts_made;

static volatile LONG makers[2];

BOOL fuzz_makes_calls(DWORD thread) { return thread == (DWORD)makers[0] || thread == (DWORD)makers[1]; }

static DWORD WINAPI make_part(void *context) {
  const struct part *part = context;
  InterlockedExchange(&makers[part->number], (LONG)GetCurrentThreadId());
  at = part->bytes;
  end = at + part->size;
  make_calls();
  InterlockedIncrement(&parts_made);
  return 0;
}

/// Takes everything back.
static void clear(void) {
  extern void fuzz_pool_clear(void), fuzz_timers_clear(void);
  fuzz_pool_clear();
  fuzz_timers_clear();
  while (handle_count) {
    HANDLE handle = handles[handle_count - 1].handle;
    if (handles[handle_count - 1].kind == FUZZ_THREAD) WaitForSingleObject(handle, INFINITE);
    fuzz_close(handle);
  }
  // A wait that was unregistered while its callback ran ends with the callback.
  while (InterlockedAdd(&expected, 0) != 0 || lw_win32_count().registrations != 0) Sleep(1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static BOOL ready;
  if (!ready) {
    InitializeCriticalSection(&section);
    GetProcessHeap();
    WSADATA data;
    WSAStartup(0x202, &data);
    ready = TRUE;
  }
  if (size == 0) return 0;
  uint64_t before = lw_win32_count().handles;
  // One in four inputs is made by two threads at a time.
  struct part first = {bytes + 1, size - 1, 0}, second = {NULL, 0, 1};
  if (bytes[0] % 4 == 3) {
    first.size /= 2;
    second.bytes = first.bytes + first.size;
    second.size = size - 1 - first.size;
  }
  parts_made = 0;
  HANDLE thread = second.bytes ? CreateThread(NULL, 0, make_part, &second, 0, NULL) : NULL;
  fuzz_keep(thread, FUZZ_EVENT);
  make_part(&first);
  while (InterlockedAdd(&parts_made, 0) < (thread ? 2 : 1)) Sleep(1);
  clear();
  uint64_t after = lw_win32_count().handles;
  if (after != before) {
    fprintf(stderr, "fuzz: %llu handles were open before, %llu are now\n", (unsigned long long)before,
            (unsigned long long)after);
    abort();
  }
  return 0;
}
