// Who waits for the descriptors: the poller's thread, or a thread that waits at a completion port and would otherwise
// be woken by the poller, which would have to be woken first. One thread at a time has the seat, and all callbacks run
// there, so that those of one watch never meet.
//
// A port's thread leaves the seat when it has something to do, often after microseconds, and is soon back. The poller
// is not woken for that: it looks a millisecond later whether somebody has been there since, the more rarely the longer
// that is so, and comes back when nobody has. Where several threads wait at ports, or none, it keeps the seat.
#include "poller.h"

enum { LOOK_NS = 1000000, LOOK_NS_MAX = 8000000 };

typedef enum seat_state {
  SEAT_POLLER, ///< and before there is a poller
  SEAT_EMPTY,
  SEAT_WAITER,
  SEAT_TRUSTED ///< a waiter's, and the poller sleeps until that leaves
} seat_state;

static _Atomic uint32_t seat;
/// A thread has waited at a port since the poller asked last.
static _Atomic bool is_wanted;
/// Threads that wait at ports without the seat.
static _Atomic uint32_t standing;
/// How often one has taken the seat; written by who has it.
static _Atomic uint32_t visits;

static bool move(seat_state from, seat_state to) {
  uint32_t expected = from;
  return atomic_compare_exchange_strong(&seat, &expected, to);
}

static void leave(void) {
  bool trusted = atomic_exchange(&seat, SEAT_EMPTY) == SEAT_TRUSTED;
  if (trusted || atomic_load(&standing) != 0) lw_unpark(lw_poller_number_());
}

bool lw_park_and_poll(const _Atomic bool *done, const _Atomic bool *other, const void *object, lw_time deadline) {
  // relaxed: as in lw_point. Where threads are delayed or controlled the poller is a thread like any other.
  bool may_poll = atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) == 0;
  // relaxed: the poller learns it now or a millisecond later.
  if (may_poll && !atomic_load_explicit(&is_wanted, memory_order_relaxed)) atomic_store(&is_wanted, true);
  if (may_poll && move(SEAT_EMPTY, SEAT_WAITER)) {
    // relaxed, both: nobody else writes it now, and the poller may be late.
    uint32_t before = atomic_load_explicit(&visits, memory_order_relaxed);
    atomic_store_explicit(&visits, before + 1, memory_order_relaxed);
    bool is_done = lw_park_polling_(done, other, deadline);
    leave();
    return is_done;
  }
  atomic_fetch_add(&standing, 1);
  bool is_done = lw_park_until_either(done, other, object, deadline);
  atomic_fetch_sub(&standing, 1);
  return is_done;
}

/// Takes the seat when it has been empty for a while, or somebody counts on it.
static void come_back(void) {
  lw_time look = LOOK_NS;
  for (;;) {
    // relaxed, both: a number only.
    uint32_t before = atomic_load_explicit(&visits, memory_order_relaxed);
    lw_park(&seat, lw_clock_now() + look);
    bool is_used = atomic_load_explicit(&visits, memory_order_relaxed) != before && atomic_load(&standing) == 0;
    look = !is_used ? LOOK_NS : look < LOOK_NS_MAX ? 2 * look : look;
    if (is_used) continue;
    if (move(SEAT_EMPTY, SEAT_POLLER)) return;
    while (move(SEAT_WAITER, SEAT_TRUSTED) || atomic_load(&seat) == SEAT_TRUSTED) lw_park(&seat, LW_NEVER);
    if (atomic_load(&standing) != 0 && move(SEAT_EMPTY, SEAT_POLLER)) return;
  }
}

void lw_seat_share_(void) {
  // One that was woken just now is still counted.
  while (atomic_exchange(&is_wanted, false) && atomic_load(&standing) <= 1) {
    atomic_store(&seat, SEAT_EMPTY);
    come_back();
    lw_poll_once_(0); // what has come meanwhile
  }
}
