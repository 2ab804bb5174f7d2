// Calls about registered waits, work items and completion ports.
#include "fuzz.h"

#define WAITS_MAX 32

static HANDLE waits[WAITS_MAX];

// ------------------------------------------------------------------------------------------------- registered waits

static void CALLBACK fired(void *context, BOOLEAN timed_out) {
  (void)timed_out;
  SetEvent(context);
}

static void register_wait(void) {
  HANDLE wait = NULL, object = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  ULONG flags = fuzz_chance(4) ? fuzz_number() : fuzz_below(0x20);
  DWORD ms = fuzz_chance(2) ? INFINITE : fuzz_below(3);
  // A permanent signal would queue callbacks without end.
  if (!(flags & WT_EXECUTEINWAITTHREAD)) flags |= WT_EXECUTEONLYONCE;
  void *context = fuzz_handle(FUZZ_EVENT);
  if (!RegisterWaitForSingleObject(fuzz_chance(16) ? NULL : &wait, object, fuzz_chance(16) ? NULL : fired, context, ms,
                                   flags))
    return;
  HANDLE before = InterlockedExchangePointer(&waits[fuzz_below(WAITS_MAX)], wait);
  if (before) UnregisterWaitEx(before, INVALID_HANDLE_VALUE);
}

/// `event` is not looked at when `blocking`.
static void unregister(BOOL blocking, HANDLE event) {
  DWORD which = fuzz_below(WAITS_MAX);
  // Now and then it stays in the table and is unregistered again.
  HANDLE wait = fuzz_chance(8)   ? fuzz_handle(FUZZ_EVENT)
                : fuzz_chance(8) ? waits[which]
                                 : InterlockedExchangePointer(&waits[which], NULL);
  // A refused event leaves the registration as it was.
  if (!UnregisterWaitEx(wait, blocking ? INVALID_HANDLE_VALUE : event) && event && GetLastError() != ERROR_IO_PENDING)
    UnregisterWaitEx(wait, NULL);
}
static void unregister_wait(void) { UnregisterWait(InterlockedExchangePointer(&waits[fuzz_below(WAITS_MAX)], NULL)); }
static void unregister_wait_ex(void) {
  BOOL blocking = fuzz_chance(2);
  unregister(blocking, fuzz_chance(2) ? NULL : fuzz_handle(FUZZ_EVENT));
}

void fuzz_pool_clear(void);
void fuzz_pool_clear(void) {
  for (int i = 0; i < WAITS_MAX; i++) {
    HANDLE wait = InterlockedExchangePointer(&waits[i], NULL);
    if (wait) UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  }
}

// -------------------------------------------------------------------------------------------------------- work items

static DWORD WINAPI work(void *context) {
  fuzz_called(context);
  return 0;
}
static void queue_work(void) {
  BOOL nothing = fuzz_chance(16);
  ULONG flags = fuzz_chance(4) ? fuzz_number() : 0;
  void *context = nothing ? NULL : fuzz_expect();
  if (!QueueUserWorkItem(nothing ? NULL : work, context, flags) && !nothing) fuzz_expect_no_more();
}

// ------------------------------------------------------------------------------------------------------------- ports

static void create_port(void) {
  HANDLE file = fuzz_chance(4) ? fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS)) : INVALID_HANDLE_VALUE;
  HANDLE existing = fuzz_chance(2) ? fuzz_handle(FUZZ_PORT) : NULL;
  ULONG_PTR key = fuzz_byte();
  DWORD threads = fuzz_number();
  HANDLE port = CreateIoCompletionPort(file, existing, key, threads);
  if (port && port != existing) fuzz_keep(port, FUZZ_PORT);
}
static void post(void) {
  HANDLE port = fuzz_handle(FUZZ_PORT);
  DWORD bytes = fuzz_number();
  ULONG_PTR key = fuzz_byte();
  PostQueuedCompletionStatus(port, bytes, key, fuzz_overlapped());
}
static void get_packet(void) {
  HANDLE port = fuzz_handle(FUZZ_PORT);
  DWORD *bytes = fuzz_memory(sizeof *bytes);
  ULONG_PTR *key = fuzz_memory(sizeof *key);
  LPOVERLAPPED *overlapped = fuzz_memory(sizeof *overlapped);
  GetQueuedCompletionStatus(port, bytes, key, overlapped, fuzz_ms());
}
static void get_packets(void) {
  HANDLE port = fuzz_handle(FUZZ_PORT);
  DWORD room = fuzz_below(9), said = fuzz_chance(16) ? 0 : room;
  OVERLAPPED_ENTRY *entries = fuzz_memory(room * sizeof *entries);
  ULONG *count = fuzz_memory(sizeof *count);
  BOOL alertable = fuzz_chance(2);
  GetQueuedCompletionStatusEx(port, entries, said, count, fuzz_ms(), alertable);
}

const fuzz_call fuzz_pool_calls[] = {
    {"RegisterWaitForSingleObject", register_wait},
    {"UnregisterWait", unregister_wait},
    {"UnregisterWaitEx", unregister_wait_ex},
    {"QueueUserWorkItem", queue_work},
    {"CreateIoCompletionPort", create_port},
    {"PostQueuedCompletionStatus", post},
    {"GetQueuedCompletionStatus", get_packet},
    {"GetQueuedCompletionStatusEx", get_packets},
    {NULL, NULL},
};
