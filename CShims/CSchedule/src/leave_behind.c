// A search goes on although an execution did not end. Its threads cannot be taken out of where they stand: they are
// left there, asleep for good, and new ones take their places, under the same numbers, so that tokens stay true.
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"

static _Atomic uint32_t asleep; ///< threads that were left behind and have turned away from their places
static _Atomic uint32_t never;  ///< stays 0
static _Atomic uint32_t standing;
static _Atomic int32_t ids[LW_LEFT_BEHIND_MAX]; ///< by which the system knows them

/// For tools that follow synchronisation: the place's next thread comes after all that its last one did. Functions of
/// their own, as in members.c.
static _Atomic uint32_t partings;
__attribute__((noinline)) static void part_from_place(void) { atomic_fetch_add(&partings, 1); }
__attribute__((noinline)) static void follow_partings(void) { atomic_load(&partings); }

_Noreturn LW_UNSEEN void lw_member_stand_(void) {
  part_from_place();
  atomic_store(&ids[atomic_fetch_add(&standing, 1)], (int32_t)syscall(SYS_gettid));
  atomic_fetch_add(&asleep, 1);
  lw_token_wake_(&asleep);
  for (;;) lw_token_wait_while_(&never, 0, 0);
}

/// Whether it stands in a part, or waits for one.
LW_UNSEEN static bool is_to_leave(const lw_member *member) { return member->pooled && member->state != LW_MEMBER_LEFT; }

/// Whether what other threads of the session do is no part of what hangs, as far as their states tell.
LW_UNSEEN static bool others_are_at_rest(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const lw_member *member = &lw_members_[i];
    if (member->state == LW_MEMBER_OUTSIDE) return false;
    if (member->pooled || member->state == LW_MEMBER_RESTING || member->state == LW_MEMBER_POLLING) continue;
    if (member->state != LW_MEMBER_PARKED || member->born == atomic_load(&lw_controller_.executions)) return false;
  }
  return true;
}

LW_UNSEEN bool lw_control_leave_behind(void) {
  if (!lw_controller_.given_up) return true;
  uint32_t count = atomic_load(&lw_member_count_), leaving = 0, before = atomic_load(&asleep);
  bool stands = lw_controller_.result.end == LW_EXECUTION_STUCK || lw_controller_.result.end == LW_EXECUTION_ENDLESS;
  if (!stands || atomic_load(&lw_controller_.progress) != LW_PROGRESS_OVER || !others_are_at_rest(count)) return false;
  for (uint32_t i = 0; i < count; i++) leaving += is_to_leave(&lw_members_[i]);
  if (before + leaving > LW_LEFT_BEHIND_MAX) return false;
  // All of them, also those whose parts have ended: who takes which part is in the order of places.
  for (uint32_t i = 0; i < count; i++) {
    if (!is_to_leave(&lw_members_[i])) continue;
    lw_members_[i].state = LW_MEMBER_LEFT;
    lw_token_give_(&lw_members_[i]);
  }
  for (uint32_t seen; (seen = atomic_load(&asleep)) != before + leaving;) lw_token_wait_while_(&asleep, seen, 0);
  follow_partings();
  lw_controller_.holder = NULL;
  lw_controller_.given_up = false;
  return true;
}

LW_UNSEEN bool lw_control_has_left_behind(int32_t system_id) {
  uint32_t count = atomic_load(&asleep), place = 0;
  while (place < count && atomic_load(&ids[place]) != system_id) place++;
  return place < count;
}
