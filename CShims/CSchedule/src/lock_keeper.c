// How another thread gets a lock that one thread keeps, see lw_lock.h.
//
// The keeper says that it is inside and then looks whether the lock is held; whoever wants the lock holds it first and
// then looks whether the keeper is inside. A processor may put such a look before the store that it stands behind, so
// each would have to wait for its store. The keeper comes thousands of times and the other once: so the other has the
// system wait for the stores of all threads of the process (membarrier). From then on the keeper sees that the lock is
// held, or can be seen inside, and then its leaving is waited for. It wakes nobody, so that wait looks again and again:
// seldom, of a lock whose holders are quick.
//
// A keeper that was dismissed may have been stopped right before it says that it is inside, for however long, and says
// so to nobody's harm once it goes on. Were there another keeper by then, it would take that one's word away: so no
// other thread may ever keep the lock.
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lock_keeper.h"

enum { LOOKS_AWAKE = 1000, LOOK_NS = 50000 };

bool lw_lock_can_be_kept_;

/// Before there are other threads, for whose sake the system would wait a while.
static __attribute__((constructor)) void ask(void) {
  lw_lock_can_be_kept_ = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void lw_lock_dismiss_keeper_(lw_lock *lock) {
  // relaxed, both: only the holder changes more of it than that the lock is wanted.
  uint32_t state = atomic_load_explicit(&lock->state_, memory_order_relaxed);
  uint32_t change = LW_LOCK_KEPT | (~state & LW_LOCK_DISMISSED);
  atomic_fetch_xor_explicit(&lock->state_, change, memory_order_relaxed);
  lw_thread_number keeper = state / LW_LOCK_NUMBER % LW_THREAD_MAX;
  if (keeper == lw_thread_self()) return;
  syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
  // acquire: pairs with the release of the keeper that leaves.
  for (uint32_t looks = 0; atomic_load_explicit(&lock->inside_, memory_order_acquire) == keeper; looks++) {
    if (looks < LOOKS_AWAKE)
      __builtin_ia32_pause();
    else
      lw_sleep_until_(lw_clock_now() + LOOK_NS);
  }
}
