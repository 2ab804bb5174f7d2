// The list of threads that wait for something of POSIX, in the order in which they came.
#include "posix_waiting.h"

static lw_lock lock;
static lw_posix_waiter *_Nullable first LW_GUARDED_BY(&lock);
/// How many there are: whoever has released something asks, and whoever waits tries once more behind its entry.
static _Atomic uint32_t waiting;

bool lw_posix_is_waited_at_(void) { return atomic_load(&waiting) != 0; }

void lw_posix_enter_(lw_posix_waiter *waiter, const lw_posix_kind *kind, const void *object) {
  waiter->kind = kind;
  waiter->object = object;
  waiter->number = lw_thread_self();
  waiter->next = NULL;
  atomic_init(&waiter->woken, false);
  lw_lock_acquire(&lock);
  lw_posix_waiter **end = &first;
  while (*end) end = &(*end)->next;
  *end = waiter;
  atomic_fetch_add(&waiting, 1);
  lw_lock_release_quietly(&lock);
  lw_touch(object, LW_ACCESS_WRITE);
}

void lw_posix_withdraw_(lw_posix_waiter *waiter) {
  lw_lock_acquire(&lock);
  for (lw_posix_waiter **at = &first; *at; at = &(*at)->next)
    if (*at == waiter) {
      *at = waiter->next;
      atomic_fetch_sub(&waiting, 1);
      break;
    }
  lw_lock_release_quietly(&lock);
}

uint32_t lw_posix_wake_(const void *object, uint32_t most) {
  uint32_t count = 0;
  lw_lock_acquire(&lock);
  for (lw_posix_waiter **at = &first; *at && count < most;) {
    lw_posix_waiter *waiter = *at;
    if (waiter->object != object) {
      at = &waiter->next;
      continue;
    }
    *at = waiter->next;
    atomic_fetch_sub(&waiting, 1);
    lw_thread_number number = waiter->number;
    atomic_store(&waiter->woken, true); // from here on the record may be gone
    lw_unpark(number);
    count++;
  }
  lw_lock_release_quietly(&lock);
  lw_touch(object, LW_ACCESS_WRITE);
  return count;
}
