// WaitOnAddress: threads that sleep until somebody says that a value has changed.
#include "object.h"

#include "synchapi.h"

/// A thread that sleeps; on its stack.
typedef struct address_waiter {
  lw_sleeper sleeper;
  TAILQ_ENTRY(address_waiter) link;
  const volatile void *address;
  bool listed;
} address_waiter;

static lw_lock books;
static TAILQ_HEAD(, address_waiter) waiters LW_GUARDED_BY(books) = TAILQ_HEAD_INITIALIZER(waiters);

/// Whether the value is the one that was undesired. Read under the lock, so that a wake that follows a change is not
/// missed.
static bool is_same(const volatile void *address, const void *compared, SIZE_T bytes) {
  switch (bytes) {
  case 1:
    return __atomic_load_n((const volatile uint8_t *)address, __ATOMIC_SEQ_CST) == *(const uint8_t *)compared;
  case 2:
    return __atomic_load_n((const volatile uint16_t *)address, __ATOMIC_SEQ_CST) == *(const uint16_t *)compared;
  case 4:
    return __atomic_load_n((const volatile uint32_t *)address, __ATOMIC_SEQ_CST) == *(const uint32_t *)compared;
  default:
    return __atomic_load_n((const volatile uint64_t *)address, __ATOMIC_SEQ_CST) == *(const uint64_t *)compared;
  }
}

BOOL WaitOnAddress(volatile VOID *address, PVOID compared, SIZE_T bytes, DWORD ms) {
  if (!address || !compared || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8))
    return lw_failed_(ERROR_INVALID_PARAMETER);
  address_waiter self = {.sleeper = lw_sleeper_(), .address = address};
  lw_time deadline = lw_deadline_(ms);
  lw_point(LW_POINT_LOCK, (const void *)(uintptr_t)address, LW_ACCESS_READ);
  lw_lock_acquire(&books);
  self.listed = is_same(address, compared, bytes);
  if (self.listed) TAILQ_INSERT_TAIL(&waiters, &self, link);
  bool waits = self.listed;
  lw_lock_release(&books);
  lw_awaited awaited = {.kind = "value at", .shown = (uint64_t)(uintptr_t)address};
  lw_awaits(&awaited);
  bool released = !waits || lw_sleep_(&self.sleeper, (const void *)(uintptr_t)address, deadline);
  lw_awaits(NULL);
  if (released) return TRUE;
  lw_lock_acquire(&books);
  bool gave_up = self.listed;
  if (gave_up) TAILQ_REMOVE(&waiters, &self, link);
  lw_lock_release(&books);
  if (gave_up) return lw_failed_(ERROR_TIMEOUT);
  lw_sleep_(&self.sleeper, (const void *)(uintptr_t)address, LW_NEVER); // woken in the last moment
  return TRUE;
}

static void wake(const void *address, bool all) {
  lw_wakes wakes = {NULL};
  address_waiter *waiter, *next;
  lw_point(LW_POINT_SIGNAL, address, LW_ACCESS_WRITE);
  lw_lock_acquire(&books);
  for (waiter = TAILQ_FIRST(&waiters); waiter; waiter = next) {
    next = TAILQ_NEXT(waiter, link);
    if (waiter->address != address) continue;
    TAILQ_REMOVE(&waiters, waiter, link);
    waiter->listed = false;
    lw_wakes_add_(&wakes, &waiter->sleeper);
    if (!all) break;
  }
  lw_lock_release(&books);
  lw_wakes_release_(&wakes);
}

void WakeByAddressSingle(PVOID address) { wake(address, false); }
void WakeByAddressAll(PVOID address) { wake(address, true); }
