// The race itself, in its smallest real form: a wait is signalled, cancelled and its OVERLAPPED freed while the wait
// thread is about to complete it; the address goes to a new owner, who stores into it while the late write arrives.
// Block memory is accessed through relaxed atomics, so ThreadSanitizer has nothing to say; built with LW_PLAIN_STORES
// the same accesses are plain and it must report. Prints how many late writes there were.
#include <stdio.h>

#include "lw_overlapped.h"

enum { ROUNDS = 3000 };

static uint64_t late_writes(lw_scope *scope) { return lw_scope_count(scope, 2) + lw_scope_count(scope, 3); }

static void race_once(lw_arena *arena, HANDLE port, HANDLE event, uint64_t ticket) {
  OVERLAPPED *cancelled = lw_overlapped_create(arena);
  HANDLE wait;
  if (!lw_register_wait_with_queue(event, port, cancelled, INFINITE, ticket, &wait)) return;
  SetEvent(event);
  // Whether it was in time does not matter to the one who cancels: that is the bug.
  UnregisterWait(wait);
  lw_overlapped_free(arena, cancelled);
  OVERLAPPED *owner = lw_overlapped_create(arena);
  for (int i = 0; i < 64; i++) lw_store64(&owner->InternalHigh, (uint64_t)i);
  lw_packet packet;
  if (lw_get_packet(port, &packet, INFINITE)) lw_packet_unexpected(&packet);
  lw_overlapped_free(arena, owner);
}

int main(void) {
  lw_scope_config quiet = {.quiet = true, .record_capacity = 16};
  lw_scope *scope = lw_scope_create(&quiet);
  lw_arena_config config = lw_arena_config_default();
  config.scope = scope;
  config.reuse = LW_REUSE_IMMEDIATE;
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  for (uint64_t round = 1; round <= ROUNDS; round++) race_once(arena, port, event, round);
  printf("%s\n", late_writes(scope) > 0 ? "late writes" : "no late write");
  CloseHandle(event);
  CloseHandle(port);
  lw_arena_close(arena);
  return 0;
}
