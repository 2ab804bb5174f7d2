// A packet of one operation is seen when another, pending, lives at its address: LW005 false-completion.
#include "lw_overlapped.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  config.reuse = LW_REUSE_IMMEDIATE;
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  OVERLAPPED *first = lw_overlapped_create(arena);
  PostQueuedCompletionStatus(port, 0, 0, first);
  lw_overlapped_free(arena, first);

  OVERLAPPED *second = lw_overlapped_create(arena); // at the same address
  HANDLE wait;
  lw_register_wait_with_queue(event, port, second, INFINITE, 1, &wait);
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *completed;
  GetQueuedCompletionStatus(port, &bytes, &key, &completed, INFINITE);
  UnregisterWait(wait);
  lw_overlapped_free(arena, second);
  lw_arena_close(arena);
  return 0;
}
