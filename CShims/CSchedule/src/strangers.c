// Threads that no token binds and that take part all the same: a task of Swift's runtime, a queue's worker, a thread
// that the program made by other means. What they do is in no schedule, so whoever explores is told who they were.
#include <stdio.h>
#include <sys/prctl.h>

#include "control.h"

static struct {
  _Atomic uint32_t round; ///< counts how often all was forgotten
  _Atomic uint32_t count; ///< claimed in this round
  struct {
    _Atomic uint32_t round; ///< in which what follows is whole; one more, so that 0 is none
    lw_point_kind kind;
    char name[LW_THREAD_NAME_BYTES];
  } of[LW_STRANGERS_MAX];
} strangers;

void lw_stranger_note_(lw_point_kind kind) {
  static _Thread_local uint32_t noted; // the round in which this thread was, and one more
  uint32_t round = atomic_load(&strangers.round) + 1;
  if (noted == round || !lw_control_runs_()) return;
  noted = round;
  uint32_t place = atomic_fetch_add(&strangers.count, 1);
  if (place >= LW_STRANGERS_MAX) return;
  strangers.of[place].kind = kind;
  // The system's name: such a thread mostly has none of ours.
  prctl(PR_GET_NAME, strangers.of[place].name);
  atomic_store(&strangers.of[place].round, round);
}

// ---------------------------------------------------------------------------------------------------------- waiting

enum { PATIENCE_FIRST_NS = 500000000, PATIENCE_LEAST_NS = 4000000 };

/// As long as no such thread was ever seen to let a member go, each wait in vain has the next one be half as long: a
/// search meets many hangs.
static _Atomic uint64_t patience_ns = PATIENCE_FIRST_NS;
static _Atomic bool have_come;

void lw_strangers_have_come_(void) {
  if (!lw_outside_is_waited_for_()) return;
  atomic_store(&have_come, true);
  lw_stranger_note_(LW_POINT_SIGNAL);
}

LW_UNSEEN uint64_t lw_strangers_patience_(void) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    const lw_member *member = &lw_members_[i];
    if (member->state == LW_MEMBER_PARKED && member->awaited && member->awaited->by_anyone)
      return atomic_load(&have_come) ? PATIENCE_FIRST_NS : atomic_load(&patience_ns);
  }
  return 0;
}

LW_UNSEEN void lw_strangers_did_not_come_(void) {
  uint64_t next = atomic_load(&patience_ns) / 2;
  atomic_store(&patience_ns, next > PATIENCE_LEAST_NS ? next : PATIENCE_LEAST_NS);
}

// ---------------------------------------------------------------------------------------------------------- telling

void lw_control_forget_strangers(void) {
  atomic_fetch_add(&strangers.round, 1);
  atomic_store(&strangers.count, 0);
}

uint32_t lw_control_stranger_count(void) {
  uint32_t count = atomic_load(&strangers.count);
  return count < LW_STRANGERS_MAX ? count : LW_STRANGERS_MAX;
}

void lw_control_stranger_sentence(uint32_t index, char *sentence, size_t bytes) {
  bool is_whole =
      index < LW_STRANGERS_MAX && atomic_load(&strangers.of[index].round) == atomic_load(&strangers.round) + 1;
  snprintf(sentence, bytes, "%s passed the point '%s'", is_whole ? strangers.of[index].name : "a thread",
           is_whole ? lw_point_name(strangers.of[index].kind) : "begin");
}
